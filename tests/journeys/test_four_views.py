"""The whole story, played twice and looked at from all four sides."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import delete

from services.embedded import Embedded
from shared.settings import Settings
from shared.testing import CountedIds, Harness, TickingClock, harness_of
from tests.support.played import disagreements, everything, played


async def _world(folder: Path, stack: AsyncExitStack) -> Harness:
    clock, draw = TickingClock(), CountedIds("twice")
    (folder / "data").mkdir(mode=0o700, parents=True)
    # The key file feeds the derived refs: the same key makes the same refs, so it is laid out before the start.
    key = folder / "data" / "master.key"
    key.touch(mode=0o600)
    key.write_bytes(b"k" * 32)
    whole = Embedded(Settings(data_dir=folder / "data"), clock=clock, draw=draw, loops=False)
    await stack.enter_async_context(whole.lifespan())
    return harness_of(whole.apps.values(), whole, whole.bus, clock, draw)


@pytest.mark.timeout(300)
async def test_the_same_story_twice_gives_the_same_bytes(tmp_path: Path, stack: AsyncExitStack) -> None:
    first, second = await _world(tmp_path / "1", stack), await _world(tmp_path / "2", stack)
    assert await played(first) == await played(second)
    assert await everything(first) == await everything(second)


@pytest.mark.timeout(300)
async def test_the_four_journeys_agree_and_a_lost_event_shows(world: Harness) -> None:
    await played(world)
    assert await disagreements(world) == []
    for running in world.running.values():
        assert await world.rows(running.kept.name, "pending") == []
        assert [row for row in await world.rows(running.kept.name, "heard") if row["status"] != "applied"] == []
    kept = world.running["grants"].kept
    heard = kept.ledger.heard
    lost = next(row for row in await world.rows("grants", "heard") if row["type"] == "intake.case.opened.v1")
    where = (heard.c.source == lost["source"], heard.c.subject == lost["subject"], heard.c.version == lost["version"])
    await kept.database.write(lambda conn: conn.execute(delete(heard).where(*where)))
    assert len(await disagreements(world)) == 1
