"""A SQLite file per service: the embedded default.

SQLite has one writer thread per file, and all units that wait (at most 32) share one durable commit, each in a
savepoint of its own, so one that fails is rolled back alone. Readers are a separate pool that cannot write.
"""

import asyncio
import queue
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, QueuePool

from shared.errors import Unavailable
from shared.storage import T, Turn, Work

GROUP = 32
READERS = 2


def _engine(path: Path, *, read_only: bool) -> Engine:
    if read_only:
        pool: dict[str, Any] = {"poolclass": QueuePool, "pool_size": READERS, "max_overflow": 0}
    else:
        pool = {"poolclass": NullPool}
    engine = create_engine(
        f"sqlite:///{path}",
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": 30},
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

    def __init__(self, path: Path, prepare: Work[None] = lambda _: None) -> None:
        self.path = path
        self._waiting: queue.SimpleQueue[tuple[Work[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._writer_engine = _engine(path, read_only=False)
        with self._writer_engine.connect() as connection:
            prepare(connection)
        self._reader_engine = _engine(path, read_only=True)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix=f"read-{path.stem}")
        self._writer = threading.Thread(target=self._write_forever, name=f"write-{path.stem}", daemon=True)
        self._writer.start()

    async def write(self, work: Work[T]) -> T:
        future: Future[T] = Future()
        # A log line of this work says of which request it is: the context goes along into the thread.
        self._waiting.put((partial(copy_context().run, work), future))
        return await asyncio.shield(asyncio.wrap_future(future))

    async def read(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, copy_context().run, self._read, work)

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
            connection.exec_driver_sql("BEGIN")
            try:
                return work(connection)
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def _write_forever(self) -> None:
        with self._writer_engine.connect() as connection:
            while (first := self._waiting.get()) is not None:
                units = [first]
                stop = self._gather(units)
                self._commit_together(connection, units)
                if stop:
                    return

    def _gather(self, units: list[tuple[Work[Any], Future[Any]]]) -> bool:
        """Take all units that wait already. True when asked to stop."""
        while len(units) < GROUP:
            try:
                unit = self._waiting.get_nowait()
            except queue.Empty:
                return False
            if unit is None:
                return True
            units.append(unit)
        return False

    def _commit_together(self, connection: Connection, units: list[tuple[Work[Any], Future[Any]]]) -> None:
        outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            outcomes = [(future, *_in_savepoint(connection, work)) for work, future in units]
            connection.exec_driver_sql("COMMIT")
        except DBAPIError:
            _roll_back(connection)
            outcomes = [(future, None, Unavailable("store_unavailable")) for _, future in units]
        for future, value, error in outcomes:
            if error is None:
                future.set_result(value)
            else:
                future.set_exception(error)


def _in_savepoint(connection: Connection, work: Work[Any]) -> tuple[Any, BaseException | None]:
    connection.exec_driver_sql("SAVEPOINT unit")
    try:
        value = work(connection)
    except BaseException as error:
        connection.exec_driver_sql("ROLLBACK TO unit")
        connection.exec_driver_sql("RELEASE unit")
        return None, error
    connection.exec_driver_sql("RELEASE unit")
    return value, None


def _roll_back(connection: Connection) -> None:
    try:
        connection.exec_driver_sql("ROLLBACK")
    except DBAPIError:
        # Nothing was begun, or SQLite rolled back by itself (disk full): either way nothing of the group is stored.
        return
