"""Logs a warning when a stream has waited too long: a gap that does not close, a parked event that nobody looks at.

A gap mostly closes within moments, so the first warning comes after the patience is over, and another each time it is
over again. A warning names the stream and nothing of the payload.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from shared.bus.consumer import Consuming
from shared.bus.heard import UNREADABLE
from shared.bus.parked import Parked, parked
from shared.events.envelope import Stream

LOOK = 20.0
"""Seconds between two looks: less than the supervisor takes for silence."""

log = logging.getLogger(__name__)


class Alarm:
    """Watches one service's held and parked streams. `late` counts those that have waited longer than the patience."""

    def __init__(self, kept: Consuming, patience: timedelta) -> None:
        self._kept = kept
        self._patience = patience
        self._told: dict[Stream, datetime] = {}
        self.late = 0

    async def run(self, beat: Callable[[], None]) -> None:
        """Look again and again until cancelled."""
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
