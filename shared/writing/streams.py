"""The lock on a stream: one row per stream, locked in sorted order before any state is read.

A row at version 0 is how a service locks a subject of which it only receives events. On PostgreSQL creating and locking
the rows is one statement; since it is sorted, two writers cannot deadlock.
"""

from collections.abc import Iterable
from functools import cache

from sqlalchemy import Connection, Select, select

from shared.storage import add_if_new, among
from shared.storage.ledger import Ledger
from shared.storage.sets import RowSet, Statement, insert_of


def lock(conn: Connection, ledger: Ledger, subjects: Iterable[str]) -> dict[str, int]:
    """Lock these streams, created where unknown; returns their versions."""
    ordered = sorted(set(subjects))
    if not ordered:
        return {}
    new = [{"subject": subject, "version": 0} for subject in ordered]
    if conn.dialect.name == "postgresql":
        return {row.subject: row.version for row in _make_and_lock(ledger).run(conn, new)}
    conn.execute(add_if_new(ledger.stream, conn.dialect.name), new)
    return {row.subject: row.version for row in conn.execute(_versions(ledger), {"subjects": ordered})}


@cache
def _versions(ledger: Ledger) -> Select[tuple[str, int]]:
    stream = ledger.stream
    return select(stream.c.subject, stream.c.version).where(among(stream.c.subject, "subjects", "sqlite"))


@cache
def _make_and_lock(ledger: Ledger) -> Statement:
    rows = RowSet(ledger.stream, ("subject", "version"))
    keep = 'ON CONFLICT ("subject") DO UPDATE SET "version" = "stream"."version" RETURNING "subject", "version"'
    return Statement((rows,), insert_of(rows, then=keep))
