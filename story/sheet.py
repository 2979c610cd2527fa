"""Reads a spreadsheet's CSV into rows and keeps where each stood, so that a problem can name file, line and column."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from story.rows import Row

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, order=True)
class Problem:
    """Something in a folder that cannot be used, and where."""

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, column {self.column}: {self.message}"


class UnusableScenario(Exception):
    """The folder cannot be played. Holds every problem found, not the first."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Sheet(Generic[R]):
    """The rows of one file, in its order, with their line numbers."""

    file: str
    rows: tuple[R, ...] = ()
    lines: tuple[int, ...] = ()

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def located(self) -> Iterator[tuple[int, R]]:
        """Each row with its line."""
        return zip(self.lines, self.rows, strict=True)


def text_of(path: Path, problems: list[Problem]) -> str | None:
    """The file's text; a byte-order mark, as spreadsheets write it, is dropped."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        problems.append(Problem(path.name, 1, "-", "this file is missing"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problems.append(Problem(path.name, line, "-", "this line is not UTF-8: export the sheet as CSV UTF-8"))
    return None


def records(text: str, skip: int = 0) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The column names, and each filled line with its number."""
    reader = csv.reader(io.StringIO(text, newline=""))
    lines = [(reader.line_num, cells) for cells in reader]
    kept = [(number, cells) for number, cells in lines[skip:] if any(cell.strip() for cell in cells)]
    return ([], []) if not kept else ([name.strip() for name in kept[0][1]], kept[1:])


def why(error: Mapping[str, Any]) -> str:
    """One plain sentence for one error of validation, without repeating what stood in the cell."""
    plain = {"missing": "is required", "extra_forbidden": "is not a column of this file"}
    return plain.get(error["type"], str(error["msg"]).removeprefix("Value error, "))


def parse(kind: type[R], file: str, line: int, cells: Mapping[str, Any], problems: list[Problem]) -> R | None:
    """One row, or one problem per cell that cannot be used."""
    try:
        return kind.model_validate(cells)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_input=False):
            problems.append(Problem(file, line, ".".join(map(str, found["loc"])) or "-", why(found)))
    return None


def read(folder: Path, file: str, kind: type[R], problems: list[Problem], optional: bool = False) -> Sheet[R]:
    """One CSV file as rows of a kind. A file that a scenario may leave out is an empty sheet."""
    path = folder / file
    text = None if optional and not path.exists() else text_of(path, problems)
    if text is None:
        return Sheet(file)
    names, lines = records(text)
    unknown = [name for name in names if name not in kind.model_fields]
    problems += [Problem(file, 1, name or "-", "is not a column of this file") for name in unknown]
    missing = [name for name, about in kind.model_fields.items() if about.is_required() and name not in names]
    problems += [Problem(file, 1, name, "this column is missing") for name in missing]
    if unknown or missing:
        return Sheet(file)
    found: list[tuple[int, R]] = []
    for line, cells in lines:
        if len(cells) != len(names):
            problems.append(Problem(file, line, "-", f"has {len(cells)} cells where the first line has {len(names)}"))
            continue
        filled = {name: cell.strip() for name, cell in zip(names, cells, strict=True) if cell.strip()}
        row = parse(kind, file, line, filled, problems)
        if row is not None:
            found.append((line, row))
    return Sheet(file, tuple(row for _, row in found), tuple(line for line, _ in found))
