"""Two hands on one thing at once: a to-do done once, a late commit not skipped, a killed database, an old reader."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, Table, select
from sqlalchemy.util import await_only

from deploy.local import postgres
from shared.bus import consumer
from shared.failpoints import Failed, armed
from shared.journey.todos import Todo
from shared.storage import Work
from shared.writing.work import carry_out
from tests.faults.test_what_arrives import HEALTHY, written
from tests.support.eventually import eventually
from tests.support.load.disturbing import frozen
from tests.support.load.ground import Ground
from tests.support.load.pair import Pair, pair
from tests.support.load.processes import load
from tests.support.soak import SOAK

AWAY = 20.0 * SOAK
"""Seconds: longer than any pause, patience or session of ours."""


async def to_dos(one: Pair) -> list[Todo]:
    rows = await rows_of(one, one.kept("grants").ledger.todo)
    return [Todo(row.id, row.cause, row.reaction, row.subject, row.due_at, row.attempts, row.data) for row in rows]


async def sent_and(one: Pair, rounds: int) -> None:
    await written(one, rounds, HEALTHY)
    while await one.services["intake"].relay.step():
        pass


async def rows_of(one: Pair, table: Table) -> list[Any]:
    return await one.kept("grants").database.read(lambda conn: list(conn.execute(select(table)).all()))


async def test_a_to_do_that_two_hands_take_at_once_is_done_once(ground: Ground, seed: int) -> None:
    async with pair(ground, seed) as one:
        await sent_and(one, 1)
        await one.hears()
        for todo in await to_dos(one):
            await asyncio.gather(*(carry_out(one.kept("grants"), todo) for _ in range(3)), return_exceptions=True)
        await one.exact()


async def test_a_reader_that_fails_inside_a_batch_hears_it_again(
    ground: Ground, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pair(ground, seed) as one:
        await sent_and(one, 2)
        with monkeypatch.context() as patch, pytest.raises(Failed):
            patch.setattr(consumer, "failpoint", armed("consumer.before_commit:1:raise"))
            while True:
                await one.services["grants"].consumer.step(0.5)
        await one.exact()


async def test_a_late_committer_is_not_skipped(kafka: Ground, seed: int) -> None:
    """A unit that drew its number first and commits last, after later numbers were sent and marked."""
    async with pair(kafka, seed) as one:
        kept, committed, drawn = one.kept("intake"), asyncio.Event(), asyncio.Event()
        write = kept.database.write

        async def late(work: Work[Any]) -> Any:
            def held_open(conn: Connection) -> Any:
                done = work(conn)
                drawn.set()
                await_only(committed.wait())
                return done

            return await write(held_open)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kept.database, "write", late)
            slow = asyncio.create_task(one.count(HEALTHY[0]))
            await drawn.wait()
        await written(one, 3, HEALTHY[1:])
        while await one.services["intake"].relay.step():
            pass
        committed.set()
        await slow
        await one.exact()


async def test_a_reader_too_slow_for_its_group_has_no_effect_of_its_own(kafka: Ground, seed: int) -> None:
    """It holds a batch while another reader takes the partitions over and moves them on: what it writes is refused."""
    async with pair(kafka, seed) as one:
        kept, write, overtaken = one.kept("grants"), one.kept("grants").database.write, list[bool]()
        await sent_and(one, 1)
        await one.hears()
        before = await rows_of(one, kept.ledger.heard)
        await sent_and(one, 3)

        async def slow(work: Work[Any]) -> Any:
            patch.undo()
            offsets = kept.ledger.bus_offset
            await write(lambda conn: conn.execute(offsets.update().values(next=offsets.c.next + 1000)))
            overtaken.append(True)
            return await write(work)

        patch = pytest.MonkeyPatch()
        patch.setattr(kept.database, "write", slow)
        while not overtaken:
            await one.services["grants"].consumer.step(0.5)
        assert await rows_of(one, kept.ledger.heard) == before
        offsets = kept.ledger.bus_offset
        await write(lambda conn: conn.execute(offsets.update().values(next=0)))
        await one.services["grants"].consumer.close()
        await one.exact()


async def answered(ground: Ground, many: int) -> None:
    """Wait until so many writes were answered."""

    async def enough() -> bool:
        return len(ground.answers()) >= many

    await eventually(enough)


@contextlib.contextmanager
def killed(server: postgres.Postgres) -> Iterator[None]:
    server.kill()
    yield
    server.start()


AWAYS = {
    "killed": (killed, 0.0),
    "frozen": (frozen, 0.0),
    "killed for long": (killed, AWAY),
    "frozen for long": (frozen, AWAY),
}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("how", AWAYS)
def test_a_database_away_under_load_loses_no_answer(kafka: Ground, seed: int, part_folder: Path, how: str) -> None:
    """Whoever asks meanwhile is refused soon, one after the other, and everything goes on by itself afterwards."""
    server = postgres.Postgres(part_folder)
    server.start()
    away, seconds = AWAYS[how]
    try:
        # The product's own patience: other tests have a longer one, since a busy machine is no silent store.
        settings = {"database_url": SecretStr(postgres.make_databases(server.address)), "store_seconds": 1.5}
        own = Ground("kafka", kafka.settings.model_copy(update=settings))
        own.make_tables()
        with load(own, seed) as running:
            running.start_all(seconds=600, writers=2, pause=0.5)
            for _ in range(1 if seconds else 2):
                running.each_said("running")
                asyncio.run(answered(own, len(own.answers()) + 10))
                with away(server):
                    for writer in running.started[:2]:
                        writer.said_again("unanswered")
                    time.sleep(seconds)
                    for writer in running.started[:2]:
                        writer.said_again("unanswered")
            running.stop_writing()
            running.exact(60)
            assert not running.late()
    finally:
        server.stop()
