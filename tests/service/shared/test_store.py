"""The SQLite store: group commit, savepoints, readers that cannot write."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from shared.errors import Refused
from shared.storage.sqlite import SqliteDatabase


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    database = SqliteDatabase(tmp_path / "store.db")
    await database.write(lambda conn: conn.exec_driver_sql("create table t (n integer primary key)"))
    yield database
    await database.close()


def _add(number: int, fail: bool = False) -> Callable[[Connection], int]:
    def work(connection: Connection) -> int:
        connection.exec_driver_sql("insert into t values (?)", (number,))
        if fail:
            raise Refused("no")
        return number

    return work


def _all(connection: Connection) -> list[int]:
    return [row[0] for row in connection.exec_driver_sql("select n from t order by n")]


async def test_one_that_fails_undoes_itself_alone(store: SqliteDatabase) -> None:
    units = [store.write(_add(n, fail=n % 3 == 0)) for n in range(100)]
    outcomes = await asyncio.gather(*units, return_exceptions=True)
    assert [isinstance(outcome, Refused) for outcome in outcomes] == [n % 3 == 0 for n in range(100)]
    assert await store.read(_all) == [n for n in range(100) if n % 3]


async def test_what_was_answered_is_there_after_closing(tmp_path: Path) -> None:
    first = SqliteDatabase(tmp_path / "kept.db")
    await first.write(lambda conn: conn.exec_driver_sql("create table t (n integer primary key)"))
    await first.write(_add(7))
    await first.close()
    again = SqliteDatabase(tmp_path / "kept.db")
    assert await again.read(_all) == [7]
    await again.close()


async def test_readers_cannot_write(store: SqliteDatabase) -> None:
    with pytest.raises(OperationalError, match="readonly"):
        await store.read(_add(1))


async def test_commits_are_durable(store: SqliteDatabase) -> None:
    level = await store.write(lambda conn: conn.exec_driver_sql("pragma synchronous").scalar())
    mode = await store.write(lambda conn: conn.exec_driver_sql("pragma journal_mode").scalar())
    assert (level, mode) == (2, "wal")
