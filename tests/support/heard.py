"""The facts of a played story, told once more to one service alone, in another order."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from random import Random

from sqlalchemy import select

from shared.bus.embedded import EmbeddedBus
from shared.columns import canonical
from shared.events.envelope import Envelope, encode
from shared.events.record import Record
from shared.running import Running
from shared.sealing.keystore import file_key_store
from shared.service import Runtime
from shared.settings import Settings
from shared.testing import CountedIds, Harness, TickingClock
from tests.support.callers import invented


async def all_told(world: Harness, *, but: str) -> list[list[Envelope]]:
    """Every stream of every service but one, in its order."""
    streams: dict[tuple[str, str], list[Envelope]] = {}
    for service, running in world.running.items():
        if service != but:
            for told in await _journal(running):
                streams.setdefault((service, told.subject), []).append(told)
    return [streams[key] for key in sorted(streams)]


async def _journal(running: Running) -> list[Envelope]:
    journal = running.kept.ledger.journal
    query = select(journal).order_by(journal.c.subject, journal.c.version)
    rows = await running.kept.database.read(lambda conn: conn.execute(query).mappings().all())
    names = [name for name in Envelope.__dataclass_fields__ if name != "source"]
    return [Envelope(source=running.kept.name, **{name: row[name] for name in names}) for row in rows]


def interleaved(streams: Sequence[list[Envelope]], draw: Random) -> list[Record]:
    """All facts as records, in an order drawn anew that keeps each stream's own."""
    turns = [number for number, stream in enumerate(streams) for _ in stream]
    draw.shuffle(turns)
    waiting = [iter(stream) for stream in streams]
    return [encode(next(waiting[number])) for number in turns]


@asynccontextmanager
async def hearing_alone(service: str, folder: Path) -> AsyncIterator[tuple[Running, EmbeddedBus]]:
    """One service with nothing behind it yet, and the bus it hears from."""
    bus, keys = EmbeddedBus(folder / "bus.db"), file_key_store(folder)
    await bus.start()
    runtime = Runtime(
        Settings(data_dir=folder), bus, keys, TickingClock(), CountedIds(service), loops=False, identify=invented
    )
    running: Running = import_module(f"services.{service}.app").create_app(runtime).state.running
    try:
        yield running, bus
    finally:
        await running.stop()
        await bus.stop()
        await keys.close()


async def facets(running: Running) -> dict[tuple[str, str], str]:
    """What a service makes of the other sources, as canonical text by subject and source."""
    facet = running.kept.ledger.facet
    query = select(facet).where(facet.c.source != running.kept.name)
    rows = await running.kept.database.read(lambda conn: conn.execute(query).mappings().all())
    return {(row["subject"], row["source"]): f"{row['version']} {canonical(row['data'])}" for row in rows}
