"""Publishes the journal to the topic: pending rows by id, never a cursor over a sequence, so no late commit is skipped.

No transaction is open while the bus is waited for, and while a batch is marked the next one is sent. If the process
dies between publishing and deleting from `pending`, it publishes again, and consumers drop the duplicates. Positions in
the change feed are given here, after commit, so no unit waits for a number.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Delete,
    Executable,
    Select,
    Update,
    bindparam,
    delete,
    func,
    select,
    update,
)

from shared.bus.port import Bus
from shared.events.envelope import PLACED, Envelope, encode
from shared.failpoints import failpoint
from shared.storage import Database, Still, among, made_and_locked
from shared.storage.ledger import Ledger
from shared.storage.standing import Standing

BATCH = 500
POLL = 1.0
Look = Callable[[Callable[[], None], Still], Awaitable[None]]
"""Returns once this service may publish."""
POSITION = "position"
"""The counter of places in the change feed."""


@dataclass(frozen=True)
class _Statements:
    pending: Select[Any]
    reached: Executable
    number: Update
    count: Update
    done: Delete
    at_once: Delete | None
    """All three in one statement, where the database knows that."""


@cache
def _statements(ledger: Ledger, dialect: str) -> _Statements:
    journal, pending, counter = ledger.journal, ledger.pending, ledger.counter
    number = _number(ledger, dialect)
    count = update(counter).where(counter.c.name == POSITION)
    done = delete(pending).where(among(pending.c.journal_id, "ids", dialect))
    numbered = number.returning(journal.c.id).cte("numbered")
    counted = count.values(value=counter.c.value + select(func.count()).select_from(numbered).scalar_subquery())
    heads = select(pending.c.journal_id).order_by(pending.c.journal_id).limit(BATCH).subquery("heads")
    return _Statements(
        # First the few that wait, then their facts: the other way round SQLite reads the whole journal each time.
        pending=select(journal.c.id, *(journal.c[name] for name in PLACED))
        .join(heads, journal.c.id == heads.c.journal_id)
        .order_by(heads.c.journal_id),
        reached=made_and_locked(counter, dialect).returning(counter.c.value),
        number=number,
        count=count,
        done=done,
        at_once=done.add_cte(counted.cte("counted")) if dialect == "postgresql" else None,
    )


def _number(ledger: Ledger, dialect: str) -> Update:
    """Gives the facts of a batch that have no place in the change feed the next ones, in their order."""
    journal = ledger.journal
    unnumbered = (
        select(journal.c.id, func.row_number().over(order_by=journal.c.id).label("place"))
        .where(among(journal.c.id, "ids", dialect), journal.c.position.is_(None))
        .subquery("unnumbered")
    )
    place = bindparam("reached", type_=BigInteger) + unnumbered.c.place
    return update(journal).where(journal.c.id == unnumbered.c.id).values(position=place)


async def _at_once(beat: Callable[[], None], still: Still) -> None:
    return


class Relay:
    """One service's relay. It says nothing before `look` has returned, and nothing of a store that went back."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        bus: Bus,
        source: str,
        wake: asyncio.Event,
        standing: Standing | None = None,
        look: Look = _at_once,
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._bus = bus
        self._source = source
        self._wake = wake
        self._standing = standing or Standing(source)
        self._look = look
        self._marking: asyncio.Task[None] | None = None
        self._sent: frozenset[int] = frozenset()
        """Ids of what is being marked: nothing of it is sent again."""

    async def run(self, beat: Callable[[], None]) -> None:
        """Publish until cancelled, while we hold the turn: at once when a unit has committed, else every second."""
        async with self._database.turn("relay").taken(self._wake, beat) as still:
            await self._look(beat, still)
            try:
                while True:
                    await self._round(beat, still)
            finally:
                # What was not marked is published again, by whoever is next.
                with contextlib.suppress(Exception):
                    await self._marked()

    async def _round(self, beat: Callable[[], None], still: Still) -> None:
        self._wake.clear()
        if not await self._published():
            await self._rest()
            await still()
        if self._standing.log_lost or self._standing.untold:
            await self._marked()
            await self._look(beat, still)
        beat()

    async def _rest(self) -> None:
        """Until a unit has committed, or what was sent is marked; a second at most where nothing is on its way."""
        if self._marking is None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL):
                    await self._wake.wait()
            return
        woken = asyncio.create_task(self._wake.wait())
        try:
            await asyncio.wait((woken, self._marking), return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
        if self._marking.done():
            await self._marked()

    async def step(self) -> int:
        """Publish one batch and mark it; returns how many events it had."""
        published = await self._published()
        await self._marked()
        return published

    async def _published(self) -> int:
        """Publish one batch while the one before it is being marked, and begin to mark it."""
        if self._standing.went_back:
            return 0
        if len(self._sent) == BATCH:
            await self._marked()
        found = await self._database.read(self._waiting)
        waiting = [(journal_id, told) for journal_id, told in found if journal_id not in self._sent]
        if waiting:
            self._standing.publishing([told.event_id for _, told in waiting])
            await self._bus.publish([encode(told, self._standing.generation) for _, told in waiting])
            failpoint("relay.after_publish")
            # One after the other: places in the change feed are given in the order of sending.
            await self._marked()
            self._sent = frozenset(journal_id for journal_id, _ in waiting)
            self._marking = asyncio.create_task(self._database.write(partial(self._mark, ids=sorted(self._sent))))
        return len(waiting)

    async def _marked(self) -> None:
        """Wait until what was sent is marked. Raises what went wrong with it, once: then it is sent again."""
        marking, self._marking = self._marking, None
        try:
            if marking is not None:
                await marking
        finally:
            self._sent = frozenset()

    def _waiting(self, conn: Connection) -> list[tuple[int, Envelope]]:
        rows = conn.execute(_statements(self._ledger, conn.dialect.name).pending)
        return [(journal_id, Envelope(self._source, *placed)) for journal_id, *placed in rows]

    def _mark(self, conn: Connection, *, ids: Sequence[int]) -> None:
        """Give the facts that have none their position in the change feed, and forget that they were pending."""
        statements = _statements(self._ledger, conn.dialect.name)
        # The counter's row is locked before anything is looked at: two relays never number the same fact.
        reached = conn.execute(statements.reached, {"name": POSITION, "value": 0}).scalar_one()
        if statements.at_once is not None:
            conn.execute(statements.at_once, {"ids": ids, "reached": reached})
        else:
            numbered = conn.execute(statements.number, {"ids": ids, "reached": reached}).rowcount
            conn.execute(statements.count, {"value": reached + numbered})
            conn.execute(statements.done, {"ids": ids})
        failpoint("relay.before_commit")
