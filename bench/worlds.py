"""What is measured: one service at work over a store of its own, and the write that stands for all writes.

The write opens an interview for a case. It is a whole unit of work: idempotency, lock, load, save, journal, pending,
own view, audit. It seals nothing, so no second database takes part, and it needs nothing before it but
who holds the case.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from shared import stores
from shared.auth import EVERYBODY, Caller, Purpose, Role
from shared.bus.port import Bus
from shared.clock import system_clock
from shared.ids import pseudonym, random_ref
from shared.journey.parts import HOLDER
from shared.running import Running
from shared.runtime import Kept
from shared.service import Runtime
from shared.settings import Settings
from shared.writing.asked import Asked
from shared.writing.work import perform

WRITERS = 64
PATIENCE = 60.0
"""Seconds for which writers wait for a store: work is measured, not refusals, and 64 at once wait for long."""
HELD = tuple(f"{number * 2654435761 % 4294967296:08x}feed{number:020x}" for number in range(20_000))
"""Cases that the caller's organisation holds, as intake would have told: nobody opens an interview on any other."""
_TURNS = cycle(HELD)
CALLER = Caller(pseudonym("staff", "sok"), pseudonym("organisation", "bavet"), Role.INTERVIEWER, Purpose.SCREENING)


@asynccontextmanager
async def at_work(name: str, settings: Settings, bus: Bus, *, loops: bool = False) -> AsyncIterator[Running]:
    """One service. Its loops run only when asked for."""
    if stores.on_postgres(settings):
        await asyncio.to_thread(stores.migrate, settings, (name,))
    async with AsyncExitStack() as stack:
        await bus.start()
        stack.push_async_callback(bus.stop)
        keys = stores.key_store_for(settings)
        stack.push_async_callback(keys.close)
        runtime = Runtime(settings, bus, keys, system_clock, random_ref, loops)
        running: Running = import_module(f"services.{name}.app").create_app(runtime).state.running
        stack.push_async_callback(running.stop)
        await running.start()
        if name == "screening":
            await hold(running.kept)
        # As `services.hosting.serving.loading` does in the product; what was prepared for measuring weighs nothing.
        gc.collect()
        gc.freeze()
        yield running


def in_folder(folder: Path) -> Settings:
    """Settings of a store in files."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Settings(data_dir=folder, store_seconds=PATIENCE)


async def hold(kept: Kept, cases: Sequence[str] = HELD) -> None:
    """The caller's organisation holds those cases, once, and whatever is made again from facts."""
    part = {"source": "measuring", "staff_ref": EVERYBODY, "organisation_ref": CALLER.organisation_ref, "kind": HOLDER}
    relation, rows = (
        kept.ledger.relation,
        [{**part, "subject": f"case/{case}", "until": None, "since": None} for case in cases],
    )

    def work(conn: Connection) -> None:
        if not conn.execute(select(relation.c.kind).where(relation.c.subject == rows[0]["subject"])).first():
            conn.execute(relation.insert(), rows)

    await kept.database.write(work)


async def let_go(kept: Kept) -> None:
    """Nobody holds anything: what is there is about to be multiplied."""
    await kept.database.write(lambda conn: conn.execute(kept.ledger.relation.delete()))


def next_case() -> str:
    """One of the cases that are held, another each time."""
    return next(_TURNS)


async def write(kept: Kept, case_ref: str = "") -> str:
    """Open an interview for a case, a new one unless named; returns the subject of its events."""
    handlers = import_module("services.screening.interviews.handlers")
    commands = import_module("services.screening.interviews.commands")
    asked = Asked(request_id=random_ref(), key=random_ref())
    command = commands.OpenInterview(case_ref=case_ref or next_case())
    await perform(kept, asked, CALLER, handlers.INTERVIEWS[commands.OpenInterview], command, ref=random_ref())
    return f"case/{command.case_ref}"


async def write_many(kept: Kept, many: int, writers: int = WRITERS) -> None:
    """That many writes, by so many writers at once, each waiting for its own answer."""
    left = iter(range(many))

    async def writer() -> None:
        for _ in left:
            await write(kept)

    await asyncio.gather(*(writer() for _ in range(writers)))


async def count(kept: Kept, table: str) -> int:
    """The rows of a table, as they are stored."""
    found = kept.ledger.stream.metadata.tables[table]
    query = select(func.count()).select_from(found)
    return int(await kept.database.read(lambda conn: conn.execute(query).scalar_one()))


class Nowhere:
    """A bus that takes everything at once and gives nothing back: what is measured against it is not the bus."""

    topic = "case-events"

    def __init__(self) -> None:
        self.published = 0

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def publish(self, records: Any) -> None:
        self.published += len(records)

    async def subscribe(self, group: str, start_at: Any) -> Any:
        raise NotImplementedError("nobody hears anything from nowhere")
