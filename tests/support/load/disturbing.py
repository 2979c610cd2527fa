"""What strangers do to the stores of a load while it runs."""

import asyncio
import contextlib
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from sqlalchemy import text

from deploy.local import postgres
from shared import stores
from shared.storage.postgres import engine_of
from tests.support.load.ground import METADATA, Ground


def disturb(ground: Ground, seconds: float) -> None:
    """Lock the files again and again; or end every connection to PostgreSQL, and stand in the way of its locks."""
    if ground.kind == "embedded":
        _lock_files(ground, seconds)
    else:
        asyncio.run(_cut_and_cross(ground, seconds))


def alter(ground: Ground, table: str) -> None:
    """Give a table one more column, in whichever store has it."""
    for service, metadata in METADATA.items():
        if table in metadata.tables:
            _run(ground, service, f"ALTER TABLE {table} ADD COLUMN added_under_load VARCHAR")


def spoil(ground: Ground) -> None:
    """Make the view of grants say that nothing was ever counted."""
    _run(ground, "grants", """UPDATE facet SET data = '{"count":0,"in_order":true,"last":0}' WHERE source = 'intake'""")


@contextlib.contextmanager
def frozen(server: postgres.Postgres) -> Iterator[None]:
    """Stop all processes of a server while inside: connections stay open, new ones are taken, and nothing answers."""
    assert server.process is not None
    first = psutil.Process(server.process.pid)
    first.suspend()
    stopped = [first, *first.children(recursive=True)]
    try:
        for process in stopped[1:]:
            process.suspend()
        yield
    finally:
        for process in stopped:
            process.resume()


def only_read(ground: Ground, *, on: bool) -> None:
    """Let databases be read only, for every session from now on, and end all others; or let them be written again."""
    server, prefix = ground.settings.database_url.get_secret_value().rsplit("/", 1)
    for name in (prefix.replace("{service}", service) for service in METADATA):
        mode = f"ALTER DATABASE {name} SET default_transaction_read_only = {'on' if on else 'off'}"
        postgres.psql(
            server, [mode, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"]
        )


@contextlib.contextmanager
def small_disk(place: Path, megabytes: int, owner: int = 0) -> Iterator[Path | None]:
    """A disk of its own with so little room; None where this process has no right to mount one."""
    place.mkdir(parents=True)
    options = f"size={megabytes}m,mode=0700,uid={owner},gid={owner}"
    mounted = subprocess.run(("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)), check=False)
    if mounted.returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(("umount", "--lazy", str(place)), check=True)


@contextlib.contextmanager
def full(disk: Path) -> Iterator[None]:
    """Take all room that a disk has left while inside."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        filler.unlink()


def _run(ground: Ground, service: str, statement: str) -> None:
    url = stores.url_for(ground.settings, service)
    if ground.kind == "embedded":
        _execute_in_file(url.removeprefix("sqlite:///"), statement)
    else:
        asyncio.run(_execute(url, statement))


def _lock_files(ground: Ground, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for name in (*METADATA, "bus"):
            with contextlib.closing(sqlite3.connect(ground.folder / f"{name}.db", isolation_level=None)) as stranger:
                stranger.executescript("PRAGMA wal_autocheckpoint=0; BEGIN IMMEDIATE;")
                time.sleep(0.3)
                stranger.execute("ROLLBACK")


def _execute_in_file(path: str, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as stranger:
        stranger.execute("PRAGMA wal_autocheckpoint=0")
        stranger.execute(statement)


async def _execute(url: str, statement: str) -> None:
    engine = engine_of(url, 1)
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql(statement)
    finally:
        await engine.dispose()


CUT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND datname = current_database() AND random() < 0.5"""
CROSS = "SELECT subject FROM stream ORDER BY subject DESC FOR UPDATE"


async def _cut_and_cross(ground: Ground, seconds: float) -> None:
    engines = [engine_of(stores.url_for(ground.settings, service), 2) for service in METADATA]
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for engine in engines:
            with contextlib.suppress(Exception):  # a stranger may be the victim of its own deadlock
                async with engine.begin() as connection:
                    await connection.execute(text(CROSS))
            async with engine.begin() as connection:
                await connection.execute(text(CUT))
        await asyncio.sleep(0.2)
    for engine in engines:
        await engine.dispose()
