"""Whether a server still answers: asked, once for all, while somebody waits for it longer than it should take.

A server that is frozen, or a network that swallows everything, ends no connection and answers nothing, so whoever waits
would wait without end. Then all who wait are cut off, as if the server had died, and nobody else begins until it
answers again. A server that is merely slow answers the question, and work in it may take as long as it does.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.errors import Unavailable

LOOKS = 15
"""Into how many parts the time for an answer is cut. A process that had no time itself looks that often all the same,
and so hears an answer that has long been there."""

log = logging.getLogger(__name__)


class Pulse:
    """The pulse of one server, asked for over a connection of an engine of its own.

    Whoever waits is told within `patience` seconds: a third until somebody wonders, half for the answer.
    """

    def __init__(self, asking: AsyncEngine, patience: float) -> None:
        self._asking = asking
        self._look, self._long, self._answer = patience / 6, patience / 3, patience / 2
        self._waiting: dict[Any, float] = {}
        self._begun = asyncio.Event()
        self._ended = 0
        self._silent = False
        self._watching: asyncio.Task[None] | None = None
        self._question: asyncio.Task[bool] | None = None
        self._line: Any = None

    def refuse(self) -> None:
        """Raise Unavailable while the server is known not to answer."""
        if self._silent:
            raise Unavailable("store_unavailable")

    @contextlib.contextmanager
    def felt(self, connection: AsyncConnection) -> Iterator[None]:
        """While inside, somebody waits for what this connection says. It is cut off when the server falls silent."""
        driver = _driver_of(connection)
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())
        self._waiting[driver] = asyncio.get_running_loop().time()
        self._begun.set()
        try:
            yield
            self._ended += 1
        finally:
            self._waiting.pop(driver, None)

    async def close(self) -> None:
        """Watch no more."""
        tasks: list[asyncio.Task[Any]] = [task for task in (self._watching, self._question) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._asking.dispose()

    async def _watch(self) -> None:
        # Once in advance: later the line is there, and an answer is one round trip.
        await self._answers()
        while True:
            if not self._waiting and not self._silent:
                self._begun.clear()
                await self._begun.wait()
            await asyncio.sleep(self._look)
            if self._silent or self._somebody_waits():
                self._note(silent=not await self._answers())

    def _somebody_waits(self) -> bool:
        now = asyncio.get_running_loop().time()
        return any(now - since >= self._long for since in self._waiting.values())

    def _note(self, *, silent: bool) -> None:
        if silent != self._silent:
            log.error("store does not answer") if silent else log.warning("store answers again")
        self._silent = silent
        if silent:
            for driver in (*self._waiting, *filter(None, (self._line,))):
                driver.terminate()

    async def _answers(self) -> bool:
        """Whether it says anything, to us or to anybody. One question at a time, which is not waited for longer."""
        if self._question is None or self._question.done():
            self._question = asyncio.create_task(self._ask())
        ended = self._ended
        for _ in range(LOOKS):
            await asyncio.wait((self._question,), timeout=self._answer / LOOKS)
            if self._question.done():
                return self._question.result()
            if self._ended != ended:
                return True
        return False

    async def _ask(self) -> bool:
        try:
            async with self._asking.connect() as connection:
                self._line = _driver_of(connection)
                await connection.exec_driver_sql("SELECT 1")
        except TimeoutError:
            return False
        except Exception:
            # A server that is gone or says no is not silent: whoever waits for it learns that by itself.
            return True
        finally:
            self._line = None
        return True


def _driver_of(connection: AsyncConnection) -> Any:
    """The driver's own connection, which can be cut off whoever is using it."""
    return connection.sync_connection.connection.driver_connection  # type: ignore[union-attr]
