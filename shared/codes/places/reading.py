"""Reads a gazetteer from CSV text, the form in which offices exchange them.

Columns: country, code, valid_from, valid_to, name_km, name_vi, name_en, successors (codes of the day after valid_to,
separated by spaces). No row is skipped: all faults are collected with line and column, and one is enough to refuse the
file.
"""

import csv
import io
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

from shared.codes.lists import Language
from shared.codes.places.area import Area

COLUMNS = ("country", "code", "valid_from", "valid_to", "name_km", "name_vi", "name_en", "successors")
LEVELS = {"KH": (2, 4, 6, 8), "VN": (2, 3, 5)}
"""Digits of a code by level. Viet Nam's districts (3) ended on 30 June 2025."""


class Unreadable(ValueError):
    """The file cannot be used; every fault names its line and column."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


def areas_in(text: str, source: str = "gazetteer") -> tuple[Area, ...]:
    """The areas in the text, or `Unreadable` with all its faults."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
        raise Unreadable([f"{source}:1: column {name} is missing" for name in missing])
    found: list[Area] = []
    faults: list[str] = []
    for row in _rows(rows, source):
        line = rows.line_num
        wrong = [f"{source}:{line}: column {column}: {what}" for column, what in _faults(row)]
        faults += wrong
        if not wrong:
            found.append(_area(row))
    faults += [f"{source}: {what}" for what in _overlaps(found)]
    if faults:
        raise Unreadable(faults)
    return tuple(found)


def read_file(path: Path) -> tuple[Area, ...]:
    """The areas in a UTF-8 file, as a spreadsheet exports it."""
    try:
        return areas_in(path.read_text(encoding="utf-8"), path.name)
    except UnicodeDecodeError as error:
        raise Unreadable([f"{path.name}: byte {error.start} is not UTF-8"]) from None


def _rows(rows: "csv.DictReader[str]", source: str) -> Iterator[dict[str, str]]:
    try:
        for row in rows:
            yield {name: (row.get(name) or "").strip() for name in COLUMNS}
    except csv.Error as error:
        raise Unreadable([f"{source}:{rows.line_num}: {error}"]) from None


def _faults(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    levels = LEVELS.get(row["country"])
    if levels is None:
        yield "country", "not one of " + ", ".join(LEVELS)
    elif not _is_code(row["code"], levels):
        yield "code", f"not {' or '.join(map(str, levels))} digits (a spreadsheet may have cut a leading zero)"
    for column in ("valid_from", "valid_to"):
        if (row[column] or column == "valid_from") and _day(row[column]) is None:
            yield column, "not a date like 2025-07-01"
    begin, end = _day(row["valid_from"]), _day(row["valid_to"])
    if begin and end and end < begin:
        yield "valid_to", "before valid_from"
    yield from ((f"name_{language}", "is empty") for language in Language if not row[f"name_{language}"])
    if row["successors"] and not row["valid_to"]:
        yield "successors", "given for an area that has not ended"
    if levels and not all(_is_code(code, levels) for code in row["successors"].split()):
        yield "successors", "not codes"


def _is_code(code: str, levels: tuple[int, ...]) -> bool:
    return code.isascii() and code.isdigit() and len(code) in levels


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if len(written) == 10 else None
    except ValueError:
        return None


def _area(row: dict[str, str]) -> Area:
    begin = _day(row["valid_from"])
    assert begin is not None
    names = {str(language): row[f"name_{language}"] for language in Language}
    return Area(row["country"], row["code"], begin, _day(row["valid_to"]), names, tuple(row["successors"].split()))


def _overlaps(areas: list[Area]) -> Iterator[str]:
    ordered = sorted(areas, key=lambda area: (area.country, area.code, area.valid_from))
    for before, after in pairwise(ordered):
        same = (before.country, before.code) == (after.country, after.code)
        if same and (before.valid_to is None or after.valid_from <= before.valid_to):
            yield f"{after.country} {after.code} has two meanings on {after.valid_from.isoformat()}"
