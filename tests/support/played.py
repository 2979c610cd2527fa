"""A story played into a world in this process, where everything comes to rest after every request."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from sqlalchemy import Connection, Table, select

from shared.columns import canonical
from shared.journey.timeline import view
from shared.testing import Harness
from story.player import play
from story.progress import Display
from story.scenario import load
from story.tables import Tables, read_tables

STORY = Path("examples/long-an-33")


class Settling(httpx.AsyncBaseTransport):
    """Hands a request to the app and lets the world come to rest before it answers."""

    def __init__(self, world: Harness) -> None:
        self.world = world
        self.inner = httpx.ASGITransport(app=world.app, raise_app_exceptions=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self.inner.handle_async_request(request)
        if request.method != "GET":
            await self.world.settle()
        return answer


async def played(world: Harness, folder: Path = STORY) -> Tables:
    """Play a scenario; the tables read back at its end."""
    scenario = load(folder)
    async with httpx.AsyncClient(transport=Settling(world), base_url="http://localhost") as client:
        refusals = await play(client, scenario, Display(Console(quiet=True)))
        assert not refusals.lines, list(refusals.told())
        return await read_tables(client, scenario)


async def everything(world: Harness) -> dict[str, str]:
    """The journals, what was heard, and the views of all services, as canonical text."""
    found = {}
    for service, running in world.running.items():
        for name in ("journal", "heard", "facet", "relation", "todo", "attention", "stream"):
            rows = await world.rows(service, name)
            found[f"{service}.{name}"] = "\n".join(sorted(canonical(_plain(row)) for row in rows))
        assert running.kept.name == service
    return found


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if not isinstance(value, bytes)}


async def disagreements(world: Harness) -> list[str]:
    """Where a service's view of a case differs from the union of all journals less what it declares to ignore."""
    union = await _journals(world)
    found = []
    for service, running in world.running.items():
        ignored = {kind.type for kind in running.service.journey.ignores}
        for case_ref, facts in sorted(union.items()):
            expected = {fact for fact in facts if fact[2] not in ignored or fact[0] == service}
            seen = await _seen(world, service, case_ref)
            if seen != expected:
                found.append(f"{service} {case_ref}: {len(expected - seen)} missing, {len(seen - expected)} too many")
    return found


Fact = tuple[str, int, str, str]


async def _journals(world: Harness) -> dict[str, set[Fact]]:
    union: dict[str, set[Fact]] = {}
    for service, running in world.running.items():
        journal = running.kept.ledger.journal
        rows = await running.kept.database.read(_all(journal))
        for row in rows:
            kind, _, ref = row.subject.partition("/")
            if kind == "case":
                union.setdefault(ref, set()).add((service, row.version, row.type, row.effective.isoformat()))
    return union


def _all(table: Table) -> Callable[[Connection], Sequence[Any]]:
    return lambda connection: connection.execute(select(table)).all()


async def _seen(world: Harness, service: str, case_ref: str) -> set[Fact]:
    kept = world.running[service].kept
    journey = await kept.database.read(lambda conn: view(conn, kept.ledger, kept.journey, case_ref))
    return {(entry.source, entry.version, entry.type, entry.effective.isoformat()) for entry in journey.timeline}
