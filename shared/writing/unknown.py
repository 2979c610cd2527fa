"""Requests of nobody whom we know: counted by address, reason and minute, and each count is one entry of the audit.

One entry for each request would let anybody fill the audit. An address stands in it as a keyed digest, which says
whether two are the same and nothing else. A count is stored when its minute is over: by the loop, by the next such
request, and at the end of the process. A process that is killed loses at most a minute of them.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from shared.errors import Unavailable
from shared.ids import Subject, derived_ref
from shared.runtime import Kept
from shared.writing.auditing import entered

NOBODY = "UNKNOWN"
"""In the place of a role and a purpose."""
NOWHERE = "0" * 32
MOST = 10_000
"""Addresses counted by themselves in a minute. All others are counted together."""
LOOK = 10.0
"""Seconds between two looks: less than the supervisor takes for silence."""


class Key(NamedTuple):
    """What is counted together."""

    minute: datetime
    address: str
    code: str


@dataclass(frozen=True)
class Counted:
    """How many there were, and under which number the first of them stands in the log."""

    times: int
    request_id: str


class Unknown:
    """The counts of one service."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._counted: dict[Key, Counted] = {}

    async def count(self, address: str, code: str, request_id: str) -> None:
        """One more. Raises Unavailable where the counts of earlier minutes cannot be stored."""
        minute = self._kept.clock().replace(second=0, microsecond=0)
        await self.store(before=minute)
        key = Key(minute, derived_ref(self._kept.secret, "address", address), code)
        if key not in self._counted and len(self._counted) >= MOST:
            key = key._replace(address=NOWHERE)
        self._add(key, Counted(1, request_id))

    async def store(self, before: datetime | None = None) -> None:
        """Store what was counted in minutes that are over; without a minute, all. Raises Unavailable."""
        over = {key: one for key, one in self._counted.items() if before is None or key.minute < before}
        if not over:
            return
        # Taken away first: meanwhile others count, and nobody stores the same twice.
        self._counted = {key: one for key, one in self._counted.items() if key not in over}
        try:
            await entered(self._kept, [_entry(key, one) for key, one in over.items()])
        except Unavailable:
            for key, one in over.items():
                self._add(key, one)
            raise

    async def run(self, beat: Callable[[], None]) -> None:
        """Store again and again until cancelled."""
        while True:
            await self.store(before=self._kept.clock().replace(second=0, microsecond=0))
            beat()
            await asyncio.sleep(LOOK)

    def _add(self, key: Key, more: Counted) -> None:
        before = self._counted.get(key, Counted(0, more.request_id))
        self._counted[key] = replace(before, times=before.times + more.times)


def _entry(key: Key, one: Counted) -> dict[str, Any]:
    return {
        "at": key.minute,
        "staff_ref": key.address,
        "organisation_ref": NOWHERE,
        "role": NOBODY,
        "purpose": NOBODY,
        "action": "identify",
        "decision": key.code,
        "subjects": [Subject("address", key.address), Subject("times", str(one.times))],
        "classes": [],
        "request_id": one.request_id,
    }
