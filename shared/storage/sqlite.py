"""A SQLite file per service: the embedded default.

SQLite has one writer thread per file, and all units that wait (at most 32) share one durable commit, each in a
savepoint of its own, so one that fails is rolled back alone. Readers are a separate pool that cannot write.
"""

import asyncio
import queue
import sqlite3
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool, QueuePool

from shared.errors import Unavailable
from shared.storage import PATIENCE, T, Turn, Work

Waiting = tuple[Work[Any], "Future[Any]"]
GROUP = 32
AWAY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN}
"""What SQLite says of a file, not of a statement."""
READERS = 2


def _engine(path: Path, patience: float, *, read_only: bool) -> Engine:
    if read_only:
        pool: dict[str, Any] = {"poolclass": QueuePool, "pool_size": READERS, "max_overflow": 0}
    else:
        pool = {"poolclass": NullPool}
    engine = create_engine(
        f"sqlite:///{path}",
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": patience},
        **pool,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        for pragma in _pragmas(read_only=read_only):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _pragmas(*, read_only: bool) -> tuple[str, ...]:
    if read_only:
        return ("query_only=ON", "wal_autocheckpoint=0")
    # FULL: a commit that was answered survives a power cut. secure_delete: what is erased is overwritten.
    return ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON", "wal_autocheckpoint=1000")


class SqliteDatabase:
    """A SQLite file with one writer thread and group commit."""

    def __init__(self, path: Path, prepare: Work[None] = lambda _: None, patience: float = PATIENCE) -> None:
        self.path = path
        self._waiting: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._writer_engine = _engine(path, patience, read_only=False)
        with self._writer_engine.connect() as connection:
            prepare(connection)
        self._reader_engine = _engine(path, patience, read_only=True)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix=f"read-{path.stem}")
        self._writer = threading.Thread(target=self._write_forever, name=f"write-{path.stem}", daemon=True)
        self._writer.start()

    async def write(self, work: Work[T]) -> T:
        future: Future[T] = Future()
        self._waiting.put((_in_context(work), future))
        return await asyncio.shield(asyncio.wrap_future(future))

    async def read(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, _in_context(work))

    def turn(self, task: str) -> Turn:
        """One process writes a file, so it is always its turn."""
        return Turn()

    async def close(self) -> None:
        self._waiting.put(None)
        await asyncio.to_thread(self._writer.join)
        self._readers.shutdown()
        self._reader_engine.dispose()
        self._writer_engine.dispose()

    def _read(self, work: Work[T]) -> T:
        with self._reader_engine.connect() as connection:
            try:
                connection.exec_driver_sql("BEGIN")
                return work(connection)
            except OperationalError as error:
                raise _named(error) from None
            finally:
                _roll_back(connection)

    def _write_forever(self) -> None:
        with self._writer_engine.connect() as connection:
            while (first := self._waiting.get()) is not None:
                units = [first]
                stop = self._gather(units, GROUP)
                if _begun(connection):
                    _commit_together(connection, units)
                else:
                    # All who wait have waited as long: who tried next, one group after the other, would wait again.
                    stop = stop or self._gather(units, sys.maxsize)
                    _refuse(units)
                if stop:
                    return

    def _gather(self, units: list[Waiting], most: int) -> bool:
        """Take all units that wait already. True when asked to stop."""
        while len(units) < most:
            try:
                unit = self._waiting.get_nowait()
            except queue.Empty:
                return False
            if unit is None:
                return True
            units.append(unit)
        return False


def _begun(connection: Connection) -> bool:
    """Begin a transaction. False where somebody else would not give up the file in time, or it is away."""
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except DBAPIError:
        return False
    return True


def _commit_together(connection: Connection, units: list[Waiting]) -> None:
    try:
        outcomes = [(future, *_in_savepoint(connection, work)) for work, future in units]
        connection.exec_driver_sql("COMMIT")
    except DBAPIError:
        _roll_back(connection)
        _refuse(units)
        return
    for future, value, error in outcomes:
        if error is None:
            future.set_result(value)
        else:
            future.set_exception(error)


def _refuse(units: list[Waiting]) -> None:
    for _, future in units:
        future.set_exception(Unavailable("store_unavailable"))


def _in_context(work: Work[T]) -> Work[T]:
    """The same work, whose log lines say in any thread of which request they are."""
    context = copy_context()
    return lambda connection: context.run(work, connection)


def _in_savepoint(connection: Connection, work: Work[Any]) -> tuple[Any, BaseException | None]:
    connection.exec_driver_sql("SAVEPOINT unit")
    try:
        value = work(connection)
    except BaseException as error:
        connection.exec_driver_sql("ROLLBACK TO unit")
        connection.exec_driver_sql("RELEASE unit")
        return None, _named(error)
    connection.exec_driver_sql("RELEASE unit")
    return value, None


def _named(error: BaseException) -> BaseException:
    """What it means for the caller: a file that is locked, full or gone may be there again in a moment."""
    cause = error.orig if isinstance(error, OperationalError) else None
    return Unavailable("store_unavailable") if getattr(cause, "sqlite_errorcode", 0) & 0xFF in AWAY else error


def _roll_back(connection: Connection) -> None:
    try:
        connection.exec_driver_sql("ROLLBACK")
    except DBAPIError:
        # Nothing was begun, or SQLite rolled back by itself (disk full): either way nothing of the group is stored.
        return
