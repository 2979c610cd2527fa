"""The code lists: TOML files, one table per list, one line per code.

Lists that every service needs lie beside this module; a service keeps its own in its `codes.toml`.

A code is never removed. A retired one gets `valid_to`, so that old records still have a label.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Any


class Language(StrEnum):
    """The languages in which everything a user sees exists."""

    KM = "km"
    VI = "vi"
    EN = "en"


Labels = Mapping[str, str]


@dataclass(frozen=True)
class Code:
    """One code of a list: its labels, the days it may be used, and what it is called in the exchange standard."""

    code: str
    labels: Labels
    valid_from: date | None = None
    valid_to: date | None = None
    htcds: str | None = None
    traits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CodeList:
    """A registered list: its title and its codes, in the order of the file."""

    name: str
    title: Labels
    codes: Mapping[str, Code]

    def __contains__(self, code: object) -> bool:
        return code in self.codes

    def __getitem__(self, code: str) -> Code:
        return self.codes[code]


Lists = Mapping[str, CodeList]


def _labels(where: str, written: dict[str, Any]) -> Labels:
    missing = [language for language in Language if not written.get(language)]
    if missing:
        raise ValueError(f"{where} has no label in {', '.join(missing)}")
    return MappingProxyType({language: str(written.pop(language)) for language in Language})


def _code(where: str, code: str, written: dict[str, Any]) -> Code:
    labels = _labels(f"{where}.{code}", written)
    dates = {name: written.pop(name, None) for name in ("valid_from", "valid_to")}
    return Code(code, labels, **dates, htcds=written.pop("htcds", None), traits=MappingProxyType(written))


def read(text: str) -> dict[str, CodeList]:
    """The lists in the text of one TOML file."""
    return {
        name: CodeList(
            name,
            _labels(name, table["title"]),
            MappingProxyType({code: _code(name, code, written) for code, written in table["codes"].items()}),
        )
        for name, table in tomllib.loads(text).items()
    }


def gathered(parts: Iterable[Lists]) -> Lists:
    """The lists of several files; a list stands in one of them."""
    found: dict[str, CodeList] = {}
    for lists in parts:
        if twice := found.keys() & lists.keys():
            raise ValueError(f"code list registered twice: {', '.join(sorted(twice))}")
        found |= lists
    return MappingProxyType(found)


def _texts() -> Iterator[str]:
    entries = sorted(files("shared.codes").joinpath("data").iterdir(), key=lambda entry: entry.name)
    return (entry.read_text(encoding="utf-8") for entry in entries if entry.name.endswith(".toml"))


_LISTS = gathered(map(read, _texts()))


def lists_of(package: str) -> Lists:
    """The lists of a package's own, from its `codes.toml`."""
    return read(files(package).joinpath("codes.toml").read_text(encoding="utf-8"))


def with_registered(own: Lists) -> Lists:
    """The registered lists and a service's own."""
    return gathered([_LISTS, own])


def lookup(name: str) -> CodeList:
    """The registered list of that name."""
    try:
        return _LISTS[name]
    except KeyError:
        raise LookupError(f"no code list is registered as {name!r}") from None


def names() -> tuple[str, ...]:
    """The names of all registered lists, sorted."""
    return tuple(sorted(_LISTS))


def label(name: str, code: str, language: Language | str) -> str:
    """What a reader of that language calls the code."""
    return lookup(name)[code].labels[Language(language)]
