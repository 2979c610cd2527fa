"""Whether the keys that a process has are those of its store: looked at before the service's loops begin.

A store holds a short digest made with its service's secret. Keys that belong to other stores give another digest. A
store from before there was one gets its own when a key of ours opens for a row that it seals.
"""

from collections.abc import Iterator

from sqlalchemy import Column, Connection, select

from shared.errors import Unavailable
from shared.runtime import Kept
from shared.sealing.keyfile import WrongKeys
from shared.sealing.standing import check_value, other_keys
from shared.storage.presence import read_key_check, write_key_check
from shared.storage.tables import sealed_columns


async def refuse_other_keys(kept: Kept) -> None:
    """Raise WrongKeys unless the keys belong to this store; note that they do, where nothing is noted yet."""
    value = check_value(kept.secret)
    noted = await kept.database.read(read_key_check)
    if noted is None:
        await _prove(kept)
        await kept.database.write(lambda connection: write_key_check(connection, value))
    elif noted != value:
        raise other_keys(kept.name)


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
