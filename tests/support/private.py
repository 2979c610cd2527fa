"""What is private in a story, in which forms it could stand in a file, and whether it stands in any.

One shape for every scan: `of_story` names the values, `pieces` the bytes of a folder, `leaks` where a value stands.
"""

import base64
import contextlib
import html
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, quote_plus

from story.scenario import load

SHORTEST = 7
"""A form of fewer bytes says too little to be looked for: it would be found in noise."""
WORDS = ((8, "Q"), (4, "I"))
PART, LONGEST = 4 * 2**20, 2**13
"""How much of a file is looked at in one go, and the longest form that is found where two parts meet."""


def of_story(folder: Path) -> frozenset[str]:
    """Full names in all scripts, also of the list; birth dates of day precision; phones; sentences that were said."""
    scenario = load(folder)
    found = {name for person in scenario.people for name in (person.name_km, person.name_latin)}
    found |= {name for line in scenario.listed for name in (line.name, line.other_name) if name}
    found |= {person.phone for person in scenario.people if person.phone}
    for person in scenario.people:
        if person.birth and person.birth_precision == "DAY":
            found |= written(person.birth)
    for placed in scenario.placements:
        found |= {words for words in (placed.child_view, placed.reasons) if words}
    return frozenset(found | {decision.words for decision in scenario.decisions if decision.words})


def written(day: str) -> set[str]:
    """A day as a list writes it, and as a machine does."""
    year, month, date = day.split("-")
    return {day, f"{date}/{month}/{year}"}


def forms(value: str) -> frozenset[bytes]:
    """How a value could stand in a file: composed, decomposed, in wide characters, escaped, as hex or base64."""
    found = set[bytes]()
    for text in {unicodedata.normalize(form, value) for form in ("NFC", "NFD")} | {value}:
        for coding in ("utf-8", "utf-16-le", "utf-16-be"):
            plain = text.encode(coding)
            found |= {plain, plain.hex().encode(), plain.hex().upper().encode(), *_in_base64(plain)}
        found |= {escaped.encode() for escaped in _escaped(text)}
    return frozenset(form for form in found if len(form) >= SHORTEST)


def _escaped(text: str) -> Iterator[str]:
    as_json = json.dumps(text)[1:-1]
    yield from (as_json, re.sub(r"\\u[0-9a-f]{4}", lambda code: r"\u" + code[0][2:].upper(), as_json))
    yield from (quote(text), quote(text, safe=""), quote_plus(text), quote(text).lower())
    yield html.escape(text)
    yield "".join(one if one.isascii() else f"&#{ord(one)};" for one in text)
    yield "".join(one if one.isascii() else f"&#x{ord(one):x};" for one in text)
    yield text.encode("unicode_escape").decode()
    yield repr(text.encode())[2:-1]


def _in_base64(plain: bytes) -> Iterator[bytes]:
    """What it looks like whichever of three places it begins at, less what its neighbours have a part in."""
    for before in range(3):
        whole = (before + len(plain)) // 3 * 3 - before
        inner = base64.b64encode(bytes(before) + plain[:whole])[(0, 2, 3)[before] :]
        yield from (inner, inner.replace(b"+", b"-").replace(b"/", b"_"))


@dataclass(frozen=True)
class Piece:
    """Some bytes of a name. Most forms are known not to be in it by its aligned words, without a search."""

    name: str
    content: bytes

    def has(self, form: bytes) -> bool:
        """Whether the form stands in it, at any place."""
        return all(self._may_have(form, size) for size, _ in WORDS) and form in self.content

    def _may_have(self, form: bytes, size: int) -> bool:
        """Wherever a form stands that is long enough, one of these of its words is aligned."""
        if len(form) < 2 * size - 1:
            return True
        return any(form[at : at + size] in self._words[size] for at in range(size))

    @cached_property
    def _words(self) -> Mapping[int, "Words"]:
        return {size: Words(self.content, size, code) for size, code in WORDS}


class Words:
    """The aligned words of some bytes."""

    def __init__(self, content: bytes, size: int, code: str) -> None:
        self.code = code
        self.all = set(memoryview(content[: len(content) // size * size]).cast(code))  # type: ignore[call-overload]

    def __contains__(self, word: bytes) -> bool:
        return memoryview(word).cast(self.code)[0] in self.all  # type: ignore[call-overload]


def pieces(folder: Path) -> Iterator[Piece]:
    """Every file of a folder, with whatever stands beside a database: its log and its index of that.

    A large one comes in parts that overlap. What a server took away meanwhile is left out.
    """
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with contextlib.suppress(FileNotFoundError):
                content = path.read_bytes()
                for at in range(0, max(1, len(content)), PART):
                    yield Piece(str(path.relative_to(folder)), content[at : at + PART + LONGEST])


def leaks(found: Iterable[Piece], values: Iterable[str]) -> list[str]:
    """Where a value stands in any form. The list names no value beyond its first letters: it is printed."""
    looked_for = {value: forms(value) for value in values}
    assert max(len(form) for each in looked_for.values() for form in each) <= LONGEST
    where = (
        f"{piece.name}: {value[:4]}…"
        for piece in found
        for value, all_forms in looked_for.items()
        if any(map(piece.has, all_forms))
    )
    return list(dict.fromkeys(where))
