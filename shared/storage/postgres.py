"""A PostgreSQL database per service: the same synchronous work, over asyncpg through SQLAlchemy's bridge.

Nothing here retries. A deadlock or a lost race ends the transaction as `Contended`, and the caller runs the whole work
again from its beginning, because what it had read may have changed.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.errors import Contended, Unavailable
from shared.storage import MOMENT, PATIENCE, T, Turn, Work, unfit
from shared.storage.pulse import Pulse
from shared.storage.turns import SessionTurn

RACES = {"40001", "40P01"}
"""SQLSTATE of a serialization failure and of a deadlock."""
LOCKED = "55P03"
"""SQLSTATE of a lock that somebody else would not give."""
TURNS = 3
"""A service waits for its turn at three tasks, each on a connection of its own."""
GONE = ("08", "28", "53", "57", "58")
"""SQLSTATE classes of lost connections, refused accounts, exhausted resources, an operator's intervention and system
errors."""
READ_ONLY = "25006"
"""SQLSTATE of a write that a server does not take now, such as one that stands by."""


def engine_of(url: str, pool: int, *, reading: bool = False, patience: float = 30.0) -> AsyncEngine:
    """An engine for a `postgresql://` address. Statement parameters never reach an error or a log.

    So many seconds anything waits for a connection or a lock; work itself may take as long as it does. What follows `?`
    in the address (`sslmode`, `sslrootcert`) is read anew for each connection, so that a renewed file is found.
    """
    address, asked, _ = url.partition("?")
    session = {"application_name": "homeward", "jit": "off", "lock_timeout": f"{int(patience * 1000)}ms"}
    if reading:
        session["default_transaction_read_only"] = "on"
    return create_async_engine(
        address.replace("postgresql://", "postgresql+asyncpg://", 1),
        hide_parameters=True,
        pool_size=pool,
        max_overflow=0,
        pool_timeout=patience,
        # A read is mostly one statement: a transaction around it would triple its way to the server and back.
        isolation_level="AUTOCOMMIT" if reading else None,
        connect_args={"server_settings": session, "timeout": patience} | ({"dsn": url} if asked else {}),
    )


class PostgresDatabase:
    """Two small pools of connections to one database: one writes, the other cannot."""

    def __init__(self, url: str, pool: int = 8, patience: float = PATIENCE) -> None:
        self._engine = engine_of(url, pool + TURNS, patience=patience)
        self._readers = engine_of(url, max(2, pool // 2), reading=True, patience=patience)
        self._patience = patience
        self._pulse = Pulse(engine_of(url, 1, reading=True, patience=patience), patience)

    async def write(self, work: Work[T]) -> T:
        with _trouble_named(*GONE, READ_ONLY):
            async with self._connected(self._engine) as connection, connection.begin():
                return await connection.run_sync(work)

    async def read(self, work: Work[T]) -> T:
        with _trouble_named(*GONE):
            async with self._connected(self._readers) as connection:
                return await connection.run_sync(_ended, work)

    @asynccontextmanager
    async def _connected(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        """A connection within our patience, cut off when the server falls silent."""
        self._pulse.refuse()
        async with asyncio.timeout(self._patience) as waiting, engine.connect() as connection:
            waiting.reschedule(None)
            with self._pulse.felt(connection):
                yield connection

    def turn(self, task: str) -> Turn:
        return SessionTurn(self._engine, task)

    async def close(self) -> None:
        await self._pulse.close()
        await self._engine.dispose()
        await self._readers.dispose()


def _ended(conn: Connection, work: Work[T]) -> T:
    """Run work, and end the transaction that `one_moment` may have begun."""
    try:
        return work(conn)
    finally:
        # A connection that broke has no transaction left to end, and says so even when asked about itself.
        if not conn.invalidated and conn.info.pop(MOMENT, False):
            conn.exec_driver_sql("ROLLBACK")


@contextmanager
def _trouble_named(*gone: str) -> Iterator[None]:
    """Turn the driver's errors into what they mean for the caller. A broken rule of the data stays what it is."""
    try:
        yield
    except DBAPIError as error:
        if unfit(error):
            raise
        state = str(getattr(error.orig, "sqlstate", None) or "")
        if state in RACES:
            raise Contended from None
        if state == LOCKED:
            raise Unavailable("busy") from None
        if error.connection_invalidated or not state or state.startswith(gone):
            raise Unavailable("store_unavailable") from None
        raise
    except (PoolTimeout, OSError):
        raise Unavailable("store_unavailable") from None
