"""answers.csv is a matrix as interviewers keep it: a line per person, a column per question, an empty cell not asked.

A cell holds a value, or a value and where it comes from (`YES OBSERVED`); the column `source` holds for all others.
"""

from pathlib import Path

from story.rows import Answer
from story.sheet import Problem, Sheet, parse, records, text_of

FILE = "answers.csv"
OWN = ("person", "source")


def read_answers(folder: Path, problems: list[Problem]) -> Sheet[Answer]:
    """Every filled cell as one answer, line by line and in the order of the columns."""
    text = text_of(folder / FILE, problems)
    if text is None:
        return Sheet(FILE)
    names, lines = records(text)
    missing = [name for name in OWN if name not in names]
    problems += [Problem(FILE, 1, name, "this column is missing") for name in missing]
    found: list[tuple[int, Answer]] = []
    for line, cells in lines if not missing else []:
        filled = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if cell.strip()}
        for question in names:
            if question in OWN or question not in filled:
                continue
            value, _, source = filled[question].partition(" ")
            told = {
                "person": filled.get("person", ""),
                "question": question,
                "value": value,
                "source": source or filled.get("source", "SELF"),
            }
            ill: list[Problem] = []
            answer = parse(Answer, FILE, line, told, ill)
            problems += [
                Problem(FILE, line, question if p.column in ("value", "question") else p.column, p.message) for p in ill
            ]
            if answer is not None:
                found.append((line, answer))
    return Sheet(FILE, tuple(answer for _, answer in found), tuple(line for line, _ in found))
