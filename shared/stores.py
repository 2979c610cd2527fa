"""From settings to stores: which database, key store and bus this process has. The only module that chooses.

Files in the data folder and the embedded log are the default; PostgreSQL and Apache Kafka each join by one setting.
"""

import contextlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from shared.bus.embedded import EmbeddedBus
from shared.bus.port import Bus
from shared.clock import Clock, system_clock
from shared.contracts.catalogue import PRODUCERS
from shared.erasing.ledger import ErasureLedger
from shared.sealing import Reached
from shared.sealing.at_hand import each_its_own, key_file, key_files, masters_for
from shared.sealing.keyfile import UnsafeKeyFile, WrongKeys
from shared.sealing.keystore import WrappedKeyStore, begun, file_key_store
from shared.sealing.reached import reached, refuse_older
from shared.sealing.standing import Secrets, check_value, keyed, other_keys, secrets_of, taken_up
from shared.sealing.wrapping import Masters
from shared.settings import Settings
from shared.storage import Database, copies, file_snapshot, revisions
from shared.storage.once import sqlite_url, there, with_connection
from shared.storage.postgres import PostgresDatabase
from shared.storage.presence import Presence, forgo_keys, presence, refuse_missing, write_key_check
from shared.storage.snapshots import Snapshot
from shared.storage.sqlite import SqliteDatabase

KEYS = "keys"
LOG = "bus"


def url_for(settings: Settings, name: str) -> str:
    """The address of a service's store, or of `keys`: SQLAlchemy's for a file, ours for PostgreSQL."""
    url = settings.database_url.get_secret_value()
    return url.replace("{service}", name) if url else sqlite_url(Path(settings.data_dir) / f"{name}.db")


def on_postgres(settings: Settings) -> bool:
    """Whether the stores are PostgreSQL databases."""
    return bool(settings.database_url.get_secret_value())


def elsewhere(settings: Settings) -> bool:
    """Whether stores and bus are servers that several processes may use, so that no file in the data folder is."""
    return on_postgres(settings) and bool(settings.kafka_brokers)


def database_for(settings: Settings, name: str) -> Database:
    """A service's store."""
    if on_postgres(settings):
        return PostgresDatabase(url_for(settings, name), settings.database_pool, settings.store_seconds)
    return SqliteDatabase(Path(settings.data_dir) / f"{name}.db", patience=settings.store_seconds)


def key_store_for(settings: Settings, services: Sequence[str] = PRODUCERS) -> WrappedKeyStore:
    """The wrapped keys of sealed values, with the master keys of these services. Raises NoKeys unless they fit."""
    url = url_for(settings, KEYS)
    if on_postgres(settings):
        masters = masters_for(settings, services)
        kept = with_connection(url, lambda connection: secrets_of(connection, masters))
        return WrappedKeyStore(masters, PostgresDatabase(url, 4, settings.store_seconds), kept)
    if not each_its_own(settings):
        return file_key_store(Path(settings.data_dir), key_file(settings))
    masters, kept = _begun(settings, services)
    return WrappedKeyStore(masters, SqliteDatabase(Path(settings.data_dir) / f"{KEYS}.db"), kept)


def keys_in_use(settings: Settings, services: Sequence[str]) -> WrappedKeyStore:
    """The wrapped keys of stores that are there: none are made. Raises NoKeys."""
    look_at_keys(settings, services)
    return key_store_for(settings, services)


def secret_of(settings: Settings, service: str) -> bytes:
    """A service's own secret, where no other key is needed. Raises NoKeys."""
    masters = masters_for(settings, (service,))
    return with_connection(url_for(settings, KEYS), lambda connection: secrets_of(connection, masters))[service]


def look_at_keys(settings: Settings, services: Sequence[str]) -> bool:
    """Whether there are master keys; raises NoKeys unless they open the keys of these stores."""
    found = {name: presence(url_for(settings, name)) for name in services}
    _refuse_lost_keys(settings, found)
    if not on_postgres(settings) and not all(path.exists() for path in key_files(settings, services).values()):
        return False
    masters = masters_for(settings, services)
    if _keys_there(settings):
        _refuse_foreign(settings, found, masters)
    return True


def _begun(settings: Settings, services: Sequence[str] = PRODUCERS) -> tuple[Masters, Secrets]:
    """The master keys and the secrets, made where nothing is yet."""
    paths = list(dict.fromkeys(key_files(settings, services).values()))
    made = partial(masters_for, settings, services)
    return begun(made, paths, url_for(settings, KEYS), own=each_its_own(settings))


def erasures_of(settings: Settings) -> Path:
    """Where the ledger of erasures lies: beside the data folder, never in it."""
    folder = Path(settings.data_dir).absolute()
    return settings.erasure_ledger or folder.with_name(f"{folder.name}.erasures")


def bus_for(settings: Settings, clock: Clock) -> Bus:
    """The bus: Apache Kafka where brokers are named, else the embedded log in the data folder."""
    if settings.kafka_brokers:
        # Only here: the embedded product does not wait for a client that it never uses.
        from shared.bus.kafka import KafkaBus  # noqa: PLC0415

        return KafkaBus(settings)
    return EmbeddedBus(Path(settings.data_dir) / "bus.db", settings.kafka_topic, clock)


def log_of(settings: Settings) -> tuple[str, ...]:
    """The name of the embedded log, where that is the bus: a store like the others."""
    return () if settings.kafka_brokers else (LOG,)


def snapshot_of(settings: Settings, name: str) -> Snapshot:
    """A service's store, the keys or the embedded log, to be copied as they are at one moment."""
    if on_postgres(settings) and name != LOG:
        from shared.storage import database_snapshot  # noqa: PLC0415 -- PostgreSQL's driver is not loaded in vain

        return database_snapshot.DatabaseSnapshot(name, url_for(settings, name), held=name != KEYS)
    return file_snapshot.FileSnapshot(name, Path(settings.data_dir) / f"{name}.db")


async def put_back(settings: Settings, name: str, path: Path) -> None:
    """Fill an empty store with a copy of a snapshot. Raises NotCopied."""
    if on_postgres(settings) and name != LOG:
        from shared.storage import database_snapshot  # noqa: PLC0415 -- PostgreSQL's driver is not loaded in vain

        await database_snapshot.put_back(name, url_for(settings, name), path)
    else:
        path.rename(Path(settings.data_dir) / f"{name}.db")  # noqa: ASYNC240 -- nobody else waits here


async def emptied(settings: Settings, name: str) -> None:
    """Empty a store again that `put_back` filled in vain."""
    if on_postgres(settings) and name != LOG:
        from shared.storage import database_snapshot  # noqa: PLC0415 -- PostgreSQL's driver is not loaded in vain

        await database_snapshot.emptied(name, url_for(settings, name))
    else:
        for path in file_snapshot.files_of(Path(settings.data_dir), name):
            path.unlink()


async def rows_of(settings: Settings, name: str) -> Mapping[str, int]:
    """How many rows each table of a store has; none where it is empty."""
    if on_postgres(settings) and name != LOG:
        from shared.storage import database_snapshot  # noqa: PLC0415 -- PostgreSQL's driver is not loaded in vain

        return await database_snapshot.rows_in(name, url_for(settings, name))
    return file_snapshot.rows_in(Path(settings.data_dir) / f"{name}.db")


def bring_up(settings: Settings, name: str) -> None:
    """Bring a service's store to its newest revision, unless it is there. Refuses one from a newer Homeward."""
    if with_connection(url_for(settings, name), revisions.revision) != revisions.head(f"services.{name}"):
        # Only here: every start but the first would load Alembic for nothing.
        from shared.storage import migrations  # noqa: PLC0415

        migrations.upgrade(f"services.{name}", url_for(settings, name))


def copy_before_migration(settings: Settings, services: Iterable[str]) -> None:
    """Keep a copy of all files when one of these stores is about to be migrated. Raises NotCopied."""
    if on_postgres(settings) or not any(_is_behind(settings, name) for name in services):
        return
    copies.keep_copy(Path(settings.data_dir), {KEYS}, system_clock())


def _is_behind(settings: Settings, name: str) -> bool:
    """Whether a store that is there lacks a revision. A new one does not."""
    if not (Path(settings.data_dir) / f"{name}.db").exists():
        return False
    at = with_connection(url_for(settings, name), revisions.revision)
    return at is not None and revisions.behind(f"services.{name}", at)


def migrate(
    settings: Settings, services: Sequence[str], new: Collection[str] = (), forgone: Collection[str] = ()
) -> None:
    """Bring every store to its newest revision; make keys and stores where there is nothing yet.

    Raises NoKeys where the keys of used stores are not there, StoreMissing where one store itself is not, unless it is
    in `new`. The stores in `forgone` are to go on with the keys that are there, although some are lost.
    """
    found = {name: presence(url_for(settings, name)) for name in services}
    refuse_missing(found, new, _keyed(settings, [name for name, store in found.items() if not store.used]))
    _refuse_lost_keys(settings, found)
    copy_before_migration(settings, services)
    _, kept = _begun(settings)
    with contextlib.suppress(OSError):  # then nothing is erased, and `homeward check` says so; all else goes on
        ErasureLedger(erasures_of(settings)).begin()
    for name in services:
        bring_up(settings, name)
        if not found[name].used:
            note = partial(write_key_check, value=check_value(kept[name]))
            with_connection(url_for(settings, name), note)
        if name in {*new, *forgone}:
            made = keys_reached(settings, (name,))[name].made
            note = partial(forgo_keys, made=made, at=int(system_clock().timestamp()))
            with_connection(url_for(settings, name), note)


def _refuse_lost_keys(settings: Settings, found: Mapping[str, Presence]) -> None:
    """A key is never made, and a store of keys never begun, beside stores that were in use with another one."""
    used = ", ".join(name for name, store in found.items() if store.used)
    for path in dict.fromkeys(key_files(settings, tuple(found)).values()):
        if used and not path.exists():
            raise UnsafeKeyFile(f"the key file {path} is missing beside stores that were in use ({used}): put it back")
    noted = any(store.key_check is not None for store in found.values())
    where = "the database of keys" if on_postgres(settings) else str(Path(settings.data_dir) / f"{KEYS}.db")
    if noted and not _keys_there(settings):
        raise WrongKeys(f"{where} is missing or new beside stores that were in use ({used}): put it back")


def _refuse_foreign(settings: Settings, found: Mapping[str, Presence], masters: Masters) -> None:
    """Keys that belong to other stores have other secrets than those that ours note."""
    kept = with_connection(url_for(settings, KEYS), lambda connection: secrets_of(connection, masters))
    come = keys_reached(settings, tuple(found))
    for name, store in found.items():
        if store.key_check not in {None, check_value(kept[name])}:
            raise other_keys(name)
        if store.used:
            refuse_older(name, come[name], store.keys_made)


def keys_reached(settings: Settings, services: Sequence[str]) -> Mapping[str, Reached]:
    """How far the keys of each of these services have come."""
    return with_connection(
        url_for(settings, KEYS), lambda connection: {name: reached(connection, name) for name in services}
    )


def _keys_there(settings: Settings) -> bool:
    url = url_for(settings, KEYS)
    return there(url) and with_connection(url, taken_up)


def _keyed(settings: Settings, unused: Sequence[str]) -> frozenset[str]:
    url = url_for(settings, KEYS)
    return with_connection(url, lambda connection: keyed(connection, unused)) if unused and there(url) else frozenset()
