"""One service that listens to the tale: its store, its log and its clock, driven step by step."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, MetaData, Table, insert, select

from shared.bus.consumer import Consumer
from shared.bus.embedded import EmbeddedBus
from shared.bus.port import Bus
from shared.events.envelope import Envelope, encode
from shared.journey import Journey
from shared.journey.views import fold, load, save
from shared.runtime import Kept
from shared.storage.ledger import Ledger, ledger
from shared.storage.sqlite import SqliteDatabase
from tests.support.tale import CASE, JOURNEY, NOW, reactions


@dataclass
class Watch:
    """A clock that stands until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Listener:
    """One service that listens, its store and its log."""

    kept: Kept
    bus: EmbeddedBus
    consumer: Consumer
    clock: Watch

    async def hear(self, *told: Envelope) -> None:
        """Publish, and consume to the end."""
        await self.bus.publish([encode(fact) for fact in told])
        await self.drain()

    async def drain(self) -> None:
        while await self.consumer.step():
            pass

    async def rows(self, table: Table) -> list[dict[str, Any]]:
        """All rows of a table, by primary key."""
        query = select(table).order_by(*table.primary_key)
        found = await self.kept.database.read(lambda conn: conn.execute(query).mappings().all())
        return [dict(row) for row in found]

    async def statuses(self) -> dict[int, str]:
        """Version -> status of what was heard, one stream assumed."""
        return {row["version"]: row["status"] for row in await self.rows(self.kept.ledger.heard)}

    async def numbers(self, subject: str = f"case/{CASE}", source: str = "intake") -> list[int]:
        """What the tally of a subject holds."""
        facets = {(row["subject"], row["source"]): row["data"] for row in await self.rows(self.kept.ledger.facet)}
        return list(facets.get((subject, source), {}).get("numbers", []))

    async def view(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that must come out the same, whatever the order of arrival."""
        ledger = self.kept.ledger
        return {table.name: await self.rows(table) for table in (ledger.facet, ledger.relation)}

    async def everything(self) -> dict[str, list[dict[str, Any]]]:
        """All rows of its inbox, its view and what it has to do."""
        ledger = self.kept.ledger
        tables = (ledger.heard, ledger.facet, ledger.relation, ledger.todo, ledger.stream)
        return {table.name: await self.rows(table) for table in tables}

    async def forbid_writing(self) -> None:
        """From now on, touching a row of the view or the inbox fails."""
        await self.kept.database.write(_forbid_writing)

    async def write(self, table: Table, **values: Any) -> None:
        await self.kept.database.write(lambda conn: conn.execute(insert(table), values))

    def another(self, bus: Bus | None = None) -> Consumer:
        """A second reader over the same store."""
        return Consumer(self.kept, bus or self.bus)


def _forbid_writing(conn: Connection) -> None:
    for table in ("heard", "facet", "relation", "todo"):
        for change in ("INSERT", "UPDATE", "DELETE"):
            conn.exec_driver_sql(
                f"CREATE TRIGGER no_{change}_{table} BEFORE {change} ON {table} "
                "BEGIN SELECT RAISE(FAIL, 'a row was written'); END"
            )


def move(conn: Connection, book: Ledger, journey: Journey, fact: Envelope) -> None:
    """Move a service's own facet by a fact it told, as a unit's end does."""
    save(conn, book, fold(journey, load(conn, book, journey, [fact.stream]), [fact]))


def keep(name: str, path: Path, clock: Callable[[], datetime], book: Ledger, journey: Journey) -> Kept:
    """A running service without keys: nothing here is sealed."""
    return Kept(
        name=name,
        database=SqliteDatabase(path),
        ledger=book,
        journey=journey,
        reactions=reactions(),
        key_store=cast(Any, None),
        secret=b"invented",
        position_secret=b"invented",
        clock=clock,
        draw=draws(),
        wake=asyncio.Event(),
        todo_wake=asyncio.Event(),
    )


def draws() -> Callable[[], str]:
    """Refs in order, so that the same test gives the same rows."""
    numbers = itertools.count(1)
    return lambda: f"{next(numbers):032x}"


@asynccontextmanager
async def listening(folder: Path) -> AsyncIterator[Listener]:
    """A listener with a store and a log of its own in that folder."""
    metadata, clock = MetaData(), Watch()
    kept = keep("grants", folder / "grants.db", clock, ledger(metadata), JOURNEY)
    bus = EmbeddedBus(folder / "bus.db", clock=clock)
    await bus.start()
    await kept.database.write(metadata.create_all)
    listener = Listener(kept, bus, Consumer(kept, bus), clock)
    try:
        yield listener
    finally:
        await listener.consumer.close()
        await bus.stop()
        await kept.database.close()
