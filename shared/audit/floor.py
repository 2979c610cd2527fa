"""Up to which id all entries have a number, so that those without one are looked for behind it alone.

Ids are not in the order of commits on PostgreSQL: a low one may appear late. So the floor follows only once every
transaction that could bring one is over. A SQLite file has one writer, and its ids are in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, text

from shared.storage import add_if_new
from shared.storage.ledger import Ledger

COUNTER = "audit_floor"
MARGIN = timedelta(seconds=60)
"""Between drawing an id and being seen as a transaction lie moments. This is for a machine that stood still there."""
_SNAPSHOT = text(
    "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint FROM pg_current_snapshot() AS s"
)


def floor(conn: Connection, ledger: Ledger) -> int:
    """The id up to which nothing is without a number."""
    table = ledger.counter
    return conn.execute(select(table.c.value).where(table.c.name == COUNTER)).scalar_one_or_none() or 0


def keep_floor(conn: Connection, ledger: Ledger, reached: int) -> None:
    """Note how far it is."""
    table = ledger.counter
    conn.execute(add_if_new(table, conn.dialect.name), [{"name": COUNTER, "value": 0}])
    conn.execute(table.update().where(table.c.name == COUNTER, table.c.value < reached).values(value=reached))


@dataclass
class Settling:
    """What one process has seen of the ids of a store. `asked` with the ids of each batch that it found."""

    high: int = 0
    since: datetime | None = None
    before: int | None = None

    def asked(self, conn: Connection, waiting: Sequence[int], now: datetime) -> int:
        """The id up to which all is settled once these, the lowest that wait, have their numbers; 0 if nothing new."""
        if conn.dialect.name == "sqlite":
            return waiting[-1] if waiting else 0
        if self.since is None:
            if waiting:
                self.high, self.since, self.before = waiting[-1], now, None
            return 0
        if now - self.since < MARGIN:
            return 0
        oldest, newest = conn.execute(_SNAPSHOT).one()
        self.before = newest if self.before is None else self.before
        # One that appeared late must be seen to have its number as well.
        if oldest < self.before or (waiting and waiting[0] <= self.high):
            return 0
        self.since = None
        return self.high
