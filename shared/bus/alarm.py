"""Raises its voice when a stream waits too long: a gap that does not close, a parked fact that nobody looks at.

A gap mostly closes by itself within moments, so nothing is said of it at first; afterwards it is said again each time
the patience is over, in words that name the stream and nothing of what it says.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from shared.bus.consumer import Kept
from shared.bus.heard import UNREADABLE
from shared.bus.parked import Parked, parked
from shared.events.envelope import Stream

LOOK = 20.0
"""Seconds between two looks: less than the supervisor takes for silence."""

log = logging.getLogger(__name__)


class Alarm:
    """One service's watch over what waits. `late` is how many streams have waited longer than the patience."""

    def __init__(self, kept: Kept, patience: timedelta) -> None:
        self._kept = kept
        self._patience = patience
        self._told: dict[Stream, datetime] = {}
        self.late = 0

    async def run(self, beat: Callable[[], None]) -> None:
        """Look for ever."""
        while True:
            await self.step()
            beat()
            await asyncio.sleep(LOOK)

    async def step(self) -> None:
        """Look once."""
        now = self._kept.clock()
        late = [
            row for row in await parked(self._kept) if now - row.since > self._patience and row.source != UNREADABLE
        ]
        self.late = len(late)
        waiting = {Stream(row.source, row.subject): row for row in late}
        self._told = {stream: at for stream, at in self._told.items() if stream in waiting}
        for stream, row in waiting.items():
            if stream not in self._told or now - self._told[stream] > self._patience:
                self._told[stream] = now
                _tell(row)


def _tell(row: Parked) -> None:
    where = {"source": row.source, "subject": row.subject, "version": row.version}
    log.error("stream has waited too long", extra={**where, "why": row.why, "waiting": row.waiting})
