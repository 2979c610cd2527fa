"""From settings to stores: which database, key store and bus this process has. The only module that chooses.

Files in the data folder and the embedded log are the default; PostgreSQL and Apache Kafka each join by one setting.
"""

from pathlib import Path

from shared.bus.embedded import EmbeddedBus
from shared.bus.port import Bus
from shared.clock import Clock
from shared.sealing.keyfile import WrappedKeyStore, file_key_store, make_master_key, master_key
from shared.sealing.keytable import create_tables
from shared.settings import Settings
from shared.storage import Database, revisions
from shared.storage.once import sqlite_url, with_connection
from shared.storage.postgres import PostgresDatabase
from shared.storage.sqlite import SqliteDatabase

KEYS = "keys"


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


def key_store_for(settings: Settings) -> WrappedKeyStore:
    """The wrapped keys of sealed values, with the master key from its file."""
    if not on_postgres(settings):
        return file_key_store(Path(settings.data_dir))
    database = PostgresDatabase(url_for(settings, KEYS), 4, settings.store_seconds)
    return WrappedKeyStore(master_key(key_file(settings)), database)


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


def bring_up(settings: Settings, name: str) -> None:
    """Bring a service's store to its newest revision, unless it is there. Refuses one from a newer Homeward."""
    if with_connection(url_for(settings, name), revisions.revision) != revisions.head(f"services.{name}"):
        # Only here: every start but the first would load Alembic for nothing.
        from shared.storage import migrations  # noqa: PLC0415

        migrations.upgrade(f"services.{name}", url_for(settings, name))


def migrate(settings: Settings, services: tuple[str, ...]) -> None:
    """Bring every store to its newest revision, and make the key table and the master key where missing."""
    key_file(settings).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_master_key(key_file(settings))
    for name in services:
        bring_up(settings, name)
    if on_postgres(settings):
        with_connection(url_for(settings, KEYS), create_tables)
