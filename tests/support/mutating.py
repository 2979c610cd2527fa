"""Cells of a scenario folder made wrong in the ways in which people make cells wrong."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FREE = {
    "list.csv": {"Họ và tên", "Tên gọi khác", "Ngày, năm sinh", "Nơi thường trú", "Hoàn cảnh phát hiện", "Ghi chú"},
    "people.csv": {"name_km", "name_latin"},
    "placements.csv": {"child_view", "reasons"},
    "decisions.csv": {"words"},
}
"""Columns for whatever somebody said or wrote."""

QUESTIONS_TRIED = 2


def records(path: Path) -> list[list[str]]:
    """The cells of a sheet, line by line."""
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def write(path: Path, rows: list[list[str]]) -> None:
    """A sheet of these cells."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


@dataclass(frozen=True)
class Column:
    """A column of a sheet: where its name stands, and its cells below."""

    path: Path
    head: int
    place: int
    name: str

    def set(self, row: int, value: str) -> None:
        """Write a value into a row, counted from the one below the names."""
        rows = records(self.path)
        rows[self.head + 1 + row][self.place] = value
        write(self.path, rows)

    def mutations(self) -> Iterator[tuple[int, str]]:
        """Of the first filled row: the cell emptied, shifted, doubled, too much, too early and unknown."""
        rows = records(self.path)[self.head + 1 :]
        row = next((number for number, cells in enumerate(rows) if cells[self.place]), 0)
        cells = rows[row]
        others = [cells[self.place - 1], cells[(self.place + 1) % len(cells)], rows[row - 1][self.place]]
        for value in dict.fromkeys(["", *others, "999999999", "2001-01-01 09:00", "NO_SUCH_CODE"]):
            if value != cells[self.place]:
                yield row, value


def columns(folder: Path) -> Iterator[Column]:
    """Every column of every sheet; of the questions the first few, since all are alike."""
    for path in sorted(folder.glob("*.csv")):
        head = 1 if path.name == "list.csv" else 0
        names = records(path)[head]
        tried = names[: 2 + QUESTIONS_TRIED] if path.name == "answers.csv" else names
        yield from (Column(path, head, place, name) for place, name in enumerate(tried))
