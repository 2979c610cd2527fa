"""Keeps a service's loops alive: restarts one that ends, with back-off, and reports the health of each.

A loop calls `beat` after each turn that went well. Health is red while a loop has failed since its last beat, and when
it has not beaten for a minute: a task that hangs looks alive to everything else.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
"""Seconds: how late, at most, a loop notices that what it needs is back."""
SILENCE = 60.0

Loop = Callable[[Callable[[], None]], Awaitable[None]]

log = logging.getLogger(__name__)


@dataclass
class _Watched:
    task: asyncio.Task[None]
    beaten: float
    restarts: int = 0
    pause: float = FIRST_PAUSE
    error: str | None = None

    def healthy(self, now: float) -> bool:
        return self.error is None and not self.task.done() and now - self.beaten < SILENCE


class Supervisor:
    """The loops of one service, by name."""

    def __init__(self) -> None:
        self._loops: dict[str, _Watched] = {}

    def start(self, name: str, loop: Loop) -> None:
        """Begin a loop and keep it going until `stop`."""
        task = asyncio.create_task(self._keep(name, loop), name=name)
        self._loops[name] = _Watched(task, asyncio.get_running_loop().time())

    async def stop(self) -> None:
        """End all loops and wait until each has cleaned up."""
        tasks = [watched.task for watched in self._loops.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def health(self) -> dict[str, dict[str, Any]]:
        """How each loop is: healthy, how often it was restarted, and the kind of its last trouble."""
        now = asyncio.get_running_loop().time()
        return {
            name: {"healthy": watched.healthy(now), "restarts": watched.restarts, "error": watched.error}
            for name, watched in self._loops.items()
        }

    def silent(self) -> dict[str, float]:
        """For how many seconds each loop has not had a turn that went well."""
        now = asyncio.get_running_loop().time()
        return {name: now - watched.beaten for name, watched in self._loops.items()}

    @property
    def healthy(self) -> bool:
        """Whether all loops are."""
        return all(loop["healthy"] for loop in self.health().values())

    def _beat(self, name: str) -> None:
        watched = self._loops[name]
        watched.beaten = asyncio.get_running_loop().time()
        watched.error, watched.pause = None, FIRST_PAUSE

    async def _keep(self, name: str, loop: Loop) -> None:
        while True:
            try:
                await loop(lambda: self._beat(name))
                error = "ended"
            except Exception as trouble:
                error = type(trouble).__name__
            if _asked_to_end():
                # It answered the end with an error, as a driver does whose statement was cut off. It ends all the same.
                raise asyncio.CancelledError
            watched = self._loops[name]
            watched.error = error
            watched.restarts += 1
            log.error("loop failed", extra={"loop": name, "error": error, "restarts": watched.restarts})
            await asyncio.sleep(watched.pause)
            watched.pause = min(watched.pause * 2, LONGEST_PAUSE)


def _asked_to_end() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
