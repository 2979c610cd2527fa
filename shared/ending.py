"""How the end of a unit is stored: on PostgreSQL in one statement, on SQLite in a few, one after the other.

SQLite knows no writing CTE, and needs none: its writer stands in the same process. The rows are the same on both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, insert, update

from shared.db import add_if_new
from shared.db.sets import RowSet, Statement, insert_of, offsets
from shared.ledger import Ledger
from shared.views import Moves, save, sets

Rows = Sequence[Mapping[str, Any]]

JOURNAL = (
    "event_id", "subject", "version", "type", "effective", "recorded", "correlation", "causation", "traceparent",
    "data",
)  # fmt: skip
TO_DO = ("cause", "reaction", "subject", "due_at", "attempts", "not_before", "data")
AUDIT = (
    "at", "staff_ref", "organisation_ref", "role", "purpose", "action", "decision", "subjects", "classes", "request_id",
)  # fmt: skip
IDEMPOTENCY = ("caller", "operation", "key", "digest", "status", "thing", "ref", "lines", "at")


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
    _at_once(ledger).run(
        conn,
        ending.versions,
        ending.journal,
        moves.facets,
        moves.unrelated,
        moves.related,
        ending.todos,
        ending.audit,
        ending.idempotency,
    )


def _one_by_one(conn: Connection, ledger: Ledger, ending: Ending) -> None:
    for row in ending.versions:
        conn.execute(_move(ledger), {"of": row["subject"], "reached": row["version"]})
    for row in ending.journal:
        key = conn.execute(insert(ledger.journal), row).inserted_primary_key
        conn.execute(insert(ledger.pending), {"journal_id": key[0] if key else None})
    save(conn, ledger, ending.moves)
    for table, rows in ((ledger.audit, ending.audit), (ledger.idempotency, ending.idempotency)):
        if rows:
            conn.execute(insert(table), list(rows))
    if ending.todos:
        conn.execute(add_if_new(ledger.todo, conn.dialect.name), list(ending.todos))


@cache
def _move(ledger: Ledger) -> Update:
    stream = ledger.stream
    return update(stream).where(stream.c.subject == bindparam("of")).values(version=bindparam("reached"))


@cache
def _at_once(ledger: Ledger) -> Statement:
    """All of it as one statement: each part is a writing CTE over the arrays of its rows."""
    view = sets(ledger)
    versions = RowSet(ledger.stream, ("subject", "version"))
    journal, todo = RowSet(ledger.journal, JOURNAL), RowSet(ledger.todo, TO_DO)
    audit, idempotency = RowSet(ledger.audit, AUDIT), RowSet(ledger.idempotency, IDEMPOTENCY)
    row_sets = (versions, journal, view.facet, view.relation, view.relation, todo, audit, idempotency)
    first = iter(offsets(row_sets))
    parts = {
        "moved": f'UPDATE "stream" AS s SET "version" = given."version" FROM {versions.source(next(first))} '
        'WHERE s."subject" = given."subject"',
        "told": insert_of(journal, next(first), 'RETURNING "id"'),
        "waiting": 'INSERT INTO "pending" ("journal_id") SELECT "id" FROM told',
        "merged": view.merge(next(first)),
        "unrelated": view.unrelate(next(first)),
        "related": view.relate(next(first)),
        "planted": insert_of(todo, next(first), "ON CONFLICT DO NOTHING"),
        "audited": insert_of(audit, next(first)),
        "remembered": insert_of(idempotency, next(first)),
    }
    return Statement(row_sets, f"WITH {', '.join(f'{name} AS ({text})' for name, text in parts.items())} SELECT 1")
