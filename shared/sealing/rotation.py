"""A new master key for all wrapped keys and secrets, portion by portion, while everything runs.

From the note that a next key is coming on, all new keys are wrapped under it. Then what is still wrapped under the old
one is wrapped anew; a row that was changed or taken away meanwhile is left as it is. Killed anywhere, it goes on when
it is asked again: what is done already opens under the next key and is passed over.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Table, select, update

from shared.failpoints import failpoint
from shared.sealing.keyfile import NoKeys, WrongKeys, key_id, master_key, sync_folder
from shared.sealing.keystore import WrappedKeyStore
from shared.sealing.keytable import IN_FORCE
from shared.sealing.portions import Wrapped, portions
from shared.sealing.ring import Ring, next_to
from shared.storage import HowFar


@dataclass(frozen=True)
class Rotated:
    """From which master key to which; how much was wrapped anew this time, and how much opens under neither."""

    was: str
    now: str
    wrapped: int
    unopened: int


async def rotate(store: WrappedKeyStore, progress: HowFar) -> Rotated:
    """Go over to the master key beside the one in use. Raises NoKeys where there is none. May be repeated."""
    was, now = await store.database.write(partial(_announced, ring=store.ring))
    failpoint("keys.announced")
    wrapped = unopened = 0
    async for table, rows in portions(store.database, progress):
        found = [(row, store.ring.opened(row.content, row.bound)) for row in rows]
        unopened += sum(opened is None for _, opened in found)
        anew = [
            (row, store.ring.wrap(now, opened[1], row.bound)) for row, opened in found if opened and opened[0] != now
        ]
        wrapped += await store.database.write(partial(_replaced, table=table, anew=anew))
        failpoint("keys.portion")
    await store.database.write(partial(_in_force, now=now))
    failpoint("keys.in_force")
    finish(store.ring.path, now)
    return Rotated(was, now, wrapped, unopened)


def finish(path: Path, now: str) -> None:
    """Let the next key's file take the place of the one in use, which stays under its id until somebody ends it."""
    beside = next_to(path)
    if not beside.exists() or key_id(master_key(beside)) != now:
        return
    old = path.with_name(f"{path.name}.{key_id(master_key(path))}")
    if not old.exists():
        old.hardlink_to(path)
    failpoint("keys.old_kept")
    beside.replace(path)
    sync_folder(path.parent)


def _announced(connection: Connection, ring: Ring) -> tuple[str, str]:
    """Note the next master key; what was in force, and what will be."""
    row = connection.execute(select(IN_FORCE)).one()
    beside = next_to(ring.path)
    if not beside.exists():
        raise NoKeys(f"there is no next master key {beside}; name one with --new-master-key")
    coming = key_id(master_key(beside))
    if row.next not in (None, coming):
        raise WrongKeys(f"another rotation is not finished: {beside} must hold the key of id {row.next}")
    if not (ring.holds(row.current) and ring.holds(coming)):
        raise WrongKeys(f"{ring.path} must hold the key of id {row.current}")
    if row.current != coming:
        connection.execute(update(IN_FORCE).values(next=coming))
    return row.current, coming


def _in_force(connection: Connection, now: str) -> None:
    connection.execute(update(IN_FORCE).where(IN_FORCE.c.next == now).values(current=now, next=None))


def _replaced(connection: Connection, table: Table, anew: list[tuple[Wrapped, bytes]]) -> int:
    """How many rows took what was wrapped anew. One that is another by now, or gone, is left alone."""
    changed = 0
    for row, content in anew:
        same = [column == value for column, value in zip(table.primary_key, row.place, strict=True)]
        change = update(table).where(*same, table.c.wrapped == row.content).values(wrapped=content)
        changed += connection.execute(change).rowcount
    return changed
