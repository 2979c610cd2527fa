"""Transactions: a SQLite file or a PostgreSQL database per service, behind the same few methods.

Pass a plain synchronous function over a connection to `write` or `read`, so no slow await can happen under a lock. A
store that cannot be reached raises `Unavailable`; two transactions in each other's way raise `Contended`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, Protocol, TypeVar

from sqlalchemy import ARRAY, Column, ColumnElement, Connection, Insert, Table, any_, bindparam
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

T = TypeVar("T")
Work = Callable[[Connection], T]
HowFar = Callable[[int, int], None]
"""Told after each portion of long work: how much is done, of how much."""
MOMENT = "one_moment"
PATIENCE = 1.5
"""Seconds that anything waits for a store, a connection to it or a lock in it, unless said otherwise: a person gets an
answer within two."""
Still = Callable[[], Awaitable[None]]
"""Raises when it may no longer be our turn."""


class Turn:
    """A lock on a task that one process does at a time. A process that has a store to itself always holds it."""

    @asynccontextmanager
    async def taken(self, wake: asyncio.Event, beat: Callable[[], None]) -> AsyncIterator[Still]:
        """Wait for the lock, beating meanwhile, and hold it while inside. A wake-up of any process sets `wake` here."""
        yield _always


async def _always() -> None:
    return


class Database(Protocol):
    """One service's store. `write` returns after the durable commit; `read` sees only what is committed."""

    async def write(self, work: Work[T]) -> T:
        """Run work in one transaction. Raises what it raises, or Unavailable when the store could not be reached."""
        ...

    async def read(self, work: Work[T]) -> T:
        """Run work on a connection that cannot write."""
        ...

    def turn(self, task: str) -> Turn:
        """The lock on a task that one process does at a time."""
        ...

    async def close(self) -> None: ...


def unfit(error: DBAPIError) -> bool:
    """Whether this data can never be stored: a broken constraint, a value out of range. Else it may be retried."""
    if isinstance(error, DataError | IntegrityError):
        return True
    cause = error.orig.__cause__ if error.orig is not None else None
    # asyncpg checks values before it sends them, and then there is no SQLSTATE: it says so by ValueError.
    return isinstance(cause, ValueError) or str(getattr(error.orig, "sqlstate", None) or "").startswith(("22", "23"))


def _insert_into(table: Table, dialect: str) -> Any:
    return (insert_sqlite if dialect == "sqlite" else insert_postgresql)(table)


@cache
def add_if_new(table: Table, dialect: str) -> Insert:
    """An insert that leaves a row alone which is there already."""
    made: Insert = _insert_into(table, dialect).on_conflict_do_nothing()
    return made


def made_and_locked(table: Table, dialect: str) -> Insert:
    """An insert that finds a row which is there already as it is, and locks it."""
    (key,) = table.primary_key
    made: Insert = _insert_into(table, dialect).on_conflict_do_update(index_elements=[key], set_={key.name: key})
    return made


def one_moment(conn: Connection) -> None:
    """Let all that follows in this read see the store at one moment. On SQLite every read does."""
    if conn.dialect.name == "postgresql" and not conn.info.get(MOMENT):
        conn.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        conn.info[MOMENT] = True


def of_subjects(table: Table, conn: Connection) -> ColumnElement[bool]:
    """The table's rows of the subjects given as parameter `subjects`."""
    return among(table.c.subject, "subjects", conn.dialect.name)


def by_index(conn: Connection) -> None:
    """Let this transaction find rows by an index wherever there is one, also in a table that was empty a moment ago."""
    # PostgreSQL plans by what it last counted: it would walk through a table that is being filled, once per portion.
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("SET LOCAL enable_seqscan = off")


def among(column: Column[Any], name: str, dialect: str) -> ColumnElement[bool]:
    """The column is one of the list given as parameter `name`: on PostgreSQL one array, so the text never changes."""
    if dialect == "sqlite":
        return column.in_(bindparam(name, expanding=True))
    return column == any_(bindparam(name, type_=ARRAY(column.type)))
