"""Splits work over a whole store into portions of subjects, small enough to hold in memory and to stop between."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select, union

from shared.storage import Database, HowFar
from shared.storage.ledger import Ledger


def quiet(done: int, total: int) -> None:
    """For work that nobody watches: a no-op."""


async def subjects(database: Database, ledger: Ledger) -> list[str]:
    """Every subject of which a service published or received something or has a facet, sorted."""
    return await database.read(lambda conn: _subjects(conn, ledger))


def portions(items: Sequence[str], size: int, progress: HowFar) -> Iterator[Sequence[str]]:
    """The items, so many at a time; progress is reported when the next portion is asked for."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
        progress(min(start + size, len(items)), len(items))


def _subjects(conn: Connection, ledger: Ledger) -> list[str]:
    applied = select(ledger.heard.c.subject).where(ledger.heard.c.status == "applied")
    return sorted(
        conn.execute(union(select(ledger.journal.c.subject), applied, select(ledger.facet.c.subject))).scalars()
    )
