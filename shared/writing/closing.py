"""Seals what stood in the clear, when a service starts: values of rows that an earlier version wrote.

A migration cannot do it, since it has no keys. It makes the sealed column and keeps the old one; here each row is
locked, its value sealed under the key of its subject, and the old column emptied in the same statement. Nothing is
answered before that is done. Killed anywhere, it goes on at the next start; several processes do not get in each
other's way.
"""

from collections.abc import Sequence
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, Select, Table, Update, bindparam, or_, select, update

from shared.runtime import Kept
from shared.sealing import Keys, ticked
from shared.storage.tables import Row, clear_columns, sealed_columns, sealed_place

PORTION = 200


async def seal_what_stood_clear(kept: Kept) -> int:
    """How many values were sealed, in all tables of the service."""
    values = 0
    for table in kept.ledger.stream.metadata.sorted_tables:
        while clear_columns(table):
            rows = await kept.database.read(partial(_clear, table=table))
            if not rows:
                break
            since, subjects = ticked(), {subject for row in rows for subject in _subjects(table, row)}
            keys = Keys(kept.name, await kept.key_store.obtain(kept.name, subjects, create=True), since)
            values += await kept.database.write(
                partial(_seal, table=table, keys=keys, refs=[row["ref"] for row in rows])
            )
    return values


def _subjects(table: Table, row: Row) -> set[str]:
    columns = sealed_columns(table)
    return {columns[old.into].subject(row) for name, old in clear_columns(table).items() if row[name] != old.empty}


def _clear(connection: Connection, table: Table) -> Sequence[Row]:
    return connection.execute(_next(table).limit(PORTION)).mappings().all()


@cache
def _next(table: Table) -> Select[Any]:
    # Against nothing, SQLAlchemy writes IS NOT NULL.
    filled = or_(*(table.c[name] != old.empty for name, old in clear_columns(table).items()))
    return select(table).where(filled).order_by(table.c.ref)


def _seal(connection: Connection, table: Table, keys: Keys, refs: list[str]) -> int:
    """Seal the values of these rows that are still in the clear. A row that was sealed since keeps what it has."""
    if not keys.fresh:
        return 0
    rows = connection.execute(_next(table).where(table.c.ref.in_(refs)).with_for_update()).mappings().all()
    changes = [{"of": row["ref"], **_sealed(table, keys, row)} for row in rows]
    if changes:
        connection.execute(_closing(table), changes)
    return sum(row[name] != old.empty for row in rows for name, old in clear_columns(table).items())


def _sealed(table: Table, keys: Keys, row: Row) -> dict[str, bytes | None]:
    columns, found = sealed_columns(table), dict[str, bytes | None]()
    for name, old in clear_columns(table).items():
        found[f"to_{old.into}"] = row[old.into]
        if row[name] != old.empty and row[old.into] is None:
            column = columns[old.into]
            value = column.model.model_validate({old.field: row[name]})
            place = sealed_place(table, old.into, row["ref"])
            found[f"to_{old.into}"] = keys.seal(value, subject=column.subject(row), place=place)
    return found


@cache
def _closing(table: Table) -> Update:
    old = clear_columns(table)
    values: dict[str, Any] = {one.into: bindparam(f"to_{one.into}") for one in old.values()}
    emptied = {name: one.empty for name, one in old.items()}
    return update(table).where(table.c.ref == bindparam("of")).values({**values, **emptied})
