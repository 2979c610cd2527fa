"""The SQL of the inbox: lock streams, read what waits, write what was received. All set-based, built once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Executable,
    Insert,
    Select,
    Update,
    bindparam,
    insert,
    select,
    true,
    update,
)

from shared.bus.bodies import Bodies, place_in
from shared.bus.inbox import Letter, Outcome
from shared.events.envelope import COLUMNS, Envelope, Stream
from shared.storage import add_if_new, among
from shared.storage.ledger import Ledger
from shared.storage.sets import RowSet

UNREADABLE = "unreadable"


_KEY = ("source", "subject", "version")
_COLUMNS = (*_KEY, "status", *COLUMNS, "raw", "headers", "digest", "why", "heard_at")


@dataclass(frozen=True)
class _Statements:
    waiting: Select[Any]
    update: Update
    unreadable: Insert
    plant: Executable


@cache
def _statements(ledger: Ledger, dialect: str) -> _Statements:
    heard = ledger.heard
    return _Statements(
        waiting=select(heard).where(
            heard.c.status.in_(("held", "parked")), among(heard.c.subject, "subjects", dialect)
        ),
        update=update(heard).where(*(heard.c[name] == bindparam(f"at_{name}") for name in _KEY)),
        unreadable=add_if_new(heard, dialect),
        plant=insert(ledger.todo),
    )


@cache
def _inbox(ledger: Ledger) -> RowSet:
    return RowSet(ledger.heard, _COLUMNS)


def waiting(
    conn: Connection, ledger: Ledger, bodies: Bodies, subjects: Iterable[str]
) -> dict[Stream, dict[int, Letter]]:
    """What these subjects hold and park, oldest first."""
    found: dict[Stream, dict[int, Letter]] = {}
    rows = conn.execute(_statements(ledger, conn.dialect.name).waiting, {"subjects": sorted(set(subjects))})
    for row in sorted(rows, key=lambda row: (row.source, row.subject, row.version)):
        record = bodies.opened(row, _place(row.source, row.subject, row.version))
        letter = Letter(row.version, record, row.heard_at, row.why)
        found.setdefault(Stream(row.source, row.subject), {})[row.version] = letter
    return found


def write(conn: Connection, ledger: Ledger, bodies: Bodies, outcomes: Sequence[Outcome]) -> None:
    """Write what changed in `heard`, and the to-dos that come of it."""
    statements = _statements(ledger, conn.dialect.name)
    new, changed = [], []
    for outcome in outcomes:
        for version, row in _rows(bodies, outcome):
            if version in outcome.waited:
                key = zip(_KEY, (*outcome.stream, version), strict=True)
                changed.append({**{f"at_{name}": part for name, part in key}, **row})
            else:
                new.append(
                    {"source": outcome.stream.source, "subject": outcome.stream.subject, "version": version, **row}
                )
    todos = [todo for outcome in outcomes for todo in outcome.todos]
    _inbox(ledger).insert(conn, new)
    for statement, rows in ((statements.update, changed), (statements.plant, todos)):
        if rows:
            conn.execute(statement, rows)


def write_unreadable(conn: Connection, ledger: Ledger, bodies: Bodies, letters: Mapping[str, Letter]) -> None:
    """Park records that name no stream under the place where they stood. They block nobody."""
    if letters:
        rows = [
            {"source": UNREADABLE, "subject": place, "version": 1, **_waits(bodies, UNREADABLE, place, letter)}
            for place, letter in letters.items()
        ]
        conn.execute(_statements(ledger, conn.dialect.name).unreadable, rows)


def seal_what_is_clear(conn: Connection, ledger: Ledger, bodies: Bodies) -> None:
    """Seal what an earlier version left in clear: what waits, arrives in a new generation, or contradicts."""
    waits = {table: table.c.status.in_(("held", "parked")) for table in (ledger.heard, ledger.superseded)}
    for table in (ledger.heard, ledger.superseded, ledger.arriving, ledger.conflict):
        clear = select(table).where(waits.get(table, true()), table.c.digest.is_(None))
        for row in conn.execute(clear).all():
            if table is ledger.superseded and not row.headers:
                # Sealed already, and put aside by a version that left its digest behind.
                continue
            place = place_in(table.name, row._mapping)
            here = [column == row._mapping[column.name] for column in table.primary_key]
            conn.execute(update(table).where(*here).values(bodies.sealed(bodies.opened(row, place), place)))


def _place(source: str, subject: str, version: int) -> str:
    return f"{source} {subject} {version}"


def _rows(bodies: Bodies, outcome: Outcome) -> Iterable[tuple[int, dict[str, Any]]]:
    for told, letter in outcome.applied:
        yield told.version, _applied(told, letter)
    for version, letter in outcome.waits.items():
        if letter != outcome.waited.get(version):
            yield version, _waits(bodies, *outcome.stream, letter)


_APPLIED = {"status": "applied", "raw": None, "headers": None, "digest": None, "why": None}


def _applied(told: Envelope, letter: Letter) -> dict[str, Any]:
    return {**_APPLIED, **told.columns(), "heard_at": letter.heard_at}


def _waits(bodies: Bodies, source: str, subject: str, letter: Letter) -> dict[str, Any]:
    unknown = dict.fromkeys(COLUMNS)
    return {
        **unknown,
        "status": letter.status,
        **bodies.sealed(letter.record, _place(source, subject, letter.version)),
        "why": letter.why,
        "heard_at": letter.heard_at,
    }
