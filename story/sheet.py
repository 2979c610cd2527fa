"""Reads a spreadsheet's CSV into rows and keeps where each stood, so that a problem can name file, line and column."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from story.columns import take_apart, text_of
from story.problem import Problem, UnusableScenario, why
from story.rows import SheetRow

__all__ = ["Problem", "Sheet", "UnusableScenario", "parse", "read"]

R = TypeVar("R", bound=SheetRow)


@dataclass(frozen=True)
class Sheet(Generic[R]):
    """The rows of one file, in its order, with their line numbers."""

    file: str
    rows: tuple[R, ...] = ()
    lines: tuple[int, ...] = ()

    @classmethod
    def of(cls, file: str, lines: Iterable[tuple[int, R | None]]) -> "Sheet[R]":
        """A sheet of those lines that could be read as rows."""
        found = [(line, row) for line, row in lines if row is not None]
        return cls(file, tuple(row for _, row in found), tuple(line for line, _ in found))

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def _places(self) -> dict[int, int]:
        return {id(row): line for line, row in self.located()}

    def where(self, row: SheetRow) -> str:
        """The place of one of its rows, in words."""
        return f"{self.file}, line {self._places[id(row)]}"

    def __contains__(self, row: object) -> bool:
        return id(row) in self._places

    def located(self) -> Iterator[tuple[int, R]]:
        """Each row with its line."""
        return zip(self.lines, self.rows, strict=True)


def parse(kind: type[R], file: str, line: int, cells: Mapping[str, object], problems: list[Problem]) -> R | None:
    """One row, or one problem per cell that cannot be used."""
    try:
        return kind.model_validate(cells)
    except ValidationError as error:
        for found in error.errors(include_url=False, include_input=False):
            problems.append(Problem(file, line, str(next(iter(found["loc"]), "-")), why(found)))
    return None


def read(folder: Path, file: str, kind: type[R], problems: list[Problem], optional: bool = False) -> Sheet[R]:
    """One CSV file as rows of a kind. A file that a scenario may leave out is an empty sheet."""
    path = folder / file
    text = None if optional and not path.exists() else text_of(path, problems)
    columns = None if text is None else take_apart(file, text, problems)
    if columns is None:
        return Sheet(file)
    unknown = [name for name in columns.names if name not in kind.model_fields]
    problems += [Problem(file, columns.line, name or "-", "is not a column of this file") for name in unknown]
    missing = [name for name, about in kind.model_fields.items() if about.is_required() and name not in columns.names]
    problems += [Problem(file, columns.line, name, "this column is missing") for name in missing]
    if unknown or missing:
        return Sheet(file)
    return Sheet.of(file, ((line, parse(kind, file, line, cells, problems)) for line, cells in columns.rows))
