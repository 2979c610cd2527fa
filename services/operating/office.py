"""The stores and the bus that an operator's command works on, whoever has them open.

`opened` opens them itself. A running product hands over its own, so that one process goes on writing its files.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from shared import stores
from shared.bus.consumer import Consuming
from shared.bus.port import Bus, Measured
from shared.clock import Clock, system_clock
from shared.contracts.catalogue import PRODUCERS
from shared.errors import Unavailable
from shared.journey import Journey
from shared.journey.todos import Reactions
from shared.observability.tracing import Tracing, Untraced
from shared.sealing.keyfile import NoKeys
from shared.sealing.keystore import WrappedKeyStore
from shared.sealing.wrapping import AWAY, KeyServiceAway
from shared.service import Service
from shared.settings import Settings
from shared.storage import Database, revisions
from shared.storage.damage import DamagedFile, refuse_damaged_in
from shared.storage.ledger import Ledger
from shared.storage.standing import Standing

BUS_PATIENCE = 10.0
"""Seconds within which the bus must answer when a command begins."""


@dataclass(frozen=True)
class Store:
    """What an operator needs of a service: no keys, since no private value is opened but the bodies of what waits."""

    name: str
    database: Database
    ledger: Ledger
    journey: Journey
    reactions: Reactions
    clock: Clock
    tracing: Tracing
    standing: Standing
    settings: Settings

    @property
    def secret(self) -> bytes:
        """Needed by whoever retries what waits. Raises Trouble where the key file cannot be used."""
        try:
            return stores.secret_of(self.settings, self.name)
        except NoKeys as error:
            raise Trouble(f"What waits cannot be opened: {error}.") from None


@dataclass(frozen=True)
class Office:
    """All services' stores, and the bus, which is not there where `bus_answers` is false. `staff` is who works.

    Keys are there on demand alone.
    """

    stores: Sequence[Consuming]
    bus: Bus
    bus_answers: bool = True
    staff: str = ""
    keys: WrappedKeyStore | None = None
    alone: bool = False
    """Whether nobody else can write meanwhile: no other process, and no loop of ours."""

    def of(self, names: Sequence[str]) -> Sequence[Consuming]:
        """The stores of these services; all of them when none is named."""
        return [kept for kept in self.stores if not names or kept.name in names]


class Trouble(Exception):
    """An order could not be carried out; the text says why, in words for an operator."""


class NoData(Trouble):
    """There is nothing to work on yet."""


@contextlib.asynccontextmanager
async def opened(settings: Settings, *, keyed: bool = False, alone: bool = False) -> AsyncIterator[Office]:
    """Open every store and the bus, and the keys if asked. `alone` is whoever holds the data folder's lock.

    Raises NoData, UnknownRevision, NoKeys, or Trouble for a store that is away or damaged.
    """
    if not stores.on_postgres(settings) and not (Path(settings.data_dir) / f"{PRODUCERS[0]}.db").exists():
        raise NoData(f"There is no data in {settings.data_dir} yet: `homeward run` or `homeward migrate` begins it.")
    refuse_damaged(settings)
    async with contextlib.AsyncExitStack() as stack:
        found = []
        for name in PRODUCERS:
            database = stores.database_for(settings, name)
            stack.push_async_callback(database.close)
            revisions.refuse_other(f"services.{name}", await _revision(name, database))
            found.append(_store(settings, name, database))
            await found[-1].standing.refresh(database, found[-1].ledger)
        bus = stores.bus_for(settings, system_clock)
        stack.push_async_callback(bus.stop)
        keys = None
        if keyed:
            keys = await asyncio.to_thread(_keys_in_use, settings)
            stack.push_async_callback(keys.close)
        yield Office(found, bus, await _answers(bus), keys=keys, alone=alone and not stores.on_postgres(settings))


def _keys_in_use(settings: Settings) -> WrappedKeyStore:
    try:
        return stores.keys_in_use(settings, PRODUCERS)
    except KeyServiceAway:
        raise Trouble(AWAY) from None


def refuse_damaged(settings: Settings) -> None:
    """Raise Trouble for a damaged file in the data folder."""
    try:
        refuse_damaged_in(Path(settings.data_dir))
    except DamagedFile as damaged:
        raise Trouble(str(damaged)) from None


async def _revision(name: str, database: Database) -> str | None:
    try:
        return await database.read(revisions.revision)
    except Unavailable:
        raise Trouble(f"The store of {name} cannot be reached.") from None
    except DBAPIError as error:
        raise Trouble(
            f"The store of {name} cannot be read ({type(error).__name__}): `homeward check` says why."
        ) from None


def _store(settings: Settings, name: str, database: Database) -> Store:
    service: Service = import_module(f"services.{name}.app").SERVICE
    parts = service.ledger, service.journey, service.reactions
    return Store(name, database, *parts, system_clock, Untraced(), Standing(name), settings)


async def _answers(bus: Bus) -> bool:
    try:
        async with asyncio.timeout(BUS_PATIENCE):
            await bus.start()
            if isinstance(bus, Measured):
                await bus.ends()
    except Exception:
        # Whatever a broker's client raises: most of what an operator wants to know does not need it.
        return False
    return True
