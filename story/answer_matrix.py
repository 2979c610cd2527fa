"""answers.csv is a matrix as interviewers keep it: a line per person, a column per question, an empty cell not asked.

A cell holds a value, or a value and where it comes from (`YES OBSERVED`); the column `source` holds for all others.
"""

from collections.abc import Iterator
from pathlib import Path

from story.columns import take_apart, text_of
from story.rows import Answer
from story.sheet import Problem, Sheet, parse

FILE = "answers.csv"
OWN = ("person", "source")


def read_answers(folder: Path, problems: list[Problem]) -> Sheet[Answer]:
    """Every filled cell as one answer, line by line and in the order of the columns."""
    text = text_of(folder / FILE, problems)
    if text is None:
        return Sheet(FILE)
    columns = take_apart(FILE, text, problems)
    if columns is None:
        return Sheet(FILE)
    missing = [name for name in OWN if name not in columns.names]
    problems += [Problem(FILE, columns.line, name, "this column is missing") for name in missing]
    found: list[tuple[int, Answer]] = []
    first: dict[str, int] = {}
    for line, cells in columns.rows if not missing else []:
        person = cells.get("person")
        if person is None or first.setdefault(person, line) != line:
            told = f"stands here a second time, first on line {first[person]}" if person else "is required"
            problems.append(Problem(FILE, line, "person", told))
            continue
        found += [(line, answer) for answer in _answers(line, columns.names, cells, problems)]
    return Sheet(FILE, tuple(answer for _, answer in found), tuple(line for line, _ in found))


def _answers(line: int, names: list[str], cells: dict[str, str], problems: list[Problem]) -> Iterator[Answer]:
    """The answers of one person; what holds for the whole line is told once."""
    for question in names:
        if question in OWN or question not in cells:
            continue
        value, _, source = cells[question].partition(" ")
        told = {"question": question, "value": value, "source": source.strip() or cells.get("source", "SELF")}
        ill: list[Problem] = []
        answer = parse(Answer, FILE, line, told | {"person": cells["person"]}, ill)
        problems += [Problem(FILE, line, _column(p.column, question, bool(source)), p.message) for p in ill]
        if answer is not None:
            yield answer


def _column(field: str, question: str, own_source: bool) -> str:
    return question if field in ("value", "question") or (field == "source" and own_source) else field
