"""Where transactions really happen: a SQLite file or a PostgreSQL database per service, behind the same few methods.

Work is a plain synchronous function over a connection on both, so no slow await can ever happen under a lock.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Insert, Table, text
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

T = TypeVar("T")
Work = Callable[[Connection], T]
Still = Callable[[], Awaitable[None]]
"""Raises when we are no longer the only one."""


class Database(Protocol):
    """One service's store. `write` returns after the durable commit; `read` sees only what is committed."""

    async def write(self, work: Work[T]) -> T:
        """Run work in one transaction. Raises what it raises, or Unavailable when the store could not be reached."""
        ...

    async def read(self, work: Work[T]) -> T:
        """Run work on a connection that cannot write."""
        ...

    def alone(self, task: str) -> AbstractAsyncContextManager[Still]:
        """Wait until no other process does this task on this store, and keep it that way while inside."""
        ...

    async def close(self) -> None: ...


def add_if_new(table: Table, dialect: str) -> Insert:
    """An insert that leaves a row alone which is there already."""
    make = insert_sqlite if dialect == "sqlite" else insert_postgresql
    return make(table).on_conflict_do_nothing()


def one_moment(conn: Connection) -> None:
    """Let all that follows in this transaction see the store at one moment. Ask before anything else is read."""
    # A transaction of SQLite does so anyway.
    if conn.dialect.name == "postgresql":
        conn.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
