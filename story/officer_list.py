"""The officer's list, in the officer's own columns. The header file says what they mean; no line is ever corrected."""

from datetime import datetime
from pathlib import Path
from typing import Any

from story.columns import take_apart, text_of
from story.header import ListFile
from story.rows import ListLine
from story.sheet import Problem, Sheet, parse

FILE = "list.csv"


def _cells(about: ListFile, line: int, cells: dict[str, str], problems: list[Problem]) -> dict[str, Any]:
    """The officer's cells under our names. Marks become yes; sexes and dates are read by the header's rules."""
    read: dict[str, Any] = {}
    for column, cell in cells.items():
        meaning = about.columns[column]
        if meaning in ("adult", "child"):
            read[meaning] = cell in about.marks
            if cell not in about.marks:
                problems.append(Problem(FILE, line, column, "this mark is not among list.marks in story.toml"))
        elif meaning == "sex" and cell not in about.sexes:
            problems.append(Problem(FILE, line, column, "this word for a sex is not among list.sexes in story.toml"))
        elif meaning == "sex":
            read |= {"sex": about.sexes[cell], "sex_written": cell}
        elif meaning == "detained_from":
            try:
                read[meaning] = datetime.strptime(_ascii(cell), about.date_format).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                problems.append(Problem(FILE, line, column, f"is not a date written as {about.date_format}"))
        else:
            read[meaning] = cell
    return read


def _ascii(cell: str) -> str:
    """Digits of another script are not what the header file describes."""
    if not cell.isascii():
        raise ValueError("digits of another script")
    return cell


def _line(about: ListFile, line: int, cells: dict[str, str], problems: list[Problem]) -> ListLine | None:
    """One line. A column whose cell has a problem already gets no second one."""
    ours: dict[str, str] = {meaning: column for column, meaning in about.columns.items()}
    found: list[Problem] = []
    mapped = _cells(about, line, cells, found)
    if mapped.get("adult") and mapped.get("child"):
        found.append(Problem(FILE, line, ours["child"], f"is marked, and so is {ours['adult']}"))
    ill: list[Problem] = []
    row = parse(ListLine, FILE, line, mapped, ill)
    known = {problem.column for problem in found}
    told = [Problem(p.file, p.line, ours.get(p.column, p.column), p.message) for p in ill]
    problems += [*found, *(problem for problem in told if problem.column not in known)]
    return row


def read_list(folder: Path, about: ListFile, problems: list[Problem]) -> Sheet[ListLine]:
    """All lines, or problems under the officer's own column names."""
    text = text_of(folder / FILE, problems)
    columns = None if text is None else take_apart(FILE, text, problems, skip=about.title_rows)
    if columns is None:
        return Sheet(FILE)
    strange = [name for name in columns.names if name not in about.columns]
    absent = [name for name in about.columns if name not in columns.names]
    problems += [
        Problem(FILE, columns.line, name or "-", "story.toml does not say what this column means") for name in strange
    ]
    problems += [
        Problem(FILE, columns.line, name, "story.toml names this column, the list has none") for name in absent
    ]
    if strange or absent:
        return Sheet(FILE)
    return Sheet.of(FILE, ((line, _line(about, line, cells, problems)) for line, cells in columns.rows))
