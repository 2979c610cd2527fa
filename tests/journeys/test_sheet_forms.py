"""However a spreadsheet writes a sheet, the same is read; a sheet that cannot be read without guessing is told."""

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.model import Name
from story.generate import EXAMPLE, generate
from story.problem import TOLD_AT_ONCE, Problem, UnusableScenario
from story.scenario import load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return generate(tmp_path / "four", 4, seed=4)


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(UnusableScenario) as caught:
        load(folder)
    return caught.value.problems


def records(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def write(path: Path, rows: list[list[str]], mark: str = ",", end: str = "\n") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=mark, lineterminator=end).writerows(rows)


def places(found: list[Problem]) -> list[tuple[str, int, str]]:
    return [(problem.file, problem.line, problem.column) for problem in found]


def again(path: Path, mark: str, end: str = "\n") -> None:
    write(path, records(path), mark, end)


FORMS: dict[str, Callable[[Path], object]] = {
    "semicolons": lambda path: again(path, ";"),
    "tabs": lambda path: again(path, "\t"),
    "CRLF": lambda path: again(path, ",", "\r\n"),
    "a mark before the first letter": lambda path: path.write_text(path.read_text("utf-8-sig"), "utf-8-sig"),
    "decomposed letters": lambda path: path.write_text(normalize("NFD", path.read_text("utf-8")), "utf-8"),
    "blank lines at the end": lambda path: path.write_text(path.read_text("utf-8") + "\n,,,\n  \n\n", "utf-8"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("example", [True, False], ids=["the 33", "generated"])
def test_every_form_is_read_the_same(tmp_path: Path, form: str, example: bool) -> None:
    folder = tmp_path / "story"
    shutil.copytree(EXAMPLE, folder) if example else generate(folder, 4, seed=4)
    plain = load(folder)
    for path in folder.glob("*.csv"):
        before = path.read_bytes()
        FORMS[form](path)
        assert path.read_bytes() != before or form in ("CRLF", "decomposed letters", "a mark before the first letter")
    read = load(folder)
    assert [sheet.rows for sheet in read.sheets] == [sheet.rows for sheet in plain.sheets]


def test_a_decomposed_header_file_means_the_same_columns(folder: Path) -> None:
    header = folder / "story.toml"
    header.write_text(normalize("NFD", header.read_text("utf-8")), "utf-8-sig")
    assert len(load(folder).listed) == 4


@pytest.mark.parametrize("file", sorted(path.name for path in EXAMPLE.glob("*.csv")))
def test_a_cell_missing_or_one_too_many_moves_no_other_cell(tmp_path: Path, file: str) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "story")
    path = tmp_path / "story" / file
    rows = records(path)
    first = 2 if file == "list.csv" else 1
    del rows[first][1]
    rows[first + 1].append("")
    write(path, rows)
    last = rows[first - 1][-1]
    assert places(problems(tmp_path / "story")) == [(file, first + 1, last), (file, first + 2, last)]


@pytest.mark.parametrize("file", sorted(path.name for path in EXAMPLE.glob("*.csv")))
def test_a_second_column_of_the_same_name_is_told_with_both_places(tmp_path: Path, file: str) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "story")
    path = tmp_path / "story" / file
    head = 1 if file == "list.csv" else 0
    rows = [[*row, row[1]] for row in records(path)]
    write(path, rows)
    [told] = problems(tmp_path / "story")
    assert (told.file, told.line, told.column) == (file, head + 1, rows[head][1])
    assert told.message.endswith(f"as columns 2 and {len(rows[head])}")


def test_a_row_of_several_lines_is_told_by_its_first(folder: Path) -> None:
    path = folder / "placements.csv"
    rows = records(path)
    column = rows[0].index("reasons")
    rows[1][column] = "one\ntwo\nthree"
    rows[2][rows[0].index("review_on")] = "2015-02-31"
    write(path, rows)
    assert places(problems(folder)) == [("placements.csv", 5, "review_on")]


def test_a_quotation_mark_that_is_not_closed_swallows_no_rows(folder: Path) -> None:
    path = folder / "visits.csv"
    lines = path.read_text("utf-8").splitlines()
    lines[2] += ',"'
    path.write_text("\n".join(lines), "utf-8")
    assert places(problems(folder)) == [("visits.csv", 3, "-")]


def test_an_empty_sheet_and_one_under_a_name_that_no_story_reads(folder: Path) -> None:
    (folder / "stays.csv").write_text("\n\n", "utf-8")
    (folder / "visits.csv").rename(folder / "visit.csv")
    assert places(problems(folder)) == [("stays.csv", 1, "-"), ("visit.csv", 1, "-")]


def test_many_problems_are_counted_and_the_first_told(folder: Path) -> None:
    rows = records(folder / "help.csv")
    for row in rows[1:]:
        row[rows[0].index("quantity")] = "many"
    write(folder / "help.csv", rows)
    with pytest.raises(UnusableScenario) as caught:
        load(folder)
    assert len(caught.value.problems) == len(rows) - 1 > TOLD_AT_ONCE
    told = str(caught.value).splitlines()
    assert len(told) == TOLD_AT_ONCE + 1
    assert told[-1] == f"and {len(rows) - 1 - TOLD_AT_ONCE} more; {len(rows) - 1} in all"


TWICE = [
    ("list.csv", "STT", 2),
    ("people.csv", "key", 1),
    ("people.csv", "line", 2),
    ("stays.csv", "person", 1),
    ("interviews.csv", "person", 1),
    ("answers.csv", "person", 1),
    ("decisions.csv", "person", 1),
    ("placements.csv", "person", 1),
    ("help.csv", "code", 1),
    ("visits.csv", "slot", 1),
]


@pytest.mark.parametrize(("file", "column", "row"), TWICE, ids=str)
def test_what_stands_twice_is_told_with_both_places(folder: Path, file: str, column: str, row: int) -> None:
    path = folder / file
    rows = records(path)
    at = rows[1 if file == "list.csv" else 0].index(column)
    rows[row + 1][at] = rows[row][at]
    write(path, rows)
    told = {(found.file, found.line, found.column): found.message for found in problems(folder)}
    assert told[file, row + 2, column].endswith(f"stands here a second time, first on line {row + 1}")


@pytest.mark.parametrize("table", ["places", "organisations", "staff", "groups"])
def test_a_key_that_stands_twice_in_the_header_file_is_told_with_both_places(folder: Path, table: str) -> None:
    path = folder / "story.toml"
    text = path.read_text("utf-8")
    entry = f"[[{table}]]" + text.split(f"[[{table}]]")[1].split("\n[")[0]
    path.write_text(f"{text.rstrip()}\n\n{entry.rstrip()}\n", "utf-8")
    lines = path.read_text("utf-8").splitlines()
    key = next(line for line in entry.splitlines() if line.startswith("key"))
    first, second = (number for number, line in enumerate(lines, 1) if line == key)
    told = {found.line: found.message for found in problems(folder) if found.column.startswith(table)}
    assert told[second].endswith(f"stands here a second time, first on line {first}")


NAMES = ("\u200b", "\u3164", "\u2800", "a\u202eb", "Sok\u0007", "\ufeff", "x" * 201, "Sok\u200bha", "សុខ", "O'Neill")


@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.parametrize(("file", "column"), [("people.csv", "name_latin"), ("list.csv", "Họ và tên")])
def test_a_name_is_told_where_the_services_would_not_take_it(folder: Path, file: str, column: str, name: str) -> None:
    rows = records(folder / file)
    head = 1 if file == "list.csv" else 0
    rows[head + 1][rows[head].index(column)] = name
    write(folder / file, rows)
    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError:
        assert places(problems(folder)) == [(file, head + 2, column)]
    else:
        assert len(load(folder).listed) == 4
