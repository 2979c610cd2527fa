"""Stores the end of a unit: on PostgreSQL in one statement, on SQLite in a few.

SQLite has no writing CTE and needs none: its writer is in the same process. The rows are the same on both.
"""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, ProgrammingError

from shared.errors import Unavailable
from shared.events.envelope import COLUMNS
from shared.journey.views import KEEP, MERGE, RENEW, Moves, duty_rows, ended_rows, facet_rows, relation_rows, save
from shared.storage.ledger import Ledger
from shared.storage.sets import Rows, RowSet, Statement, delete_of, insert_of, offsets

MOVE = 'UPDATE "stream" SET "version" = ? WHERE "subject" = ?'
WAIT = 'INSERT INTO "pending" ("journal_id") VALUES (?)'

JOURNAL = ("subject", "version", *COLUMNS)
TO_DO = ("cause", "reaction", "subject", "due_at", "attempts", "not_before", "data")
AUDIT = (
    "at", "staff_ref", "organisation_ref", "role", "purpose", "action", "decision", "subjects", "classes", "request_id",
)  # fmt: skip
IDEMPOTENCY = (
    "caller", "operation", "key", "digest", "status", "thing", "ref", "lines", "version", "thing_status", "at",
)  # fmt: skip


@dataclass(frozen=True)
class Ending:
    """Everything that is stored beside the change itself."""

    versions: Rows
    journal: Rows
    moves: Moves
    todos: Rows
    audit: Rows
    idempotency: Rows


def store(conn: Connection, ledger: Ledger, ending: Ending) -> None:
    """Write it all, in the transaction of the change."""
    if conn.dialect.name == "sqlite":
        _one_by_one(conn, ledger, ending)
        return
    moves = ending.moves
    parts = ending.versions, ending.journal, moves.facets, moves.over, moves.unrelated, moves.related
    try:
        _at_once(ledger).run(conn, *parts, ending.todos, ending.audit, ending.idempotency)
    except ProgrammingError as error:
        # Of one statement for all, only the server's message says which table it could not write.
        if ledger.audit.name in str(error.orig):
            raise Unavailable("store_unavailable") from None
        raise


def _one_by_one(conn: Connection, ledger: Ledger, ending: Ending) -> None:
    parts = _parts(ledger)
    for row in ending.versions:
        conn.exec_driver_sql(MOVE, (row["version"], row["subject"]))
    for row in ending.journal:
        conn.exec_driver_sql(WAIT, (parts.journal.insert(conn, [row]).lastrowid,))
    save(conn, ledger, ending.moves)
    parts.todo.insert(conn, ending.todos, KEEP)
    try:
        parts.audit.insert(conn, ending.audit)
    except DBAPIError:
        raise Unavailable("store_unavailable") from None
    parts.idempotency.insert(conn, ending.idempotency)


@dataclass(frozen=True)
class _Parts:
    versions: RowSet
    journal: RowSet
    todo: RowSet
    audit: RowSet
    idempotency: RowSet


@cache
def _parts(ledger: Ledger) -> _Parts:
    return _Parts(
        RowSet(ledger.stream, ("subject", "version")),
        RowSet(ledger.journal, JOURNAL),
        RowSet(ledger.todo, TO_DO),
        RowSet(ledger.audit, AUDIT),
        RowSet(ledger.idempotency, IDEMPOTENCY),
    )


@cache
def _at_once(ledger: Ledger) -> Statement:
    """All of it as one statement: each part is a writing CTE over the arrays of its rows."""
    own, facet, relation, duty = _parts(ledger), facet_rows(ledger), relation_rows(ledger), duty_rows(ledger)
    ended = ended_rows(ledger)
    row_sets = (own.versions, own.journal, facet, duty, ended, relation, own.todo, own.audit, own.idempotency)
    first = iter(offsets(row_sets))
    parts = {
        "moved": f'UPDATE "stream" AS s SET "version" = given."version" FROM {own.versions.source(next(first))} '
        'WHERE s."subject" = given."subject"',
        "told": insert_of(own.journal, next(first), 'RETURNING "id"'),
        "waiting": 'INSERT INTO "pending" ("journal_id") SELECT "id" FROM told',
        "merged": insert_of(facet, next(first), MERGE),
        "over": delete_of(duty, next(first)),
        "unrelated": delete_of(ended, next(first)),
        "related": insert_of(relation, next(first), RENEW),
        "planted": insert_of(own.todo, next(first), KEEP),
        "audited": insert_of(own.audit, next(first)),
        "remembered": insert_of(own.idempotency, next(first)),
    }
    return Statement(row_sets, f"WITH {', '.join(f'{name} AS ({text})' for name, text in parts.items())} SELECT 1")
