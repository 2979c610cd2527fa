"""What cannot be used in a folder is told before anything starts, with file, line and column, and all of it at once."""

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.local.ports import free_port
from services.__main__ import app
from story.generate import EXAMPLE, generate
from story.scenario import load
from story.sheet import Problem, UnusableScenario


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "story"
    shutil.copytree(EXAMPLE, copy)
    return copy


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(UnusableScenario) as caught:
        load(folder)
    return caught.value.problems


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text("utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def places(found: list[Problem]) -> list[tuple[str, int, str]]:
    return [(problem.file, problem.line, problem.column) for problem in found]


Cell = tuple[str, str, str, int, str]
CELLS: list[Cell] = [
    ("people.csv", "2002-03-14", "14 March 2002", 2, "birth"),
    ("people.csv", "chea-vuthy,2,PRESENT", "chea-vuthy,2,HERE", 3, "arrival"),
    ("people.csv", "chea-vuthy,2,PRESENT", "chea-vuthy,99,PRESENT", 3, "line"),
    ("people.csv", "+855880555101", "088 055 5101", 5, "phone"),
    ("stays.csv", "2015-11-04 11:00", "2015-11-04T11:00Z", 2, "admitted"),
    ("answers.csv", "chea-sreyneang,SELF,NO", "chea-sreyneang,SELF,MAYBE", 2, "SENT_BY_PARENT"),
    ("answers.csv", "chea-vuthy,SELF,", "nobody-known,SELF,", 3, "person"),
    ("decisions.csv", "bopha-decider", "somebody-else", 2, "decider"),
    ("help.csv", "BED_NIGHT,CENTRE", "BED_NIGHT,NOWHERE", 2, "through"),
    ("instalments.csv", ",1,", ",1.5,", 2, "number"),
    ("visits.csv", "2015-11-23", "2035-11-23", 2, "at"),
    ("people.csv", "h01,CHILD", "h01,COUSIN", 2, "relation"),
    ("stays.csv", "CENTRE_VEHICLE", "FLYING_CARPET", 3, "travel"),
    ("consents.csv", ",STORE,", ",KEEP,", 3, "purpose"),
    ("grants.csv", "GROCERY,25000", "GROCERY,25001", 2, "amount"),
    ("list.csv", "Chia Xrây Niêng,,Nữ", "Chia Xrây Niêng,,nu", 3, "Nam/Nữ"),
    ("list.csv", "05/09/2015", "5 September", 3, "Ngày tạm giữ"),
    ("list.csv", "05/09/2015", "31/02/2015", 3, "Ngày tạm giữ"),
    ("list.csv", "05/09/2015", "05/12/2015", 3, "Ngày tạm giữ"),
    ("list.csv", ",,x,", ",,v,", 3, "Trẻ em (dưới 16 tuổi)"),
    ("list.csv", ",,x,", ",x,x,", 3, "Trẻ em (dưới 16 tuổi)"),
    ("people.csv", "2002-03-14", "2002-02-31", 2, "birth"),
    ("people.csv", "2002-03-14,DAY", "2002-03,DAY", 2, "birth_precision"),
    ("people.csv", "2002-03-14", "2016-03-14", 2, "birth"),
    ("people.csv", "+855880555101", "+៨៥៥៨៨០៥៥៥១០១", 5, "phone"),
    ("people.csv", "+855880555101", "+085588055510", 5, "phone"),
    ("people.csv", "2015-09-05,2015-11-04", "2015-11-05,2015-11-04", 2, "detained_until"),
    ("people.csv", "2015-09-05,2015-11-04", "2015-09-05,", 2, "detained_until"),
    ("people.csv", "HOSPITAL", "", 52, "absence_reason"),
    ("stays.csv", "nary-escort", "", 2, "escort"),
    ("stays.csv", "2015-11-08 08:00", "2015-11-06 08:00", 2, "departs"),
    ("consents.csv", "chantrea-school,,WRITTEN", ",,WRITTEN", 4, "recipient"),
    ("consents.csv", "WRITTEN,ASSENT", "VERBAL_WITNESSED,ASSENT", 2, "witness"),
    ("consents.csv", "WRITTEN,ASSENT", "WRITTEN,WILLING", 2, "assent"),
    ("consents.csv", "chea-sreyneang,vanna-dosvy", "chea-sreyneang,chea-sreyneang", 2, "given_by"),
    ("interviews.csv", "2015-04,2015-08", "2015-09,2015-08", 2, "last_month"),
    ("interviews.csv", "mealea-support", "", 2, "support"),
    ("answers.csv", "chea-sreypich,THIRD_PARTY", "chea-sreypich,SELF", 4, "SENT_BY_PARENT"),
    ("placements.csv", "vanna-dosvy;mealea-support", "vanna-dosvy", 2, "panel"),
    ("placements.csv", "PARENT,", "KIN,", 2, "set_aside"),
    ("placements.csv", "2016-02-05", "2015-11-07", 2, "review_on"),
    ("placements.csv", ",TOO_YOUNG,", ",,", 4, "child_view"),
    ("visits.csv", "WEEK_2", "WEEK_3", 2, "slot"),
    ("visits.csv", "2015-11-23", "2015-11-01", 2, "at"),
    ("visits.csv", ",DONE,,", ",MISSED,,", 2, "reason"),
    ("instalments.csv", "15000,2015-12-14 10:00,15000", "15000,2015-12-14 10:00,9000", 2, "receipts"),
    ("instalments.csv", "2015-12-14 10:00", "2015-12-01 10:00", 2, "paid"),
    ("grants.csv", "ANIMAL_DISEASE;PRICE", "", 2, "risks"),
    ("grants.csv", "sovann-committee;neary-committee;phirun-committee", "sovann-committee", 2, "committee"),
    ("checks.csv", "yes", "1", 2, "running"),
    ("memberships.csv", "2015-12-04", "2015-11-04", 2, "joined"),
    ("help.csv", ",12,,", ",12,DAY,", 3, "unit"),
]  # fmt: skip


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell[0]}:{cell[4]}:{cell[2]}")
def test_a_cell_that_cannot_be_used(folder: Path, cell: Cell) -> None:
    file, old, new, line, column = cell
    change(folder, file, old, new)
    assert (file, line, column) in places(problems(folder))


def test_help_from_a_partner_with_whom_nothing_may_be_shared(folder: Path) -> None:
    change(
        folder,
        "consents.csv",
        "chea-sreyneang,vanna-dosvy,chantrea-school",
        "chea-sreyneang,vanna-dosvy,svay-rieng-tvet",
    )
    assert {(problem.file, problem.column) for problem in problems(folder)} == {("help.csv", "provider")}


def test_all_problems_are_told_at_once(folder: Path) -> None:
    change(folder, "people.csv", "2002-03-14", "soon")
    change(folder, "visits.csv", ",DONE,", ",PERHAPS,")
    change(folder, "stays.csv", "R1-GIRLS", "room one")
    assert {problem.file for problem in problems(folder)} == {"people.csv", "visits.csv", "stays.csv"}


def test_a_problem_reads_as_one_line(folder: Path) -> None:
    change(folder, "people.csv", "2002-03-14", "soon")
    assert re.match(r"people\.csv, line 2, column birth: .+", str(problems(folder)[0]))


def test_a_missing_file_and_a_column_nobody_knows(folder: Path) -> None:
    (folder / "stays.csv").unlink()
    change(folder, "visits.csv", "slot", "slott")
    found = places(problems(folder))
    assert ("stays.csv", 1, "-") in found
    assert ("visits.csv", 1, "slott") in found
    assert ("visits.csv", 1, "slot") in found


def test_a_file_that_is_not_utf_8_names_the_line(folder: Path) -> None:
    path = folder / "list.csv"
    lines = path.read_bytes().split(b"\r\n")
    lines[4] = "4,Nâu".encode("cp1258", "replace")
    path.write_bytes(b"\r\n".join(lines))
    assert ("list.csv", 5, "-") in places(problems(folder))


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("year = 2015", 'year = "long ago"', "story.year"),
        ('role = "CONSULAR_OFFICER"\n', "", "staff.1.role"),
        ('arrived = "2015-11-04 09:30"', 'arrived = "morning"', "handover.arrived"),
        ('child_seen = "phan-sreyleak"', 'child_seen = "nobody"', "story.child_seen"),
        ("as_of = 2016-02-12", "as_of = 1455235200", "story.as_of"),
        ("as_of = 2016-02-12", "as_of = 2090-02-12", "story.as_of"),
        ("year_assumed = true", 'year_assumed = "on"', "story.year_assumed"),
        ("adult_from_age = 16", "adult_from_age = 16.0", "list.adult_from_age"),
        ('code = "80"', 'code = "97"', "places.0.code"),
        ('code = "80"', 'code = "៨០"', "places.0.code"),
        ('place_of_detention = "long-an"', 'place_of_detention = "long-bien"', "handover.place_of_detention"),
        ('confirmed = "2015-10-30 15:00"', 'confirmed = "2015-10-20 15:00"', "handover.confirmed"),
        ('gate = "BAVET_MOC_BAI"', 'gate = "BAVET"', "handover.gate"),
        ('kind = "SELF_HELP_GROUP"', 'kind = "CHOIR"', "groups.0.kind"),
        ('"Ghi chú" = "remarks"', '"Ghi chú" = "circumstances"', "list.columns"),
    ],
)
def test_the_header_file_is_checked_too(folder: Path, old: str, new: str, column: str) -> None:
    change(folder, "story.toml", old, new)
    told = {(problem.file, problem.column): problem.line for problem in problems(folder)}
    lines = (folder / "story.toml").read_text("utf-8").splitlines()
    assert column == "list.columns" or lines[told["story.toml", column] - 1].startswith(new or "[[staff")


def test_a_header_that_is_no_toml_names_its_line(folder: Path) -> None:
    change(folder, "story.toml", "title_rows = 1", "title_rows is 1")
    expected = (EXAMPLE / "story.toml").read_text("utf-8").splitlines().index("title_rows = 1") + 1
    assert places(problems(folder)) == [("story.toml", expected, "-")]


def test_somebody_who_arrived_needs_a_bed_an_interview_and_a_finding(folder: Path) -> None:
    for file in ("stays.csv", "interviews.csv", "decisions.csv"):
        text = (folder / file).read_text("utf-8")
        (folder / file).write_text("".join(line for line in text.splitlines(True) if "sin-kosal" not in line), "utf-8")
    told = [problem.message for problem in problems(folder)]
    assert [message for message in told if "sin-kosal arrived" in message] == [
        f"sin-kosal arrived and has no line in {file}" for file in ("decisions.csv", "interviews.csv", "stays.csv")
    ]


@pytest.mark.parametrize("people", [11, 200])
def test_a_generated_folder_loads_and_is_the_same_for_the_same_seed(tmp_path: Path, people: int) -> None:
    first, second, other = (
        load(generate(tmp_path / name, people, seed)) for name, seed in [("a", 5), ("b", 5), ("c", 6)]
    )
    assert len(first.arrived) == people
    assert first.digest == second.digest != other.digest


def test_an_unusable_folder_moves_and_makes_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(folder, *CELLS[0][:3])
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("HOMEWARD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HOMEWARD_PORT", str(free_port()))
    told = CliRunner().invoke(app, ["demo", "--fresh", "--exit", "--scenario", str(folder)])
    assert told.exit_code == 2
    assert told.output.startswith("people.csv, line 2, column birth: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "story"]
    # The folder was asked for, so that nobody else moves it meanwhile; nothing else was done with it.
    assert {path.name for path in (tmp_path / "data").iterdir()} <= {"in-use.lock"}
