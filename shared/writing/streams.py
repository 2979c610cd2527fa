"""The lock on a stream: one row per stream, locked in sorted order before any state is read.

A row at version 0 is how a service locks a subject of which it only receives events. On PostgreSQL creating and locking
the rows is one statement; since it is sorted, two writers cannot deadlock.
"""

from collections.abc import Iterable
from functools import cache

from sqlalchemy import Connection

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
    _rows(ledger).insert(conn, new, 'ON CONFLICT ("subject") DO NOTHING')
    return {row.subject: row.version for row in conn.exec_driver_sql(_versions(len(ordered)), tuple(ordered))}


@cache
def _versions(many: int) -> str:
    """What SQLite is asked: a compiler would cost more than the answer."""
    marks = ", ".join("?" * many)
    return f'SELECT "subject", "version" FROM "stream" WHERE "subject" IN ({marks})'  # noqa: S608 -- marks alone


@cache
def _rows(ledger: Ledger) -> RowSet:
    return RowSet(ledger.stream, ("subject", "version"))


@cache
def _make_and_lock(ledger: Ledger) -> Statement:
    keep = 'ON CONFLICT ("subject") DO UPDATE SET "version" = "stream"."version" RETURNING "subject", "version"'
    return Statement((_rows(ledger),), insert_of(_rows(ledger), then=keep))
