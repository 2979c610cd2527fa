"""The whole story, played twice and looked at from all four sides.

The first playing is shared by all tests here, since it takes most of their time: who changes a row puts it back.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import delete, insert

from services.hosting.embedded import Embedded
from services.issuing.people import people_in
from shared.settings import Settings
from shared.testing import CountedIds, Harness, TickingClock, harness_of
from story.books import Books, read_books
from story.desk import Desk
from story.scenario import load
from story.sheets import Tables, said
from tests.support.heard import all_told, facets, hearing_alone, interleaved
from tests.support.played import STORY, disagreements, everything, played

SERVICES = ("intake", "screening", "referrals", "grants")
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(1200)]


@dataclass(frozen=True)
class Story:
    """A world after the whole story, and the tables read back from it."""

    world: Harness
    tables: Tables


async def tell(folder: Path, stack: AsyncExitStack) -> Story:
    """Play the story into a new world, whose clock and ids are the same every time."""
    clock, draw = TickingClock(), CountedIds("twice")
    (folder / "data").mkdir(mode=0o700, parents=True)
    # The key file feeds the derived refs: the same key makes the same refs, so it is laid out before the start.
    key = folder / "data" / "master.key"
    key.touch(mode=0o600)
    key.write_bytes(b"k" * 32)
    whole = Embedded(Settings(data_dir=folder / "data"), clock=clock, draw=draw, loops=False, people=people_in(STORY))
    await stack.enter_async_context(whole.lifespan())
    world = harness_of(whole.apps.values(), whole, whole.bus, clock, draw)
    return Story(world, await played(world))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def story(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Story]:
    async with AsyncExitStack() as stack:
        yield await tell(tmp_path_factory.mktemp("story"), stack)


async def read_back(world: Harness) -> Books:
    """What the services know of the story's people, read as their workers read it."""
    transport = httpx.ASGITransport(app=world.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await read_books(Desk(client, load(STORY)))


async def test_the_same_story_twice_gives_the_same_bytes(story: Story, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        again = await tell(tmp_path, stack)
        assert again.tables == story.tables
        assert await everything(again.world) == await everything(story.world)


async def test_h1_25_victims_of_trafficking_and_8_of_migrant_abuse_come_home(story: Story) -> None:
    found = [tuple(said(cell, "en") for cell in row) for row in story.tables.table("outcomes").rows]
    assert [row[:3] for row in found] == [
        ("Victim of trafficking", "Children", "25"),
        ("Victim of migrant abuse", "Adults", "8"),
    ]
    assert found[0][3:] == ("14", "11")


async def test_h1_every_finding_names_the_people_who_made_it(story: Story) -> None:
    books = await read_back(story.world)
    staff = {Desk.staff(person.key) for person in load(STORY).header.staff}
    assert set(books.determinations) == set(books.cases)
    for determination in books.determinations.values():
        for finding in determination["made"]:
            named = {decider["staff_ref"] for decider in finding["deciders"]}
            assert named
            assert named <= staff


async def test_the_four_journeys_agree(story: Story) -> None:
    assert await disagreements(story.world) == []
    for running in story.world.running.values():
        assert await story.world.rows(running.kept.name, "pending") == []
        heard = await story.world.rows(running.kept.name, "heard")
        assert [row for row in heard if row["status"] != "applied"] == []


@pytest.mark.parametrize("service", SERVICES)
async def test_a_lost_event_shows_wherever_it_is_lost(story: Story, service: str) -> None:
    world, kept = story.world, story.world.running[service].kept
    heard, ignored = kept.ledger.heard, {kind.type for kind in kept.journey.ignores}
    rows = [row for row in await world.rows(service, "heard") if row["subject"].startswith("case/")]
    told = [row for row in rows if row["type"] not in ignored]
    for lost in (told[0], told[len(told) // 2], told[-1]):
        where = [heard.c[name] == lost[name] for name in ("source", "subject", "version")]
        await kept.database.write(lambda conn, where=where: conn.execute(delete(heard).where(*where)))  # type: ignore[misc]
        assert len(await disagreements(world)) == 1
        await kept.database.write(lambda conn, lost=lost: conn.execute(insert(heard).values(lost)))  # type: ignore[misc]
    assert await disagreements(world) == []


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("seed", range(5))
async def test_whatever_order_sources_are_heard_in_the_views_are_the_same(
    story: Story, service: str, seed: int, tmp_path: Path
) -> None:
    """The real facts of the story, in an order that keeps each stream's own, through the real consumer."""
    records = interleaved(await all_told(story.world, but=service), Random(seed))  # noqa: S311 -- an order, no secret
    async with hearing_alone(service, tmp_path) as (running, bus):
        await bus.publish(records)
        while await running.consumer.step():
            pass
        found = await facets(running)
    assert found == {key: data for key, data in (await facets(story.world.running[service])).items() if key in found}
    assert len(found) > 50
