"""Whether every key that is there opens, and whether every sealed row has one."""

from collections import Counter
from collections.abc import Mapping
from functools import partial

from sqlalchemy import Column, Connection, MetaData, select

from shared.sealing.keystore import WrappedKeyStore
from shared.sealing.keytable import KEYS
from shared.sealing.portions import portions
from shared.storage import Database, HowFar
from shared.storage.tables import all_sealed

PORTION = 1000


async def unopened(store: WrappedKeyStore, progress: HowFar) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Of each service, and of `secrets`: how many wrapped keys there are, and how many of them do not open."""
    there, shut = Counter[str](), Counter[str]()
    store.ring.look()
    async for table, rows in portions(store.database, progress):
        for row in rows:
            whose = row.place[0] if table is KEYS else table.name + "s"
            there[whose] += 1
            shut[whose] += store.ring.opened(row.content, row.bound) is None
    return there, shut


async def keyless(store: WrappedKeyStore, service: str, database: Database, metadata: MetaData) -> int:
    """How many subjects of a service have a sealed row and no key: what is theirs can never be opened."""
    lacking: set[str] = set()
    for table, name, sealed in all_sealed(metadata):
        column, owner, after = table.c[name], table.c[sealed.ref_field], ""
        while refs := await database.read(partial(_owners, column=column, owner=owner, after=after)):
            lacking |= await store.lacking(service, [f"{sealed.kind}/{ref}" for ref in refs])
            after = refs[-1]
    return len(lacking)


def _owners(connection: Connection, column: Column[bytes], owner: Column[str], after: str) -> list[str]:
    query = select(owner).distinct().where(column.is_not(None), owner > after).order_by(owner).limit(PORTION)
    return list(connection.execute(query).scalars())
