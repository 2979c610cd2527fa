"""Where a load runs: the settings of its stores and its bus, and everything that can be read there afterwards."""

import contextlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from sqlalchemy import Connection, MetaData, create_engine, select
from sqlalchemy.pool import NullPool

from shared import stores
from shared.settings import Settings
from shared.storage import migrations, one_moment
from shared.storage.once import with_connection
from shared.storage.postgres import PostgresDatabase
from tests.support.load.services import GrantsBase, IntakeBase

METADATA: Mapping[str, MetaData] = {"intake": IntakeBase.metadata, "grants": GrantsBase.metadata}
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Books:
    """All rows of both services by service and table, and what the writers were answered."""

    rows: Mapping[str, Mapping[str, Rows]]
    answered: Rows

    def of(self, service: str, table: str) -> Rows:
        return self.rows[service][table]


@dataclass(frozen=True)
class Ground:
    """The folder, databases and topic of one load. `kind`: `embedded`, or `kafka` with PostgreSQL."""

    kind: str
    settings: Settings

    @property
    def folder(self) -> Path:
        return Path(self.settings.data_dir)

    def environment(self) -> dict[str, str]:
        """The settings as variables, for a process of its own."""
        given = {name: getattr(self.settings, name) for name in self.settings.model_fields_set}
        shown = {name: getattr(value, "get_secret_value", lambda v=value: v)() for name, value in given.items()}
        return {f"HOMEWARD_{name.upper()}": str(value) for name, value in shown.items()}

    def make_tables(self) -> None:
        """Bring both stores up and add the tables of the load. Not inside an event loop."""
        for service, metadata in METADATA.items():
            url = stores.url_for(self.settings, service)
            migrations.upgrade(f"services.{service}", url)
            with_connection(url, metadata.create_all)

    async def books(self) -> Books:
        """Everything that is committed now, without disturbing whoever writes."""
        rows = {service: await self._read(service) for service in METADATA}
        return Books(rows, self.answers())

    def answers(self) -> Rows:
        """What the writers were answered so far."""
        files = sorted(self.folder.glob("answered-*.jsonl"))
        lines = [line for path in files for line in path.read_text().splitlines(keepends=True)]
        # A process killed while it wrote leaves half a line: nobody had read that answer yet.
        return [json.loads(line) for line in lines if line.endswith("\n")]

    async def records_in_topic(self) -> int:
        """How many records the bus has taken so far, duplicates as well."""
        if self.kind == "embedded":
            with contextlib.closing(sqlite3.connect(self.folder / "bus.db")) as log:
                return int(log.execute("SELECT coalesce(sum(next), 0) FROM head").fetchone()[0])
        reader = AIOKafkaConsumer(bootstrap_servers=self.settings.kafka_brokers)
        await reader.start()
        try:
            places = [TopicPartition(self.settings.kafka_topic, n) for n in range(self.settings.kafka_partitions)]
            return sum((await reader.end_offsets(places)).values())
        finally:
            await reader.stop()

    async def lose_topic(self) -> None:
        """The topic and everything in it is gone."""
        if self.kind == "embedded":
            for file in self.folder.glob("bus.db*"):
                file.unlink()
            return
        admin = AIOKafkaAdminClient(bootstrap_servers=self.settings.kafka_brokers)
        await admin.start()
        try:
            await admin.delete_topics([self.settings.kafka_topic])
        finally:
            await admin.close()

    async def _read(self, service: str) -> dict[str, Rows]:
        tables = METADATA[service]
        if stores.on_postgres(self.settings):
            database = PostgresDatabase(stores.url_for(self.settings, service), 1, patience=30.0)
            try:
                return await database.read(lambda conn: _at_one_moment(conn, tables))
            finally:
                await database.close()
        engine = create_engine(stores.url_for(self.settings, service), poolclass=NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only=ON")
            connection.exec_driver_sql("BEGIN")
            return _at_one_moment(connection, tables)


def _at_one_moment(conn: Connection, metadata: MetaData) -> dict[str, Rows]:
    """All tables as they stood together, while whoever writes goes on."""
    one_moment(conn)
    tables = [table for table in metadata.sorted_tables if table.name != "audit"]
    return {
        table.name: [dict(row) for row in conn.execute(select(table).order_by(*table.primary_key)).mappings()]
        for table in tables
    }
