"""Whether the keys that a process has are those of its store: looked at before the service's loops begin.

A store holds a short digest made with its service's secret. Keys that belong to other stores give another digest. A
store from before there was one gets its own when a key of ours opens for a row that it seals. And it notes how far its
keys had come: an older copy of them has come less far, or lacks the key of what was stored last.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, Connection, Select, select

from shared.errors import Unavailable
from shared.runtime import Kept
from shared.sealing.keyfile import WrongKeys
from shared.sealing.reached import refuse_older
from shared.sealing.standing import check_value, other_keys
from shared.storage.presence import note_keys_made, read_key_check, read_keys_made, write_key_check
from shared.storage.tables import all_sealed, sealed_columns

LATE = timedelta(minutes=2)
"""Within this time a key is proven and that is noted, at the latest."""
NEWEST = 50
"""How many rows of a kind are looked at, of those stored since."""


async def refuse_other_keys(kept: Kept) -> None:
    """Raise WrongKeys unless the keys belong to this store; note that they do, where nothing is noted yet."""
    value = check_value(kept.secret)
    noted = await kept.database.read(read_key_check)
    if noted is None:
        await _prove(kept)
        await kept.database.write(lambda connection: write_key_check(connection, value))
    elif noted != value:
        raise other_keys(kept.name)
    await _refuse_older_keys(kept)
    await note_reached(kept)


async def note_reached(kept: Kept) -> None:
    """Note in the store how far its keys have come."""
    made = (await kept.key_store.reached(kept.name)).made
    if made:
        at = int(kept.clock().timestamp())
        await kept.database.write(lambda connection: note_keys_made(connection, made, at))


async def _refuse_older_keys(kept: Kept) -> None:
    noted, at = await kept.database.read(read_keys_made)
    keys = await kept.key_store.reached(kept.name)
    if (noted or 0) < keys.least:
        # Another process may just have replaced keys: the store notes that before the keys demand it.
        noted, at = await kept.database.read(read_keys_made)
    refuse_older(kept.name, keys, noted)
    since = datetime.min.replace(tzinfo=UTC) if at is None else datetime.fromtimestamp(at, UTC) - LATE
    newest = await kept.database.read(lambda connection: set(_newest(connection, kept, since)))
    if lacking := await kept.key_store.lacking(kept.name, newest):
        raise WrongKeys(
            f"the store of keys (keys.db) is older than the store of {kept.name}: {len(lacking)} of what was stored "
            "there last have no key; put the newest one back, from the keys file of the last backup"
        )


def _newest(connection: Connection, kept: Kept, since: datetime) -> Iterator[str]:
    """The subjects of what was sealed since then."""
    for table, name, sealed in all_sealed(kept.ledger.stream.metadata):
        column, at = table.c[name], table.c.recorded_at
        query: Select[tuple[str]] = select(table.c[sealed.ref_field]).where(at >= since, column.is_not(None))
        refs = connection.execute(query.order_by(at.desc(), table.c.ref.desc()).limit(NEWEST)).scalars()
        yield from (f"{sealed.kind}/{ref}" for ref in refs)


async def _prove(kept: Kept) -> None:
    subject = await kept.database.read(lambda connection: next(_sealed(connection, kept), None))
    if subject is None:
        return
    try:
        found = await kept.key_store.obtain(kept.name, [subject], create=False)
    except Unavailable as error:
        if error.code == "store_unavailable":
            raise
        found = {}
    if not found:
        raise WrongKeys(f"the store of keys (keys.db) has no key that opens what the store of {kept.name} has sealed")


def _sealed(connection: Connection, kept: Kept) -> Iterator[str]:
    """A subject with a sealed row, of each kind."""
    for table in kept.ledger.stream.metadata.tables.values():
        for name, sealed in sealed_columns(table).items():
            column, owner = table.c[name], table.c[sealed.ref_field]
            yield from (f"{sealed.kind}/{ref}" for ref in _owners(connection, column, owner))


def _owners(connection: Connection, column: Column[bytes], owner: Column[str]) -> Iterator[str]:
    yield from connection.execute(select(owner).where(column.is_not(None)).limit(1)).scalars()
