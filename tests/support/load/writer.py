"""Writes at random, and a note of every one that was answered."""

import argparse
import asyncio
import contextlib
import json
import os
import random
from typing import TextIO

from shared.auth import Caller, Purpose, Role
from shared.errors import Unavailable
from shared.ids import random_ref
from shared.runtime import Kept
from shared.writing.again import key_digest
from shared.writing.asked import Asked, Done
from shared.writing.work import perform
from tests.support.load.services import Count, count

LATE = 50
"""Turns of a clock of ours, a tenth of a second each, after which a refusal comes late: thrice what a store is waited
for. On a busy machine such a clock is late itself, and that is no fault of the store."""
WRITER = Caller("a" * 32, "b" * 32, Role.INTAKE_OFFICER, Purpose.PROTECTION)


def cases(how_many: int) -> list[str]:
    """The cases of every load, the first one poisoned."""
    return ["f" * 32, *(f"{number:032x}" for number in range(1, how_many))]


def note(answered: TextIO, kept: Kept, request: str, key: str, done: Done) -> None:
    """One more answer that must never be lost, with its key as the service stores it."""
    stored = key_digest(kept.secret, key)
    said = {"request": request, "key": stored, "positions": dict(done.positions), "replayed": done.replayed}
    answered.write(json.dumps(said) + "\n")
    answered.flush()


async def write(kept: Kept, some: tuple[str, ...], request: str, key: str) -> Done:
    """Ask once to count on these cases."""
    return await perform(kept, Asked(request, key=key), WRITER, count, Count(cases=some))


class Writer:
    """Writes at random until its time is over or its number is reached, and notes what was answered."""

    def __init__(self, kept: Kept, options: argparse.Namespace, answered: TextIO) -> None:
        self._kept, self._options, self._answered = kept, options, answered
        self._chance = random.Random(f"{options.seed}/{os.getpid() if options.seconds else 0}")  # noqa: S311
        self._left = options.writes
        self._cases = cases(options.cases)
        self._turns = 0

    async def run(self) -> None:
        """All writers at once, each as fast as it is answered."""
        ticking = asyncio.create_task(self._tick())
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._options.seconds):
                    await asyncio.gather(*(self._write_on() for _ in range(self._options.writers)))
        finally:
            ticking.cancel()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(0.1)
            self._turns += 1

    async def _write_on(self) -> None:
        while self._left > 0:
            self._left -= 1
            some = self._chance.sample(self._cases, k=self._chance.choice((1, 1, 1, 1, 2, 4)))
            request, key = random_ref(), random_ref()
            while not await self._write(request, key, tuple(some)):
                continue
            await asyncio.sleep(self._chance.random() * self._options.pause)

    async def _write(self, request: str, key: str, some: tuple[str, ...]) -> bool:
        """Without an answer the same is asked again, under the same key. One that ran meanwhile is replayed."""
        begun = self._turns
        try:
            done = await write(self._kept, some, request, key)
        except Unavailable:
            took = self._turns - begun
            print("unanswered", f"late {took}" if took > LATE else "", flush=True)  # noqa: T201 -- a test looks for this
            await asyncio.sleep(0.05)
            return False
        note(self._answered, self._kept, request, key, done)
        return True
