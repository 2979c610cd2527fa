"""A PostgreSQL database at one moment: an exported snapshot, written by `pg_dump` and put back by `pg_restore`.

Both programs must be on the PATH, in the server's version or a newer one. A password never stands on a command line.
"""

import asyncio
import os
import shutil
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg

from shared.storage.snapshots import NotCopied

WHO = {"application_name": "homeward-backup"}
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_HOLD = "LOCK TABLE journal, pending IN EXCLUSIVE MODE"
"""Lets everybody read, and no unit store a fact: so none is published that a snapshot opened meanwhile lacks."""


class DatabaseSnapshot:
    """A database of a service, or of the keys, where nothing must be held: `held` says which."""

    def __init__(self, name: str, url: str, *, held: bool) -> None:
        self.name, self._url, self._held = name, url, held
        self._writer: Any = None
        self._reader: Any = None
        self._snapshot = ""

    async def hold(self, seconds: float) -> bool:
        if not self._held:
            return True
        with _trouble_named(self.name):
            self._writer = self._writer or await asyncpg.connect(self._url, timeout=10, server_settings=WHO)
            await self._writer.execute(f"BEGIN; SET LOCAL lock_timeout = {max(1, int(seconds * 1000))}")
            try:
                await self._writer.execute(_HOLD)
            except asyncpg.LockNotAvailableError:
                return False
        return True

    async def open(self) -> None:
        with _trouble_named(self.name):
            self._reader = await asyncpg.connect(self._url, timeout=10, server_settings=WHO)
            await self._reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            self._snapshot = await self._reader.fetchval("SELECT pg_export_snapshot()")

    async def release(self) -> None:
        if self._writer is not None and not self._writer.is_closed():
            await self._writer.execute("ROLLBACK")

    async def revision(self) -> str | None:
        if "alembic_version" not in [name for (name,) in await self._reader.fetch(_TABLES)]:
            return None
        found = await self._reader.fetchval("SELECT version_num FROM alembic_version")
        return None if found is None else str(found)

    async def rows(self) -> Mapping[str, int]:
        with _trouble_named(self.name):
            return await _rows(self._reader)

    async def copy(self, into: Path) -> None:
        how = ("--format=custom", "--compress=0", "--no-owner", "--no-privileges", f"--snapshot={self._snapshot}")
        await _program("pg_dump", self.name, self._url, *how, f"--file={into}")

    async def close(self) -> None:
        for connection in (self._reader, self._writer):
            if connection is not None:
                await connection.close()


async def put_back(name: str, url: str, path: Path) -> None:
    """Fill an empty database with what `copy` wrote: all of it, or nothing."""
    how = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
    await _program("pg_restore", name, url, *how, str(path))


async def rows_in(name: str, url: str) -> Mapping[str, int]:
    """How many rows each table of a database has; nothing where it is empty."""
    async with _connected(name, url) as connection:
        return await _rows(connection)


async def emptied(name: str, url: str) -> None:
    """Drop every table: of a database that was empty before `put_back` filled it in vain."""
    async with _connected(name, url) as connection:
        for (table,) in await connection.fetch(_TABLES):
            await connection.execute(f'DROP TABLE "{table}" CASCADE')


@asynccontextmanager
async def _connected(name: str, url: str) -> AsyncIterator[Any]:
    with _trouble_named(name):
        connection = await asyncpg.connect(url, timeout=10, server_settings=WHO)
        try:
            yield connection
        finally:
            await connection.close()


async def _rows(connection: Any) -> Mapping[str, int]:
    tables = [name for (name,) in await connection.fetch(_TABLES)]
    return {name: await connection.fetchval(f'SELECT count(*) FROM "{name}"') for name in tables}  # noqa: S608


async def _program(program: str, name: str, url: str, *how: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise NotCopied(f"{program} is not here: install PostgreSQL's client programs, or add them to the PATH.")
    parts = urlsplit(url)
    password = {} if parts.password is None else {"PGPASSWORD": unquote(parts.password)}
    open_part = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@")).geturl()
    process = await asyncio.create_subprocess_exec(
        found, *how, f"--dbname={open_part}", env=os.environ | password, stdout=PIPE, stderr=PIPE
    )
    _, said = await process.communicate()
    if process.returncode != 0:
        lines = said.decode("utf-8", "replace").strip().splitlines()
        raise NotCopied(f"{program} failed for {name}: {lines[0] if lines else process.returncode}")


@contextmanager
def _trouble_named(name: str) -> Iterator[None]:
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        raise NotCopied(f"The database of {name} cannot be reached or read ({type(error).__name__}).") from None
