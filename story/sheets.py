"""Tables and journeys that were read back, ready to be printed or drawn, with texts in three languages."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

Text = Mapping[str, str]
"""One text in km, vi and en."""

Cell = str | int | Text
LANGUAGES = ("km", "vi", "en")
SERVICES = ("intake", "screening", "referrals", "grants")


def _read(name: str, table: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name(name).read_text("utf-8"))[table]
    return found


_WORDS, _FACTS = _read("texts.toml", "words"), _read("facts.toml", "facts")


def word(key: str) -> Text:
    """A text of the catalogue."""
    return MappingProxyType(_WORDS[key])


def fact_name(kind: str) -> Text:
    """What a fact is called; a fact without words of its own goes by its wire name."""
    name = kind.rpartition(".v")[0] or kind
    return MappingProxyType(_FACTS.get(name) or dict.fromkeys(LANGUAGES, name))


def same(text: str) -> Text:
    """A text that is the same in every language."""
    return MappingProxyType(dict.fromkeys(LANGUAGES, text))


def said(cell: Cell, language: str) -> str:
    """A cell in one language."""
    return cell[language] if isinstance(cell, Mapping) else f"{cell}"


@dataclass(frozen=True)
class Table:
    """A table: its key, its title, its columns and its rows."""

    key: str
    columns: tuple[Text, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def title(self) -> Text:
        return word(self.key)


@dataclass(frozen=True)
class Fact:
    """One fact of a case, who told it, and in whose views it stands."""

    effective: str
    source: str
    version: int
    kind: str
    seen_by: frozenset[str]


def runs(facts: tuple[Fact, ...]) -> Iterator[tuple[Fact, int]]:
    """Facts in their order; the same fact several times at one moment is told once, with how often."""
    for _, same_ones in groupby(facts, key=lambda fact: (fact.effective, fact.source, fact.kind, fact.seen_by)):
        first, *others = same_ones
        yield first, 1 + len(others)


@dataclass(frozen=True)
class View:
    """What one service makes of a case."""

    service: str
    stage: str
    next: tuple[str, ...]


@dataclass(frozen=True)
class Journey:
    """One case as four services see it."""

    key: str
    case_number: str
    who: Text
    views: tuple[View, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Tables:
    """All that was read back of one story."""

    title: Text
    year: int
    year_assumed: bool
    as_of: str
    tables: tuple[Table, ...]
    journeys: tuple[Journey, ...]
    day_sheet: Table

    def table(self, key: str) -> Table:
        """A table by its key."""
        return next(table for table in (*self.tables, self.day_sheet) if table.key == key)
