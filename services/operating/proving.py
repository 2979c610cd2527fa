"""Proves that a backup can be used, in a place that is thrown away: values open, views are what their facts make."""

from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, select

from services import SERVICES
from services.operating.archive import Told
from services.operating.office import opened
from shared import stores
from shared.bus.consumer import Consuming
from shared.bus.verdict import Verdict
from shared.bus.verify import MAY_COME, verify
from shared.errors import Unavailable
from shared.sealing import Keys, KeyStore, Undeclared
from shared.settings import Settings
from shared.storage.tables import SealedColumn, all_sealed, sealed_place

SAMPLE = 200
"""Values of each sealed column that are opened, by chance."""


@dataclass(frozen=True)
class Proof:
    """What was looked at. `shut` names the columns of values that did not open."""

    opened: int
    shut: tuple[str, ...]
    told: int
    on_the_way: int
    """Facts that a view still lacks, or waits with: a refeed publishes them again."""
    wrong: int

    @property
    def sound(self) -> bool:
        """Whether the backup can be relied upon."""
        return not self.shut and not self.wrong

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {**asdict(self), "sound": self.sound}


async def prove(settings: Settings, told: Told) -> Proof:
    """Look at stores that nobody uses, at their newest revision."""
    async with AsyncExitStack() as stack:
        office = await stack.enter_async_context(opened(settings))
        keys = stores.key_store_for(settings)
        stack.push_async_callback(keys.close)
        tried = [row for store in office.stores for row in await _tried(store, keys, told)]
        verdict = await verify(
            office.stores, patience=0, deep=True, progress=lambda done, of: told("subjects", done, of)
        )
    shut = tuple(sorted({place for place, opens in tried if not opens}))
    late, wrong = _counted(verdict)
    return Proof(len(tried), shut, sum(verdict.told.values()), late, wrong)


def bring_up(settings: Settings) -> None:
    """Bring the stores of an older backup to the newest revision. Not inside an event loop."""
    for name in SERVICES:
        stores.bring_up(settings, name)


def _counted(verdict: Verdict) -> tuple[int, int]:
    late = sum(
        count for (kind, teller, hearer), count in verdict.found.items() if kind in MAY_COME and teller != hearer
    )
    return late, sum(verdict.found.values()) - late


async def _tried(store: Consuming, keys: KeyStore, told: Told) -> list[tuple[str, bool]]:
    """By column, whether a value opened."""
    found = await store.database.read(lambda conn: list(_sample(conn, store)))
    held: dict[str, bytes] = {}
    for subject in {column.subject(row) for _, _, column, row in found}:
        # One by one: a key that does not open is a finding about its own rows.
        with suppress(Unavailable):
            held |= await keys.obtain(store.name, [subject], create=False)
    told(f"sealed values of {store.name}", len(found), len(found))
    return [
        (f"{table.name}.{name}", _opens(Keys(store.name, held), table, name, column, row))
        for table, name, column, row in found
    ]


def _sample(conn: Connection, store: Consuming) -> Iterator[tuple[Table, str, SealedColumn, Any]]:
    for table, name, column in all_sealed(store.ledger.stream.metadata):
        query = select(table).where(table.c[name].is_not(None)).order_by(func.random()).limit(SAMPLE)
        for row in conn.execute(query).mappings():
            yield table, name, column, row


def _opens(keys: Keys, table: Table, name: str, column: SealedColumn, row: Any) -> bool:
    place = sealed_place(table, name, row["ref"])
    try:
        keys.open(column.model, row[name], subject=column.subject(row), place=place)
    except (Unavailable, Undeclared):
        return False
    return True
