"""Several stores at one moment, cut while everything runs.

No store is stopped: writers are held from the time when the first store is held until the last snapshot is open, which
takes milliseconds, and then run on. So no view in the cut knows a fact that no journal in it has.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

HOLD = 1.0
"""Seconds for which writers are kept waiting at most. Whoever cannot be held by then is tried again later."""
BETWEEN = 0.5
PATIENCE = 60.0


class NotCopied(Exception):
    """A store could not be held or copied; the text says which and why."""


class Snapshot(Protocol):
    """A store as it is at one moment."""

    name: str

    async def hold(self, seconds: float) -> bool:
        """Keep writers out. False when that was not possible within the time."""
        ...

    async def open(self) -> None:
        """Fix the moment: whatever is written afterwards is not seen."""
        ...

    async def release(self) -> None:
        """Let writers in again. Without a hold it is a no-op."""
        ...

    async def revision(self) -> str | None:
        """The revision of its tables; None where it has none."""
        ...

    async def rows(self) -> Mapping[str, int]:
        """How many rows each table has at that moment."""
        ...

    async def copy(self, into: Path) -> None:
        """Write the store of that moment into a new file. Raises NotCopied."""
        ...

    async def close(self) -> None: ...


async def cut(snapshots: Sequence[Snapshot]) -> None:
    """Open all at one moment. Raises NotCopied where writers leave no gap; then nothing is held."""
    until = asyncio.get_running_loop().time() + PATIENCE
    while not await _opened(snapshots):
        if asyncio.get_running_loop().time() > until:
            raise NotCopied("The stores are being written without a break, so they could not be held for a moment.")
        await asyncio.sleep(BETWEEN)


async def _opened(snapshots: Sequence[Snapshot]) -> bool:
    """Held in the order given, which is always the same, so that two backups at once do not wait for each other."""
    until = asyncio.get_running_loop().time() + HOLD
    try:
        for snapshot in snapshots:
            if not await snapshot.hold(until - asyncio.get_running_loop().time()):
                return False
        for snapshot in snapshots:
            await snapshot.open()
        return True
    finally:
        for snapshot in snapshots:
            await snapshot.release()
