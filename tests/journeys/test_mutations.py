"""Cells made wrong one by one: told before anything starts, or played to the end without a refusal."""

from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from typer.testing import CliRunner

from deploy.local.ports import free_port
from services.__main__ import app
from services.hosting.embedded import Embedded
from services.issuing.people import people_in
from shared.settings import Settings
from story.desk import Desk
from story.generate import generate
from story.player import play
from story.problem import UnusableScenario
from story.progress import Display
from story.scenario import load
from story.telling import REFUSED
from tests.support.mutating import FREE, columns, records, write

ILL = ("!?", "-1", "1.5", "២០១៥-១១-០៤", "+៨៥៥៨៨០៥៥៥១០១", "Sok Dara")
"""What no column holds but those for free text."""

CALENDAR = {
    "interviews.csv": ("starts", "ends", "first_month", "last_month"),
    "people.csv": ("birth", "detained_from", "detained_until"),
    "placements.csv": ("review_on", "at"),
    "list.csv": ("Ngày tạm giữ",),
    "grants.csv": ("submitted", "assessed", "decided", "agreed"),
    "instalments.csv": ("paid", "evidenced", "reconciled"),
    "stays.csv": ("admitted", "urgent_checked", "departs"),
    "help.csv": ("begins", "ends"),
    **dict.fromkeys(("decisions.csv", "checks.csv", "visits.csv"), ("at",)),
    "consents.csv": ("given",),
    "memberships.csv": ("joined",),
}
NEVER = ("2015-02-31", "2015-02-31 09:00", "31/02/2015", "2015-13", "1447300800", "2015-11-04T09:30:00Z", "0")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return generate(tmp_path / "four", 4, seed=4)


def told(folder: Path) -> set[tuple[str, int, str]]:
    with pytest.raises(UnusableScenario) as caught:
        load(folder)
    return {(found.file, found.line, found.column) for found in caught.value.problems}


@pytest.mark.parametrize("value", ILL)
def test_a_value_of_no_kind_is_told_in_every_column(folder: Path, value: str) -> None:
    ill = {column for column in columns(folder) if column.name not in FREE.get(column.path.name, ())}
    for column in ill:
        column.set(0, value)
    assert told(folder) >= {(column.path.name, column.head + 2, column.name) for column in ill}


@pytest.mark.parametrize("value", NEVER)
def test_a_day_that_no_calendar_has_is_told_in_every_column_of_days(folder: Path, value: str) -> None:
    days = {column for column in columns(folder) if column.name in CALENDAR.get(column.path.name, ())}
    assert len(days) == sum(map(len, CALENDAR.values()))
    for column in days:
        column.set(0, value)
    assert told(folder) == {(column.path.name, column.head + 2, column.name) for column in days}


async def test_what_is_not_told_the_services_take(folder: Path, tmp_path: Path, stack: AsyncExitStack) -> None:
    """All that the look beforehand lets pass is kept in the folder, and played at the end."""
    counted = {"told": 0, "passed": 0}
    for column in columns(folder):
        for row, value in column.mutations():
            before = column.path.read_bytes()
            column.set(row, value)
            try:
                load(folder)
            except UnusableScenario:
                counted["told"] += 1
                column.path.write_bytes(before)
            else:
                counted["passed"] += 1
    assert counted["told"] > 500
    assert counted["passed"] > 50
    world = Embedded(Settings(data_dir=tmp_path / "data"), people=people_in(folder))
    await stack.enter_async_context(world.lifespan())
    transport = httpx.ASGITransport(app=world, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        refusals = await play(client, load(folder), Display(Console(quiet=True)), abreast=8)
    assert list(refusals.told()) == []


def test_a_line_that_a_service_refuses_is_printed_with_its_code_and_counted(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = records(folder / "decisions.csv")
    rows[1][rows[0].index("outcome")] = "CHILD_AT_RISK"
    write(folder / "decisions.csv", rows)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOMEWARD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("HOMEWARD_PORT", str(free_port()))
    result = CliRunner().invoke(app, ["demo", "--exit", "--scenario", str(folder)])
    lines = result.output.splitlines()
    assert "decisions.csv, line 2: refused, reason_needed" in lines
    assert "Refused by the services: 1" in lines
    assert f"Not played any further: {rows[1][0]}" in lines
    assert result.exit_code == REFUSED


SIGNING_IN = {
    "authorization_servers": ["http://localhost"],
    "issuer": "http://localhost",
    "authorization_endpoint": "http://localhost/authorize",
    "token_endpoint": "http://localhost/token",
    "access_token": "of nobody",
    "expires_in": 300,
}


async def test_one_line_of_many_that_is_refused_is_kept_with_its_place(folder: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/authorize":
            return httpx.Response(302, headers={"location": "http://localhost/?code=1"})
        lines = [{"ref": "a", "status": "given"}, {"ref": "b", "status": "refused", "code": "stay_not_begun"}]
        return httpx.Response(200, json={**SIGNING_IN, "ref": "0", "version": 1, "lines": lines})

    scenario = load(folder)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://localhost") as client:
        desk = Desk(client, scenario)
        lines = {"help.csv, line 2": {"ref": "a"}, "help.csv, line 3": {"ref": "b"}}
        at = scenario.header.handover.closed
        await desk.post_lines(scenario.on_duty("RECEIVES"), "/intake/v1/provisions", "lines", lines, at)
    assert list(desk.refusals.told()) == ["help.csv, line 3: refused, stay_not_begun", "Refused by the services: 1"]
