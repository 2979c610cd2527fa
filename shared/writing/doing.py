"""The loop that carries out to-dos: per subject the due one with the lowest id, each in a unit of its own.

`Refused` ends a to-do as an attention row for people. A database error is retried without end. Any other error backs
off and blocks the later to-dos of that subject only, so that their order survives.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, case, delete, func, or_, select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from shared.errors import Refused, Unavailable
from shared.journey.attention import give_to_people
from shared.journey.todos import Todo
from shared.observability.logging import of_to_do
from shared.runtime import Kept
from shared.storage.ledger import Ledger
from shared.writing.asked import Moved
from shared.writing.work import carry_out

BATCH = 100
POLL = 1.0
LONGEST_PAUSE = timedelta(minutes=10)
LONGEST_AFTER = 11
"""Attempts, after which all pauses are the longest."""
STORE_TROUBLE = (Unavailable, OperationalError, InterfaceError)

log = logging.getLogger(__name__)


def pause(attempts: int) -> timedelta:
    """How long to wait before a failing to-do is retried: 1, 2, 4 ... seconds, never more than ten minutes."""
    return min(timedelta(seconds=2 ** min(attempts, 20)), LONGEST_PAUSE)


def due(ledger: Ledger) -> Select[Any]:
    """Per subject the due entry with the lowest id, unless that one is backing off.

    One that would back off for longer than its pause was tried while the clock was ahead, and waits no more.
    """
    todo = ledger.todo
    now, *latest = (bindparam(name, type_=todo.c.due_at.type) for name in moments(datetime.min.replace(tzinfo=UTC)))
    heads = (
        select(func.min(todo.c.id)).where(or_(todo.c.due_at.is_(None), todo.c.due_at <= now)).group_by(todo.c.subject)
    )
    until = case(dict(enumerate(latest[:-1], start=1)), value=todo.c.attempts, else_=latest[-1])
    ready = or_(todo.c.not_before.is_(None), todo.c.not_before <= now, todo.c.not_before > until)
    return select(todo).where(todo.c.id.in_(heads), ready).order_by(todo.c.id).limit(BATCH)


def moments(now: datetime) -> dict[str, datetime]:
    """Now, and the latest moment until which a to-do may back off that was tried once, twice ... and many times."""
    return {"now": now} | {f"tried_{attempts + 1}": now + pause(attempts) for attempts in range(LONGEST_AFTER)}


class Doing:
    """One service's to-do loop."""

    def __init__(self, kept: Kept, execute: Callable[[Kept, Todo], Awaitable[None]] = carry_out) -> None:
        self._kept = kept
        self._execute = execute
        self._due = due(kept.ledger)

    async def run(self, beat: Callable[[], None]) -> None:
        """Carry out until cancelled, while we hold the turn: at once when something was planted, else every second."""
        wake = self._kept.todo_wake
        async with self._kept.database.turn("todos").taken(wake, beat) as still:
            while True:
                wake.clear()
                if not await self.step():
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(POLL):
                            await wake.wait()
                    await still()
                beat()

    async def step(self) -> int:
        """Carry out what is due now, one per subject; how many were tried. A store that went back does nothing."""
        if self._kept.standing.went_back:
            return 0
        now = self._kept.clock()
        todos = await self._kept.database.read(lambda conn: self._read(conn, now))
        trouble = [error for todo in todos if (error := await self._carry_out_named(todo))]
        if trouble:
            raise trouble[0]
        return len(todos)

    def _read(self, conn: Connection, now: datetime) -> list[Todo]:
        return [
            Todo(row.id, row.cause, row.reaction, row.subject, row.due_at, row.attempts, row.data)
            for row in conn.execute(self._due, moments(now))
        ]

    async def _carry_out_named(self, todo: Todo) -> Exception | None:
        """Each log line of it has the number of the request that caused it, in whichever service that was."""
        with of_to_do(todo.request_id, todo.cause):
            return await self._carry_out(todo)

    async def _carry_out(self, todo: Todo) -> Exception | None:
        """Trouble with the store is handed back, so that the others still get their turn."""
        try:
            await self._execute(self._kept, todo)
        except STORE_TROUBLE as trouble:
            return trouble
        except Exception as error:
            if isinstance(error, Refused) and not isinstance(error, Moved):
                code = error.code
                await self._kept.database.write(lambda conn: self._give_to_people(conn, todo, code))
                return None
            where = {"reaction": todo.reaction, "cause": todo.cause, "error": type(error).__name__}
            log.error("to-do failed", extra=where)
            await self._kept.database.write(lambda conn: self._back_off(conn, todo))
        return None

    def _give_to_people(self, conn: Connection, todo: Todo, code: str) -> None:
        kept, table = self._kept, self._kept.ledger.todo
        if conn.execute(delete(table).where(table.c.id == todo.id)).rowcount:
            give_to_people(conn, kept.ledger, kept.secret, todo, code, kept.clock())

    def _back_off(self, conn: Connection, todo: Todo) -> None:
        table = self._kept.ledger.todo
        later = {"attempts": todo.attempts + 1, "not_before": self._kept.clock() + pause(todo.attempts)}
        conn.execute(update(table).where(table.c.id == todo.id).values(**later))
