"""A lock across replicas: one process at a time publishes a store's events and carries out its to-dos.

It is an advisory lock of a session of its own: a process that dies, or loses that session, loses the lock. One that is
frozen says nothing, and the server ends its session soon, so that another takes over; thawed, it waits for its turn. A
wake-up that reaches a waiting process is passed on to the one that holds the lock, at most every 20 ms and never inside
a transaction, where a notification would make all writers wait for each other.
"""

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.storage import Still, Turn

PATIENCE = 1.0
BETWEEN_CALLS = 0.02
SILENCE = 15
"""Seconds after which the server ends a session that says nothing."""
BEAT = 3.0
"""Seconds between two signs of life of whoever holds the lock, whatever it is waiting for."""


class SessionTurn(Turn):
    """A turn that is locked on a connection of an engine, and released by closing it."""

    def __init__(self, engine: AsyncEngine, task: str) -> None:
        self._engine = engine
        self._channel = f"homeward_{task}"
        self._key = {"key": zlib.crc32(self._channel.encode())}

    @asynccontextmanager
    async def taken(self, wake: asyncio.Event, beat: Callable[[], None]) -> AsyncIterator[Still]:
        async with self._engine.connect() as connection:
            session = await connection.execution_options(isolation_level="AUTOCOMMIT")
            try:
                await session.execute(text(f"SET idle_session_timeout = '{SILENCE}s'"))
                while not await self._try(session):
                    beat()
                    await self._pass_on(session, wake)
                await self._listen(session, wake)
                async with _living(session) as still:
                    yield still
            finally:
                # A pooled connection outlives this block, and its lock and its ears would too.
                await session.invalidate()

    async def _try(self, session: AsyncConnection) -> bool:
        return bool(await session.scalar(text("SELECT pg_try_advisory_lock(:key)"), self._key))

    async def _pass_on(self, session: AsyncConnection, wake: asyncio.Event) -> None:
        """Wait a while for a wake-up, and pass it on to the process that holds the lock."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await wake.wait()
            wake.clear()
            await session.execute(text(f"NOTIFY {self._channel}"))
            await asyncio.sleep(BETWEEN_CALLS)

    async def _listen(self, session: AsyncConnection, wake: asyncio.Event) -> None:
        raw: Any = (await session.get_raw_connection()).driver_connection
        await raw.add_listener(self._channel, lambda *_: wake.set())
        wake.set()


@asynccontextmanager
async def _living(session: AsyncConnection) -> AsyncIterator[Still]:
    """Give signs of life while inside, and a way to ask whether the session is still there."""
    one_at_a_time = asyncio.Lock()

    async def still() -> None:
        async with one_at_a_time:
            await session.execute(text("SELECT 1"))

    async def on_and_on() -> None:
        while True:
            await asyncio.sleep(BEAT)
            await still()

    living = asyncio.create_task(on_and_on())
    try:
        yield still
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
