"""Latency of an event: from its commit to the relay, and from its command to another service's view."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import uvloop

from bench import parts
from bench.measure import Figure, Scale, percentile
from bench.worlds import at_work, in_folder, write
from shared.bus.port import Bus, Delivered, StartAt
from shared.clock import system_clock
from shared.events.record import Record
from shared.running import Running
from shared.settings import Settings
from shared.stores import bus_for

RATE = 300


class Watched:
    """A bus that remembers when each subject was published and, per reader, when what it took was stored."""

    def __init__(self, bus: Bus) -> None:
        self.bus, self.topic = bus, bus.topic
        self.published: dict[str, float] = {}
        self.applied: dict[str, float] = {}
        self._open = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bus, name)

    async def start(self) -> None:
        """Two services share it in one process: the first starts it, the last stops it."""
        self._open += 1
        if self._open == 1:
            await self.bus.start()

    async def stop(self) -> None:
        self._open -= 1
        if self._open == 0:
            await self.bus.stop()

    async def publish(self, records: Sequence[Record]) -> None:
        now = perf_counter()
        for record in records:
            self.published.setdefault(record.key, now)
        await self.bus.publish(records)

    async def subscribe(self, group: str, start_at: StartAt) -> "_Watching":
        return _Watching(await self.bus.subscribe(group, start_at), self.applied if group == "grants" else {})


class _Watching:
    """Whoever asks for the next batch has stored the last one."""

    def __init__(self, inner: Any, applied: dict[str, float]) -> None:
        self._inner, self._applied = inner, applied
        self._last: list[Delivered] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def batch(self, limit: int, wait: float) -> list[Delivered]:
        now = perf_counter()
        for delivered in self._last:
            self._applied.setdefault(delivered.record.key, now)
        self._last = await self._inner.batch(limit, wait)
        return self._last


Applied = Callable[[], Awaitable[dict[str, float]]]
"""Says when each subject was applied."""
HeardBy = Callable[[Settings, Watched], AbstractAsyncContextManager[Applied]]


async def embedded(scale: Scale) -> list[Figure]:
    """Rows 13 and 14 on SQLite and the embedded log: both services in one process, as there."""
    with TemporaryDirectory() as place:
        return await _both(scale, in_folder(Path(place)), "embedded", (50, 20), _heard_here)


async def kafka(scale: Scale) -> list[Figure]:
    """Rows 13 and 14 on PostgreSQL and Apache Kafka: each service in a process of its own, as there."""
    async with parts.postgres() as store, parts.kafka() as cluster:
        settings = store.settings.model_copy(update={"kafka_brokers": cluster.addresses})
        return await _both(scale, settings, "PostgreSQL and Apache Kafka", (100, 40), _heard_elsewhere)


async def _both(
    scale: Scale, settings: Settings, where: str, bound: tuple[float, float], heard_by: HeardBy
) -> list[Figure]:
    """Screening tells, with its loops, and grants hears."""
    seen_after, applied_after = [], []
    for _ in range(scale.rounds):
        bus = Watched(bus_for(settings, system_clock))
        async with heard_by(settings, bus) as applied, at_work("screening", settings, bus, loops=True) as running:
            # A group that forms and a producer that calls its brokers for the first time are no latency of a fact.
            await _until_applied(applied, (await _paced(running, 50))[0])
            begun, committed = await _paced(running, scale.of(RATE * 10, least=RATE))
            when = await _until_applied(applied, begun)
        seen_after.append(_p99(committed, bus.published))
        applied_after.append(_p99(begun, when))
    told, heard = f"p99 at {RATE}/s, {where}", f"command begun to applied in another service, p99 at {RATE}/s, {where}"
    return [
        Figure("13", f"commit to relay, {told}", 10, 2, seen_after, "ms"),
        Figure("14", heard, *bound, applied_after, "ms"),
    ]


@asynccontextmanager
async def _heard_here(settings: Settings, bus: Watched) -> AsyncIterator[Applied]:
    async with at_work("grants", settings, bus, loops=True):

        async def applied() -> dict[str, float]:
            return bus.applied

        yield applied


@asynccontextmanager
async def _heard_elsewhere(settings: Settings, _: Watched) -> AsyncIterator[Applied]:
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_hear, args=(settings, theirs))
    process.start()

    async def applied() -> dict[str, float]:
        ours.send(True)
        found: dict[str, float] = await asyncio.to_thread(ours.recv)
        return found

    try:
        await applied()
        yield applied
    finally:
        ours.send(False)
        await asyncio.to_thread(process.join)


def _hear(settings: Settings, asked: Connection) -> None:
    uvloop.run(_hear_until_told(settings, asked))


async def _hear_until_told(settings: Settings, asked: Connection) -> None:
    """Say what was applied when, as often as asked. The clock is the machine's, the same for every process."""
    bus = Watched(bus_for(settings, system_clock))
    async with at_work("grants", settings, bus, loops=True):
        while await asyncio.to_thread(asked.recv):
            asked.send(dict(bus.applied))


async def _paced(running: Running, many: int) -> tuple[dict[str, float], dict[str, float]]:
    """Writes at an even pace, whether or not earlier ones are answered; each counts from when it was due."""
    begun: dict[str, float] = {}
    committed: dict[str, float] = {}

    async def one(due: float) -> None:
        subject = await write(running.kept)
        committed[subject] = perf_counter()
        begun[subject] = due

    start = perf_counter() + 0.1
    writes = []
    for place in range(many):
        due = start + place / RATE
        await asyncio.sleep(max(0.0, due - perf_counter()))
        writes.append(asyncio.create_task(one(due)))
    await asyncio.gather(*writes)
    return begun, committed


async def _until_applied(applied: Applied, begun: dict[str, float]) -> dict[str, float]:
    until = perf_counter() + 60
    while begun.keys() - (when := await applied()).keys():
        assert perf_counter() < until, "not everything was heard within a minute"
        await asyncio.sleep(0.2)
    return when


def _p99(since: dict[str, float], until: dict[str, float]) -> float:
    return percentile([(until[subject] - moment) * 1000 for subject, moment in since.items()], 0.99)
