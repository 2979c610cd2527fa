"""From settings to stores: which database, key store and bus this process has. The only module that chooses.

Files in the data folder and the embedded log are the default; PostgreSQL and Apache Kafka each join by one setting.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from shared.bus.embedded import EmbeddedBus
from shared.bus.port import Bus
from shared.clock import Clock, system_clock
from shared.sealing.keyfile import WrappedKeyStore, file_key_store, make_master_key, master_key
from shared.sealing.keytable import create_tables
from shared.settings import Settings
from shared.storage import Database, copies, file_snapshot, revisions
from shared.storage.once import sqlite_url, with_connection
from shared.storage.postgres import PostgresDatabase
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
        return PostgresDatabase(url_for(settings, name), settings.database_pool)
    return SqliteDatabase(Path(settings.data_dir) / f"{name}.db")


def key_store_for(settings: Settings) -> WrappedKeyStore:
    """The wrapped keys of sealed values, with the master key from its file."""
    if not on_postgres(settings):
        return file_key_store(Path(settings.data_dir))
    return WrappedKeyStore(master_key(key_file(settings)), keys_database(settings))


def keys_database(settings: Settings) -> Database:
    """The wrapped keys by themselves."""
    if on_postgres(settings):
        return PostgresDatabase(url_for(settings, KEYS), 4)
    return SqliteDatabase(Path(settings.data_dir) / f"{KEYS}.db", create_tables)


def key_file(settings: Settings) -> Path:
    """Where the master key lies."""
    return settings.master_key_file or Path(settings.data_dir) / "master.key"


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
        (Path(settings.data_dir) / f"{name}.db").unlink(missing_ok=True)


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


def migrate(settings: Settings, services: tuple[str, ...]) -> None:
    """Bring every store to its newest revision, and make the key table and the master key where missing."""
    copy_before_migration(settings, services)
    key_file(settings).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_master_key(key_file(settings))
    for name in services:
        bring_up(settings, name)
    if on_postgres(settings):
        with_connection(url_for(settings, KEYS), create_tables)
