"""The tables follow the folder: another answer, one line more, one person fewer, and they say so.

The groups are generated, so that small ones play in seconds; everything goes through the services and comes back.
"""

import csv
import io
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from sqlalchemy import func, select

from services.hosting.embedded import Embedded
from services.issuing.people import people_in
from shared.runtime import Kept
from shared.settings import Settings
from story.generate import generate
from story.page import write_page
from story.player import play
from story.progress import Display
from story.scenario import load
from story.sheet import UnusableScenario
from story.sheets import Cell, Tables, said
from story.tables import print_tables, read_tables
from tests.support.soak import SOAK

Rows = list[dict[str, str]]


@pytest.fixture
async def world(tmp_path: Path, stack: AsyncExitStack) -> Embedded:
    """All four services with their loops running, as a person would start them."""
    whole = Embedded(Settings(data_dir=tmp_path / "data"), people=people_in(generate(tmp_path / "whoever", 1, seed=1)))
    await stack.enter_async_context(whole.lifespan())
    return whole


async def played(world: Embedded, folder: Path) -> Tables:
    """Play a folder, people side by side, and read the tables back."""
    scenario = load(folder)
    transport = httpx.ASGITransport(app=world, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        refusals = await play(client, scenario, Display(Console(quiet=True)), abreast=8)
        assert not refusals.lines, list(refusals.told())
        return await read_tables(client, scenario)


async def told(world: Embedded) -> dict[str, int]:
    """How many facts each service has told."""
    return {service: await _facts(running.kept) for service, running in world.running.items()}


async def _facts(kept: Kept) -> int:
    count = select(func.count()).select_from(kept.ledger.journal)
    return int(await kept.database.read(lambda connection: connection.execute(count).scalar_one()))


def rewrite(path: Path, change: Callable[[Rows], Rows]) -> None:
    """Change the lines of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        lines, columns = list(reader), reader.fieldnames or []
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(lines))


def numbers(tables: Tables, key: str) -> dict[str, tuple[Cell, ...]]:
    """The rows of a table by the English words of their first cell."""
    return {said(row[0], "en"): row[1:] for row in tables.table(key).rows}


def printed(tables: Tables) -> str:
    console = Console(file=io.StringIO(), width=160)
    print_tables(console, tables)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


async def test_a_group_of_eleven_plays_and_its_tables_add_up(world: Embedded, tmp_path: Path) -> None:
    folder = generate(tmp_path / "eleven", 11, seed=11)
    tables, story = await played(world, folder), load(folder)
    gate = numbers(tables, "reconciliation")
    assert [gate[name][0] for name in ("Announced on the list", "Present", "Absent", "Arrived")] == [11, 11, 0, 11]
    assert gate["Children"][0] == len(story.children)
    found = {(said(row[0], "en"), said(row[1], "en")): row[2] for row in tables.table("outcomes").rows}
    assert found["Victim of trafficking", "Children"] == len(story.children)
    assert found["Victim of migrant abuse", "Adults"] == 11 - len(story.children)
    assert numbers(tables, "detention")["People with dates"] == (11,)
    assert numbers(tables, "help")["Meal"][0] == 11
    asked = sum(grant.amount for grant in story.grants)
    assert numbers(tables, "grants")["Paid"][2] == f"USD {asked // 100:,}.{asked % 100:02d}"
    assert numbers(tables, "followups")["Missed"][0] == 1


async def test_a_second_telling_changes_nothing_and_prints_the_same(world: Embedded, tmp_path: Path) -> None:
    folder = generate(tmp_path / "four", 4, seed=4)
    first = printed(await played(world, folder))
    before = await told(world)
    assert printed(await played(world, folder)) == first
    assert await told(world) == before


async def test_other_answers_of_one_child_change_what_is_suggested(world: Embedded, tmp_path: Path) -> None:
    folder = generate(tmp_path / "four", 4, seed=4)
    child = next(row for row in load(folder).decisions if row.outcome == "VOT" and row.words is None)

    def nothing_happened(lines: Rows) -> Rows:
        own = [line for line in lines if line["person"] == child.person]
        own[0].update({column: "NO" for column, value in own[0].items() if value == "YES"}, SENT_BY_NEIGHBOUR="YES")
        return lines

    def raised(lines: Rows) -> Rows:
        own = [line for line in lines if line["person"] == child.person]
        own[0].update(reason="ADDITIONAL_INFORMATION", words="បានប្រាប់បន្ថែមក្រោយសម្ភាស។")
        return lines

    rewrite(folder / "answers.csv", nothing_happened)
    rewrite(folder / "decisions.csv", raised)
    tables = await played(world, folder)
    assert numbers(tables, "suggestions")["Child at risk"][1] == 1
    assert "Child at risk" in printed(tables)


async def test_a_line_more_and_a_person_fewer_change_the_reconciliation(world: Embedded, tmp_path: Path) -> None:
    folder = generate(tmp_path / "four", 4, seed=4)
    story = load(folder)
    gone = next(person for person in story.arrived if person.key != story.header.story.adult_seen)
    # One listed person did not come: no stay, no interview, no finding, nothing that follows.
    for path in folder.glob("*.csv"):
        if path.name not in ("list.csv", "people.csv"):
            rewrite(path, lambda lines: [line for line in lines if line.get("person") != gone.key])

    def absent(lines: Rows) -> Rows:
        own = next(line for line in lines if line["key"] == gone.key)
        own.update(arrival="ABSENT", absence_reason="HOSPITAL", detained_until="")
        return [*lines, own | {"key": "one-more", "line": "5", "name_km": "ថា វី", "name_latin": "Tha Vy"}]

    rewrite(folder / "people.csv", absent)
    with (folder / "list.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("5,Tha Vi,,Nữ,2003,,x,Xvay Riêng,02/09/2015,,\r\n")
    header = (
        (folder / "story.toml").read_text("utf-8").replace(f'child_seen = "{gone.key}"', _other_child(folder, gone.key))
    )
    (folder / "story.toml").write_text(header, "utf-8")
    gate = numbers(await played(world, folder), "reconciliation")
    assert [gate[name][0] for name in ("Announced on the list", "Present", "Absent", "Arrived")] == [5, 3, 2, 3]


def _other_child(folder: Path, gone: str) -> str:
    with (folder / "placements.csv").open(encoding="utf-8", newline="") as file:
        left = [line["person"] for line in csv.DictReader(file) if line["person"] != gone]
    return f'child_seen = "{left[0]}"'


async def test_a_question_that_the_form_does_not_ask_stops_it_before_anything_is_told(
    world: Embedded, tmp_path: Path
) -> None:
    folder = generate(tmp_path / "four", 4, seed=4)
    answers = folder / "answers.csv"
    answers.write_text(answers.read_text("utf-8").replace("SLEPT_ROUGH", "SLEPT_WELL", 1), "utf-8")
    with pytest.raises(UnusableScenario) as caught:
        await played(world, folder)
    assert [(found.file, found.line, found.column) for found in caught.value.problems] == [
        ("answers.csv", 1, "SLEPT_WELL")
    ]
    assert sorted((await told(world)).values()) == [0, 0, 0, 3], "but the directory, which has begun"


async def test_the_page_stands_alone_and_names_nobody(world: Embedded, tmp_path: Path) -> None:
    folder = generate(tmp_path / "four", 4, seed=4)
    tables, page = await played(world, folder), tmp_path / "page.html"
    write_page(page, tables)
    text = page.read_text("utf-8")
    assert "INVENTED PEOPLE" in text
    assert 'src="' not in text
    assert "http" not in text.replace("http-equiv", "")
    assert text.count("<svg") == 2
    for language in ("km", "vi", "en"):
        assert f'data-l="{language}"' in text
    story = load(folder)
    names = [name for person in story.people for name in (person.name_km, person.name_latin)]
    assert not [name for name in [*names, *(line.name for line in story.listed)] if name in text]
    assert all(journey.case_number in text for journey in tables.journeys)


@pytest.mark.slow
@pytest.mark.timeout(600 + 600 * SOAK)
async def test_a_group_of_many_plays(world: Embedded, tmp_path: Path) -> None:
    """Of two hundred, when it is soaked."""
    many = round(200 * SOAK / 3)
    tables = await played(world, generate(tmp_path / "many", many, seed=200))
    assert numbers(tables, "reconciliation")["Arrived"][0] == many
