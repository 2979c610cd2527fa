"""Three services of the tale on one bus: each tells, each hears the others, all driven by hand.

`intake` counts, `screening` counts too, `grants` grants. What they tell is written as a unit writes it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, MetaData, Table, insert, select, update

from shared.bus.consumer import Consumer
from shared.bus.embedded import EmbeddedBus
from shared.bus.relay import Relay
from shared.events.envelope import Envelope
from shared.runtime import Kept
from shared.storage import Database
from shared.storage.ledger import Ledger, ledger
from shared.writing import streams
from tests.support.listening import Watch, draws, move
from tests.support.tale import JOURNEY, Counted, Granted, Screened, reactions, told, told_world

NAMES = ("intake", "screening", "grants")
OpenDatabase = Callable[[str], Awaitable[Database]]


@dataclass
class Three:
    """The services, their bus and their clock."""

    stores: dict[str, Kept]
    bus: EmbeddedBus
    clock: Watch

    async def tell(self, *facts: Envelope) -> None:
        """Let each fact's teller store it, with everything that belongs to it."""
        for fact in facts:
            kept = self.stores[fact.source]
            await kept.database.write(partial(_store, kept=kept, fact=fact))

    async def relay(self) -> None:
        """Publish all that is pending."""
        for kept in self.stores.values():
            relay = Relay(kept.database, kept.ledger, self.bus, kept.name, kept.wake)
            while await relay.step():
                pass

    async def hear(self, *names: str) -> None:
        """Let these services, or all, hear to the end of the topic."""
        for name in names or NAMES:
            consumer = Consumer(self.stores[name], self.bus)
            while await consumer.step():
                pass
            await consumer.close()

    async def lives(self, *cases: str, facts: int = 3) -> None:
        """Tell of these cases, publish and hear it all."""
        for case in cases:
            await self.tell(*(told(Counted(case_ref=case, number=number), number) for number in range(1, facts + 1)))
            await self.tell(*(told(Screened(case_ref=case, number=number), number) for number in (1, 2)))
            await self.tell(told(Granted(case_ref=case), 1))
        await self.relay()
        await self.hear()

    async def rows(self, name: str, table: str) -> list[dict[str, Any]]:
        """All rows of a service's table."""
        found = cast(Table, getattr(self.stores[name].ledger, table))
        query = select(found).order_by(*found.primary_key)
        return [dict(row) for row in await self.stores[name].database.read(lambda c: c.execute(query).mappings().all())]

    async def change(self, name: str, work: Callable[[Ledger], Any]) -> None:
        """Do something to a service's tables that the product never would."""
        kept = self.stores[name]
        await kept.database.write(lambda conn: conn.execute(work(kept.ledger)))


def _store(conn: Connection, kept: Kept, fact: Envelope) -> None:
    book = kept.ledger
    streams.lock(conn, book, [fact.subject])
    conn.execute(update(book.stream).filter_by(subject=fact.subject).values(version=fact.version))
    row = {name: getattr(fact, name) for name in Envelope.__dataclass_fields__ if name != "source"}
    key = conn.execute(insert(book.journal).values(**row)).inserted_primary_key
    conn.execute(insert(book.pending).values(journal_id=key[0] if key else None))
    move(conn, book, kept.journey, fact)


async def _kept(name: str, database: Database, clock: Watch) -> Kept:
    metadata = MetaData()
    book = ledger(metadata)
    await database.write(metadata.create_all)
    return Kept(
        name=name,
        database=database,
        ledger=book,
        journey=replace(JOURNEY, source=name),
        reactions=reactions(),
        key_store=cast(Any, None),
        secret=b"invented",
        position_secret=b"invented",
        clock=clock,
        draw=draws(),
    )


@asynccontextmanager
async def three(folder: Path, open_database: OpenDatabase) -> AsyncIterator[Three]:
    """The three, with nothing told yet."""
    async with AsyncExitStack() as stack:
        stack.enter_context(told_world())
        clock = Watch()
        bus = EmbeddedBus(folder / "bus.db", clock=clock)
        await bus.start()
        stack.push_async_callback(bus.stop)
        stores = {}
        for name in NAMES:
            database = await open_database(name)
            stack.push_async_callback(database.close)
            stores[name] = await _kept(name, database, clock)
        yield Three(stores, bus, clock)
