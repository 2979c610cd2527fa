"""After years: what a write, publishing and receiving cost among a million events, and how long a rebuild takes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count as numbers
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import text

from bench import parts
from bench.facts import Shelf, told
from bench.filling import fill
from bench.measure import Figure, Scale, Side, in_turn, over, per_second, rates
from bench.worlds import Nowhere, at_work, count, in_folder, write, write_many
from shared.bus import rebuild
from shared.bus.consumer import Consumer
from shared.running import Running
from shared.runtime import Kept
from shared.settings import Settings

FEW, MANY = 10_000, 1_000_000
_turns = numbers()


async def sqlite(scale: Scale) -> list[Figure]:
    """Cost per fact at 1,000,000 over 10,000, on SQLite."""
    with TemporaryDirectory() as place:
        small, large = (in_folder(Path(place) / size) for size in ("small", "large"))
        return await _compared(scale, small, large, "SQLite")


async def postgres(scale: Scale) -> list[Figure]:
    """The same on PostgreSQL."""
    async with parts.postgres() as one, parts.postgres() as other:
        return await _compared(scale, one.settings, other.settings, "PostgreSQL")


async def _compared(scale: Scale, small: Settings, large: Settings, where: str) -> list[Figure]:
    """Half of the facts were told, half heard, of as many cases; nothing else differs."""
    async with _lived(small, scale.of(FEW, least=1000)) as few, _lived(large, scale.of(MANY, least=5000)) as many:
        figures = []
        sizes = f"at {scale.of(MANY, least=5000):,} facts over {scale.of(FEW, least=1000):,}"
        for what, side in (("write", _writes), ("relay", _relays), ("consumer", _hears)):
            at_few, at_many = await in_turn(scale.rounds, side(few, scale), side(many, scale))
            figures.append(
                Figure(
                    "-",
                    f"{what}, cost per fact {sizes}, {where}",
                    1.3,
                    1.1,
                    over(at_few, at_many),
                    seen=rates(few=at_few, many=at_many),
                )
            )
        return figures


@asynccontextmanager
async def _lived(settings: Settings, facts: int) -> AsyncIterator[Running]:
    async with at_work("screening", settings, Nowhere()) as running:
        await fill(running.kept, facts // 2)
        assert await count(running.kept, "journal") + await count(running.kept, "heard") == facts
        await running.kept.database.write(lambda conn: conn.execute(text("ANALYZE")))
        yield running


def _writes(running: Running, scale: Scale) -> Side:
    many = scale.of(2000, least=200)
    return lambda: per_second(many, write_many(running.kept, many))


def _relays(running: Running, scale: Scale) -> Side:
    many = scale.of(2000, least=200)

    async def one_pass() -> float:
        await _drain(running)
        await write_many(running.kept, many)
        return await per_second(many, _drain(running))

    return one_pass


async def _drain(running: Running) -> None:
    while await running.relay.step():
        pass


def _hears(running: Running, scale: Scale) -> Side:
    many = scale.of(4000, least=500)

    async def one_pass() -> float:
        turn = next(_turns)
        consumer = Consumer(running.kept, Shelf(list(told(many, ("growing", turn))), turn))
        return await per_second(many, _hear(consumer))

    return one_pass


async def _hear(consumer: Consumer) -> None:
    while await consumer.step():
        pass


async def remade_sqlite(scale: Scale) -> list[Figure]:
    """A view made again from 1,000,000 facts, on SQLite."""
    with TemporaryDirectory() as place:
        return await _remade(scale, in_folder(Path(place)), "SQLite")


async def remade_postgres(scale: Scale) -> list[Figure]:
    """The same on PostgreSQL."""
    async with parts.postgres() as store:
        return await _remade(scale, store.settings, "PostgreSQL")


async def _remade(scale: Scale, settings: Settings, where: str) -> list[Figure]:
    """Meanwhile one writes and one reads, one after the other, for as long as it takes."""
    facts = scale.of(MANY, least=20_000)
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(at_work("screening", settings, Nowhere()))
        kept = running.kept
        await fill(kept, facts // 5, 5)
        assert await count(kept, "heard") == facts
        before = await _view(kept)
        busy = [asyncio.create_task(_write_on(kept)), asyncio.create_task(_read_on(kept))]
        begun = perf_counter()
        await rebuild.refold(kept.database, kept.ledger, kept.journey)
        took = perf_counter() - begun
        for task in busy:
            task.cancel()
        done = await asyncio.gather(*busy, return_exceptions=True)
        assert all(isinstance(outcome, asyncio.CancelledError) for outcome in done), done
        assert await _view(kept) == before, "the view came out differently"
        seen = f"{facts / took:,.0f} facts/s, {await count(kept, 'journal') - facts // 5:,} writes meanwhile"
    return [Figure("-", f"one view made again from {facts:,} facts, {where}", 120, 60, [took], "s", seen)]


async def _view(kept: Kept) -> list[tuple[object, ...]]:
    """What the view holds of intake's facts, a sample of it."""
    query = "SELECT subject, version, data FROM facet WHERE source = 'intake' ORDER BY subject LIMIT 1000"
    return await kept.database.read(lambda conn: [tuple(row) for row in conn.exec_driver_sql(query)])


async def _write_on(kept: Kept) -> None:
    while True:
        await write(kept)
        await asyncio.sleep(0.01)


async def _read_on(kept: Kept) -> None:
    query = "SELECT count(*) FROM (SELECT 1 FROM facet ORDER BY subject LIMIT 50) AS page"
    while True:
        await kept.database.read(lambda conn: conn.exec_driver_sql(query).scalar_one())
        await asyncio.sleep(0.01)
