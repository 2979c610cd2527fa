"""Another key for each subject of a service, while everything runs: what was sealed is sealed anew, row by row.

First each subject gets a next key beside the one in use: from then on it seals, and both open. Whoever obtained keys
before that may still seal with the old ones, for as long as keys are fresh; so that time passes. Then every row is
locked, opened and sealed anew; what somebody else holds is left for the next round, so no writer and no rotation wait
for each other. Last the old keys end, except of subjects of whom a value opens under neither. Killed anywhere, it goes
on when it is asked again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, MetaData, Select, Table, Update, bindparam, or_, select, update

from shared import sealing
from shared.clock import Clock
from shared.failpoints import failpoint
from shared.sealing import DoesNotOpen, Keys, Undeclared
from shared.sealing import reached as far
from shared.sealing.keystore import WrappedKeyStore
from shared.sealing.successors import end_old, lay_next
from shared.storage import Database, HowFar, Still, among
from shared.storage.presence import note_keys_made
from shared.storage.tables import Row, SealedColumn, all_sealed, sealed_columns, sealed_place
from shared.writing.spare_keys import OPEN

PORTION = 200
MARGIN = 10.0
"""Seconds after which a transaction that began while old keys were fresh is told by its age: as `OPEN` does."""
PAUSE = 0.2


@dataclass(frozen=True)
class Sealed:
    """One service's sealed values and their keys."""

    name: str
    database: Database
    metadata: MetaData
    keys: WrappedKeyStore
    clock: Clock


@dataclass(frozen=True)
class Replaced:
    """How many subjects got another key this time, how many values were sealed anew; what opened under no key.

    Subjects of whom a value did not open keep both keys.
    """

    keys: int
    values: int
    unopened_keys: int
    unopened_values: int


async def replace_keys(mine: Sealed, progress: HowFar, *, alone: bool) -> Replaced:
    """Replace the keys of all subjects. `alone` says that no other process and no loop writes meanwhile."""
    turn = mine.keys.database.turn(f"keys_of_{mine.name}")
    async with mine.keys.replacing, turn.taken(asyncio.Event(), lambda: None) as still:
        return await _replaced(mine, progress, still, alone=alone)


async def _replaced(mine: Sealed, progress: HowFar, still: Still, *, alone: bool) -> Replaced:
    store, name = mine.keys, mine.name
    made = shut_keys = 0
    if not await store.database.read(partial(far.replacing, service=name)):
        made, shut_keys = await lay_next(store, name, progress)
        await store.database.write(partial(far.now_replacing, service=name, on=True))
    await _note(mine)
    failpoint("keys.next_laid")
    if not alone:
        await _until_none_is_old(mine.database)
    values, shut = await _sealed_anew(mine, progress)
    failpoint("keys.all_anew")
    await still()
    await store.database.write(partial(far.grow, service=name, more=1))
    least = await _note(mine)
    # Only now: a copy of the store from before this is told that its keys are gone.
    await store.database.write(partial(far.demand, service=name, least=least))
    failpoint("keys.demanded")
    await end_old(store, name, shut, progress)
    await store.database.write(partial(far.now_replacing, service=name, on=False))
    return Replaced(made, values, shut_keys, len(shut))


async def _note(mine: Sealed) -> int:
    made, at = (await mine.keys.reached(mine.name)).made, int(mine.clock().timestamp())
    await mine.database.write(lambda connection: note_keys_made(connection, made, at))
    return made


async def _until_none_is_old(database: Database) -> None:
    """Wait until nobody can store any more what was sealed with keys that were obtained before."""
    pause = sealing.FRESH + MARGIN
    while pause:
        await asyncio.sleep(pause)
        pause = PAUSE if await database.write(_still_open) else 0.0


def _still_open(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql" and connection.execute(OPEN).first() is not None


async def _sealed_anew(mine: Sealed, progress: HowFar) -> tuple[int, set[str]]:
    """How many values were sealed anew, and the subjects of those that open under no key."""
    values, shut = 0, set[str]()
    tables = sorted({table.name: table for table, *_ in all_sealed(mine.metadata)}.items())
    for number, (_, table) in enumerate(tables):
        progress(number, len(tables))
        after = ""
        while page := await mine.database.read(partial(_page, table=table, after=after)):
            subjects = {column.subject(row) for row in page for column in sealed_columns(table).values()}
            keys = Keys(mine.name, await _obtained(mine, subjects))
            left = [row["ref"] for row in page]
            while left:
                more, closed, done = await mine.database.write(partial(_renew, table=table, keys=keys, refs=left))
                values, shut, left = values + more, shut | closed, [ref for ref in left if ref not in done]
                await asyncio.sleep(PAUSE if left else 0)
            after = page[-1]["ref"]
            failpoint("keys.portion_anew")
    progress(len(tables), len(tables))
    return values, shut


async def _obtained(mine: Sealed, subjects: set[str]) -> Mapping[str, bytes]:
    """The keys of these subjects. One that does not open keeps no other from being replaced."""
    try:
        return await mine.keys.obtain(mine.name, subjects, create=False)
    except DoesNotOpen:
        if len(subjects) == 1:
            return {}
        return {one: key for each in subjects for one, key in (await _obtained(mine, {each})).items()}


def _page(connection: Connection, table: Table, after: str) -> Sequence[Row]:
    """The next rows with anything sealed, without what is sealed."""
    columns = sealed_columns(table)
    owners = {table.c[column.ref_field] for column in columns.values()} | {table.c.ref}
    filled = or_(*(table.c[name].is_not(None) for name in columns))
    query = select(*owners).where(filled, table.c.ref > after).order_by(table.c.ref).limit(PORTION)
    return connection.execute(query).mappings().all()


def _renew(connection: Connection, table: Table, keys: Keys, refs: list[str]) -> tuple[int, set[str], set[str]]:
    """How many values of these rows are sealed anew, whose opened under no key, and which rows nobody else held."""
    rows = connection.execute(_locked(table, connection.dialect.name), {"refs": refs}).mappings().all()
    shut, changes = set[str](), list[dict[str, Any]]()
    values = 0
    for row in rows:
        change = {f"to_{name}": row[name] for name in sealed_columns(table)}
        for name, column in sealed_columns(table).items():
            try:
                anew = _anew(keys, table, name, column, row)
            except (DoesNotOpen, Undeclared):
                shut.add(column.subject(row))
                continue
            if anew is not None:
                change[f"to_{name}"] = anew
                values += 1
        if any(change[f"to_{name}"] != row[name] for name in sealed_columns(table)):
            changes.append({"of": row["ref"], **change})
    if changes:
        connection.execute(_renewing(table), changes)
    held = {row["ref"] for row in rows}
    return values, shut, held if len(held) == len(refs) else held | (set(refs) - _there(connection, table, refs))


def _anew(keys: Keys, table: Table, name: str, column: SealedColumn, row: Row) -> bytes | None:
    if row[name] is None:
        return None
    return keys.renewed(row[name], subject=column.subject(row), place=sealed_place(table, name, row["ref"]))


def _there(connection: Connection, table: Table, refs: list[str]) -> set[str]:
    query = select(table.c.ref).where(among(table.c.ref, "refs", connection.dialect.name))
    return set(connection.execute(query, {"refs": refs}).scalars())


@cache
def _locked(table: Table, dialect: str) -> Select[Any]:
    query = select(table).where(among(table.c.ref, "refs", dialect)).order_by(table.c.ref)
    return query.with_for_update(skip_locked=True)


@cache
def _renewing(table: Table) -> Update:
    values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in sealed_columns(table)}
    return update(table).where(table.c.ref == bindparam("of")).values(values)
