"""Whether every key that is there opens, and whether every sealed row has one."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from sqlalchemy import Column, Connection, MetaData, Table, select

from shared.contracts.catalogue import PRODUCERS
from shared.sealing import in_force
from shared.sealing.keystore import WrappedKeyStore, called
from shared.sealing.keytable import KEYS
from shared.sealing.portions import Wrapped, portions
from shared.sealing.wrapping import Bound, Masters, Opened, Wrapping
from shared.storage import Database, HowFar
from shared.storage.tables import all_sealed

PORTION = 1000


async def unopened(store: WrappedKeyStore, progress: HowFar) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Of each service, and of `secrets`: how many wrapped keys there are, and how many of them do not open."""
    there, shut = Counter[str](), Counter[str]()
    own = tuple(await store.database.read(in_force.having_own))
    names = in_force.secrets_under(PRODUCERS, shared_too=True)
    async for table, rows in portions(store.database, progress, PRODUCERS, names):
        for whose, wrapping, given in _by_holder(store.masters, table, rows, own):
            there[whose] += len(given)
            shut[whose] += (await called(wrapping, partial(_looked, wrapping, given))).count(None)
    return there, shut


def _by_holder(
    masters: Masters, table: Table, rows: Sequence[Wrapped], own: Sequence[str]
) -> Iterator[tuple[str, Wrapping, list[Bound]]]:
    """What is to be opened, by who can: of another service's, which is not at hand, nothing."""
    found: dict[str, list[Wrapped]] = {}
    for row in rows:
        found.setdefault(row.place[0], []).append(row)
    for name, some in found.items():
        service = name if table is KEYS else in_force.owner(name)
        if service is None or service in masters:
            wrapping = masters.of(service) if service else in_force.holder(masters, name, own)
            if wrapping is not None:
                yield name if table is KEYS else "secrets", wrapping, [(row.content, row.bound) for row in some]


def _looked(wrapping: Wrapping, given: Sequence[Bound]) -> list[Opened | None]:
    wrapping.look()
    return wrapping.opened(given)


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
