"""A SQLite file at one moment, also one that another process is writing: a read transaction, copied page by page."""

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from shared.storage.damage import DamagedFile, connected, is_damage, refuse_damaged
from shared.storage.snapshots import NotCopied

PAUSE = 0.001
"""A busy file is free for moments only. SQLite's own waiting would sleep through them."""
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


class FileSnapshot:
    """A file of the embedded form. Raises NotCopied where there is none: nothing is made in its place."""

    def __init__(self, name: str, path: Path) -> None:
        if not path.exists():
            raise NotCopied(f"There is no file {path}.")
        self.name, self._path = name, path
        self._writer = connected(path, 0.0)
        self._reader = connected(path)

    async def hold(self, seconds: float) -> bool:
        until = asyncio.get_running_loop().time() + seconds
        while not self._begun():
            if asyncio.get_running_loop().time() > until:
                return False
            await asyncio.sleep(PAUSE)
        return True

    async def open(self) -> None:
        self._reader.execute("BEGIN")
        # A transaction sees the store as it is at its first read, not at its beginning.
        self._reader.execute("SELECT count(*) FROM sqlite_master").fetchone()

    async def release(self) -> None:
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")

    async def rows(self) -> Mapping[str, int]:
        with self._trouble_named():
            return _rows(self._reader)

    async def revision(self) -> str | None:
        if "alembic_version" not in {name for (name,) in self._reader.execute(_TABLES)}:
            return None
        found = self._reader.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if found is None else str(found[0])

    async def copy(self, into: Path) -> None:
        with self._trouble_named():
            with closing(sqlite3.connect(into)) as copy:
                self._reader.backup(copy)
            refuse_damaged(into)

    async def close(self) -> None:
        self._reader.close()
        self._writer.close()

    def _begun(self) -> bool:
        try:
            with self._trouble_named():
                self._writer.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True

    @contextmanager
    def _trouble_named(self) -> Iterator[None]:
        try:
            yield
        except DamagedFile:
            raise DamagedFile(self._path) from None
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                raise DamagedFile(self._path) from None
            if error.sqlite_errorname.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise
            raise NotCopied(f"The file {self._path} cannot be copied ({error.sqlite_errorname}).") from None


def files_of(folder: Path, name: str) -> list[Path]:
    """The file of a store and what SQLite keeps beside it, as far as they are there."""
    return [path for end in ("", "-wal", "-shm") if (path := folder / f"{name}.db{end}").exists()]


def rows_in(path: Path) -> Mapping[str, int]:
    """How many rows each table of a file has."""
    with closing(connected(path)) as connection:
        return _rows(connection)


def _rows(connection: sqlite3.Connection) -> Mapping[str, int]:
    tables = [name for (name,) in connection.execute(_TABLES)]
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608
