"""The real servers for a measurement: a PostgreSQL with durable commits, and a broker of Apache Kafka."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from bench import pgbench
from bench.worlds import PATIENCE, Nowhere, at_work, write
from deploy.local.kafka import Kafka, missing
from deploy.local.postgres import PROGRAMS, Postgres, make_databases, psql
from shared.runtime import Kept
from shared.settings import Settings

OPTIONS = {"shared_buffers": "512MB", "max_wal_size": "4GB", "log_statement": "none"}
"""fsync and synchronous_commit stay on: a write that was answered is on the disk."""


@dataclass
class Store:
    """A PostgreSQL server with an empty database per service, and the settings that lead there."""

    server: Postgres
    settings: Settings

    def url(self, service: str) -> str:
        return self.settings.database_url.get_secret_value().replace("{service}", service)

    def do(self, service: str, *statements: str) -> str:
        """Run statements on a service's database; what they answer."""
        command = [str(PROGRAMS / "psql"), "-At", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", self.url(service)]
        for statement in statements:
            command += ["-c", statement]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def empty(self, kept: Kept) -> None:
        """Forget all rows of a service but who holds which case, so that every pass begins alike."""
        tables = (table.name for table in kept.ledger.stream.metadata.sorted_tables)
        names = ", ".join(f'"{name}"' for name in tables if name != kept.ledger.relation.name)
        self.do(kept.name, f"TRUNCATE {names} RESTART IDENTITY", "CHECKPOINT")

    async def script(self, path: Path) -> Path:
        """A pgbench script with the statements of our write, as the server sees them."""
        database = self.url("screening").rpartition("/")[2]
        log = self.server.folder / "log.txt"
        psql(self.server.address, [f"ALTER DATABASE {database} SET log_statement = 'all'"])
        async with at_work("screening", self.settings.model_copy(update={"database_pool": 1}), Nowhere()) as running:
            begin = log.stat().st_size
            for _ in range(3):
                await write(running.kept)
        psql(self.server.address, [f"ALTER DATABASE {database} RESET log_statement"])
        *_, one, other = pgbench.units(log.read_bytes()[begin:].decode())
        path.write_text(pgbench.script(one, other), "utf-8")
        return path


@asynccontextmanager
async def postgres() -> AsyncIterator[Store]:
    """A server of this measurement's own."""
    with TemporaryDirectory(prefix="homeward-bench-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        server = Postgres(place / "postgres", options=OPTIONS)
        try:
            await asyncio.to_thread(server.start)
            (place / "data").mkdir(mode=0o700)
            url = SecretStr(await asyncio.to_thread(make_databases, server.address))
            yield Store(
                server, Settings(data_dir=place / "data", database_url=url, database_pool=16, store_seconds=PATIENCE)
            )
        finally:
            await asyncio.to_thread(server.stop)


@asynccontextmanager
async def kafka() -> AsyncIterator[Kafka]:
    """A broker of this measurement's own."""
    if todo := missing():
        raise SystemExit(f"Apache Kafka: {todo}")
    with TemporaryDirectory(prefix="homeward-bench-") as folder:
        cluster = Kafka(Path(folder) / "kafka")
        try:
            await asyncio.to_thread(cluster.start)
            yield cluster
        finally:
            await asyncio.to_thread(cluster.stop)
