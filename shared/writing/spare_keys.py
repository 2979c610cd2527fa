"""Takes away the keys of writes that were refused, within a minute: no key is left that seals nothing.

A key must be stored before the unit that seals with it begins, when it is not known yet whether that unit will be
refused. So a new key is on probation until this loop has seen a row that it seals. It takes none away from under a
write: a unit stores nothing sealed with keys obtained longer ago than `shared.sealing.FRESH`, one that obtains such a
key begins the probation anew, and where a transaction from before is still open the loop looks again later.
"""

import asyncio
from collections.abc import Callable, Iterator

from sqlalchemy import Column, Connection, select, text

from shared.runtime import Kept
from shared.storage import among
from shared.storage.tables import all_sealed
from shared.writing.key_check import note_reached

EVERY = 8.0
"""Seconds between two looks."""

OPEN = text(
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'homeward' "
    "AND pid <> pg_backend_pid() AND xact_start < clock_timestamp() - interval '10 seconds' LIMIT 1"
)
"""Whether a transaction of ours is open that may have begun while a key was fresh, twenty seconds ago or more."""


class SpareKeys:
    """One service's keys that may seal nothing."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def run(self, beat: Callable[[], None]) -> None:
        """Look again and again. Every replica may: what one has settled is not there for the next."""
        while True:
            if not await self.step():
                await asyncio.sleep(EVERY)
            beat()

    async def step(self) -> int:
        """Settle a portion; how many keys that were."""
        settled = await self._kept.key_store.settle(self._kept.name, self._sealing)
        if settled:
            await note_reached(self._kept)
        return settled

    async def _sealing(self, subjects: list[str]) -> tuple[frozenset[str], frozenset[str]]:
        found = await self._kept.database.read(lambda conn: self._with_rows(conn, subjects))
        rest = [subject for subject in subjects if subject not in found]
        if not rest:
            return found, frozenset()
        more = await self._kept.database.write(lambda conn: self._last_look(conn, rest))
        return (found, frozenset()) if more is None else (found | more, frozenset(rest) - more)

    def _last_look(self, conn: Connection, subjects: list[str]) -> frozenset[str] | None:
        """As a write, behind all others on SQLite. None where somebody's transaction may still end otherwise."""
        if conn.dialect.name == "postgresql" and conn.execute(OPEN).first() is not None:
            return None
        return self._with_rows(conn, subjects)

    def _with_rows(self, conn: Connection, subjects: list[str]) -> frozenset[str]:
        refs: dict[str, list[str]] = {}
        for subject in subjects:
            kind, _, ref = subject.partition("/")
            refs.setdefault(kind, []).append(ref)
        found = {
            f"{sealed.kind}/{ref}"
            for table, name, sealed in all_sealed(self._kept.ledger.stream.metadata)
            for ref in _owners(conn, table.c[name], table.c[sealed.ref_field], refs.get(sealed.kind, []))
        }
        return frozenset(found)


def _owners(conn: Connection, sealed: Column[bytes], owner: Column[str], refs: list[str]) -> Iterator[str]:
    if refs:
        query = select(owner).distinct().where(among(owner, "refs", conn.dialect.name), sealed.is_not(None))
        yield from conn.execute(query, {"refs": refs}).scalars()
