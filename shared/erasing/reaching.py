"""What in a store belongs to somebody who is forgotten: which keys, and which rows are emptied.

A sealed column is reached by its own subject. What is sealed under itself, as a finding of a body of state is, is
reached through the case that its row names.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, Table, delete, select, update

from shared.ids import Subject
from shared.storage import among
from shared.storage.ledger import Ledger
from shared.storage.tables import all_sealed

CASE = "case"
CHUNK = 200


def belonging(connection: Connection, ledger: Ledger, named: Iterable[str]) -> frozenset[str]:
    """The sealing subjects of these cases, people and lines: themselves, and what is their own behind them."""
    found = set(named)
    cases = [one.partition("/")[2] for one in found if one.startswith(f"{CASE}/")]
    for table, _, column in all_sealed(ledger.stream.metadata):
        if column.kind != CASE and "case_ref" in table.c:
            owner = table.c[column.ref_field]
            query = select(owner).where(among(table.c.case_ref, "refs", connection.dialect.name))
            found |= {Subject(column.kind, ref) for ref in connection.execute(query, {"refs": cases}).scalars()}
    return frozenset(found)


def empty(connection: Connection, ledger: Ledger, subjects: Iterable[str]) -> int:
    """Empty all that is sealed under these subjects, and the digests of what they were entered as; how many rows."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for subject in subjects:
        kind, _, ref = subject.partition("/")
        by_kind[kind].append(ref)
    rows = set[tuple[str, str]]()
    for table, name, column in all_sealed(ledger.stream.metadata):
        for refs in _chunks(by_kind[column.kind]):
            rows |= {(table.name, ref) for ref in _emptied(connection, table, name, column.ref_field, refs)}
    _forget_answers(connection, ledger, sorted({ref for _, ref in rows}))
    return len(rows)


def _emptied(connection: Connection, table: Table, name: str, owner: str, refs: list[str]) -> Iterator[str]:
    """The rows of these owners. What was entered is known by a digest: that would tell who guesses right."""
    mine, given = among(table.c[owner], "refs", connection.dialect.name), {"refs": refs}
    yield from connection.execute(select(table.c.ref).where(mine, table.c[name].is_not(None)), given).scalars()
    connection.execute(update(table).where(mine).values({name: None, "created_as": None}), given)


def _forget_answers(connection: Connection, ledger: Ledger, refs: list[str]) -> None:
    """Answers to requests about these rows are kept with a digest of what was sent."""
    for some in _chunks(refs):
        mine = among(ledger.idempotency.c.ref, "refs", connection.dialect.name)
        connection.execute(delete(ledger.idempotency).where(mine), {"refs": some})


def _chunks(refs: list[str]) -> Iterator[list[str]]:
    yield from (refs[start : start + CHUNK] for start in range(0, len(refs), CHUNK))
