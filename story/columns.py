"""Splits a spreadsheet's export into rows: the separator, the names of the columns, the place of each row.

A row keeps its cells under the names of its columns only when it has exactly as many cells as there are columns: one
missing or one too many would move all that follow into other columns.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from unicodedata import normalize

from story.problem import Problem

SEPARATORS = ",;\t"
"""What spreadsheets put between cells, by the country they are set to."""


@dataclass(frozen=True)
class Columns:
    """The column names of a file, the line they stand on, and each filled row as cells by column."""

    names: list[str]
    line: int
    rows: list[tuple[int, dict[str, str]]]


def text_of(path: Path, problems: list[Problem]) -> str | None:
    """The file's text, letters composed; a byte-order mark, as spreadsheets write it, is dropped."""
    try:
        return normalize("NFC", path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        problems.append(Problem(path.name, 1, "-", "this file is missing"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problems.append(Problem(path.name, line, "-", "this line is not UTF-8: export the sheet as CSV UTF-8"))
    except OSError:
        problems.append(Problem(path.name, 1, "-", "this file cannot be read"))
    return None


def _records(text: str, mark: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins; a cell may go over several lines."""
    reader, begins = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True), 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        raise _Unreadable(begins) from None


class _Unreadable(Exception):
    def __init__(self, line: int) -> None:
        self.line = line


def _separator(text: str, skip: int) -> str:
    """The mark that makes the most column names."""

    def names(mark: str) -> int:
        try:
            return max((len(cells) for _, cells in islice(_records(text, mark), skip, skip + 1)), default=0)
        except _Unreadable:
            return 0

    return max(SEPARATORS, key=names)


def take_apart(file: str, text: str, problems: list[Problem], skip: int = 0) -> Columns | None:
    """The columns of a file, or None when its first lines or its quotation marks leave no columns to speak of."""
    try:
        records = list(_records(text, _separator(text, skip)))[skip:]
    except _Unreadable as unreadable:
        problems.append(Problem(file, unreadable.line, "-", "a quotation mark here is not closed or not doubled"))
        return None
    filled = [(line, cells) for line, cells in records if any(cell.strip() for cell in cells)]
    if not filled:
        problems.append(Problem(file, skip + 1, "-", "the line with the column names is missing"))
        return None
    (line, header), *rows = filled
    names = [name.strip() for name in header]
    if twice := list(_twice(file, line, names)):
        problems += twice
        return None
    whole = (_row(file, number, names, cells, problems) for number, cells in rows)
    return Columns(names, line, [row for row in whole if row is not None])


def _twice(file: str, line: int, names: list[str]) -> Iterable[Problem]:
    for name in dict.fromkeys(names):
        places = [str(place) for place, other in enumerate(names, 1) if other == name]
        if len(places) > 1:
            yield Problem(file, line, name or "-", f"stands here more than once, as columns {' and '.join(places)}")


def _row(
    file: str, line: int, names: list[str], cells: list[str], problems: list[Problem]
) -> tuple[int, dict[str, str]] | None:
    """The filled cells; the column named in a problem is the first without a cell, or the last there is."""
    if len(cells) != len(names):
        column = names[len(cells)] if len(cells) < len(names) else names[-1]
        told = f"this row has {len(cells)} cells where there are {len(names)} columns"
        problems.append(Problem(file, line, column or "-", told))
        return None
    return line, {name: cell.strip() for name, cell in zip(names, cells, strict=True) if cell.strip()}
