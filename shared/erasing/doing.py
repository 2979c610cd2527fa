"""Carries out an order in one service: the ledger first, then the keys, then, in the unit that says so, the values.

A to-do that names whom it forgets (`Reactions.on(..., forgets=...)`) is carried out like this. Until its unit is stored
it is repeated, and each step finds what the last attempt has done.
"""

import asyncio
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from shared.clock import wire
from shared.erasing.ledger import BrokenLedger, Erased, ErasureLedger
from shared.erasing.reaching import belonging, empty
from shared.errors import Unavailable
from shared.failpoints import failpoint
from shared.runtime import Kept
from shared.sealing.keystore import WrappedKeyStore
from shared.storage import Database
from shared.storage.ledger import Ledger
from shared.storage.sqlite import SqliteDatabase

PAUSE, TRIES = 0.05, 40


@dataclass(frozen=True)
class Destroyed:
    """Whose keys were destroyed, and how many keys that were."""

    subjects: frozenset[str]
    keys: int

    def empty(self, connection: Connection, ledger: Ledger) -> int:
        """Empty what they sealed, in the unit that says so; how many rows."""
        return empty(connection, ledger, self.subjects)


async def destroy(kept: Kept, order: str, named: Iterable[str]) -> Destroyed:
    """Write it into the ledger of orders, then destroy the keys. Raises Unavailable where nothing could be written."""
    wanted = [*named]
    subjects = await kept.database.read(partial(belonging, ledger=kept.ledger, named=wanted))
    if kept.erasures is None:
        raise Unavailable("erasures_not_kept")
    try:
        line = Erased(order, kept.name, subjects, wire(kept.clock()))
        await asyncio.to_thread(ErasureLedger(kept.erasures).append, line)
    except (OSError, BrokenLedger):
        raise Unavailable("erasures_not_kept") from None
    failpoint("erasing.in_ledger")
    keys = await kept.key_store.destroy(kept.name, subjects)
    if isinstance(kept.key_store, WrappedKeyStore):
        await scrub(kept.key_store.database)
    failpoint("erasing.keys_destroyed")
    return Destroyed(subjects, keys)


async def scrub(database: Database) -> None:
    """Leave nothing of what was emptied in a file's log. PostgreSQL keeps dead rows until its own vacuum."""
    if isinstance(database, SqliteDatabase):
        for _ in range(TRIES):
            if await asyncio.to_thread(_truncated, database.path):
                return
            await asyncio.sleep(PAUSE)


def _truncated(path: Path) -> bool:
    """Whether the log could be written back and cut to nothing: not while somebody reads what is older."""
    with closing(sqlite3.connect(path, timeout=1.0)) as connection:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy
