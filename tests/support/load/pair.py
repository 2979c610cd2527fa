"""The two services of the load in one process, driven step by step, for faults that must be crafted."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from shared.bus.port import Bus
from shared.clock import system_clock
from shared.errors import Unavailable
from shared.events.envelope import Envelope, encode
from shared.events.record import Record
from shared.ids import random_ref
from shared.running import Running
from shared.runtime import Kept
from shared.stores import bus_for
from shared.writing.asked import Done
from tests.support.eventually import REST
from tests.support.load.__main__ import running
from tests.support.load.facts import known
from tests.support.load.ground import Books, Ground
from tests.support.load.oracles import faults
from tests.support.load.refolding import refolded
from tests.support.load.writer import note, write


@dataclass
class Shifted:
    """The system's clock, moved by hand."""

    by: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return system_clock() + self.by


@dataclass
class Pair:
    """Both services without loops, and their bus."""

    ground: Ground
    bus: Bus
    clock: Shifted
    services: dict[str, Running] = field(default_factory=dict)

    def kept(self, service: str) -> Kept:
        return self.services[service].kept

    async def count(self, *cases: str) -> Done:
        """One write, noted as answered."""
        request, key = random_ref(), random_ref()
        done = await write(self.kept("intake"), cases, request, key)
        with (self.ground.folder / "answered-pair.jsonl").open("a") as answered:
            note(answered, self.kept("intake"), request, key, done)
        return done

    async def drain(self) -> None:
        """A round of every loop. Trouble with a store is met again, as the supervisor would."""
        for one in self.services.values():
            with contextlib.suppress(Unavailable):
                await one.drain()

    async def exact(self, within: float = REST, *, mended: bool = False) -> Books:
        """Let everything run and time pass until all is exact."""
        until = time.monotonic() + within
        while True:
            for _ in range(5):
                await self.drain()
            self.clock.by += timedelta(seconds=1)
            books = await self.ground.books()
            found = faults(books, mended=mended)
            if not found:
                assert await refolded(books, mended=mended) == []
                return books
            assert time.monotonic() < until, f"not exact: {found[:12]} ({len(found)} in all)"
            await asyncio.sleep(0.01)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Let every loop run meanwhile. Drive nothing by hand inside."""
        loops = [
            asyncio.create_task(loop.run(lambda: None))
            for one in self.services.values()
            for loop in (one.relay, one.consumer, one.doing)
        ]
        try:
            yield
        finally:
            for loop in loops:
                loop.cancel()
            ended = await asyncio.gather(*loops, return_exceptions=True)
        assert all(isinstance(how, asyncio.CancelledError) for how in ended), ended

    async def records(self, service: str = "intake") -> list[Record]:
        """Everything a service has told, as its relay would send it."""
        journal = self.kept(service).ledger.journal
        rows = await self.kept(service).database.read(lambda conn: conn.execute(select(journal).order_by("id")).all())
        names = [name for name in Envelope.__dataclass_fields__ if name != "source"]
        return [encode(Envelope(source=service, **{name: getattr(row, name) for name in names})) for row in rows]

    async def publish_all(self, records: Sequence[Record]) -> None:
        """Send these, in this order whatever their keys, and let grants hear them."""
        for record in records:
            await self.bus.publish([record])

    async def hears(self, service: str = "grants", within: float = REST) -> None:
        """Let a service hear everything that stands in the topic now."""
        offsets, until = self.kept(service).ledger.bus_offset, time.monotonic() + within
        reach = select(func.coalesce(func.sum(offsets.c.next), 0))
        end = await self.ground.records_in_topic()
        while await self.kept(service).database.read(lambda conn: conn.execute(reach).scalar_one()) != end:
            assert time.monotonic() < until, f"{service} does not reach record {end}"
            await self.services[service].consumer.step(0.05)


@asynccontextmanager
async def pair(ground: Ground, seed: int) -> AsyncIterator[Pair]:
    """Both services over the stores of a ground, while the catalogue holds the facts of the load alone."""
    clock = Shifted()
    with known():
        bus = bus_for(ground.settings, clock)
        await bus.start()
        one, known_of = Pair(ground, bus, clock), dict[str, frozenset[str]]()
        for name in ("intake", "grants"):
            one.services[name] = running(
                name, ground.settings, bus, seed, loops=False, clock=clock, contradicted=known_of
            )
            await one.services[name].start()
        try:
            yield one
        finally:
            for service in one.services.values():
                await service.stop()
            await bus.stop()
