"""A store that somebody else holds: whoever asks is told so soon, and it goes on by itself afterwards."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from shared.auth import Role
from shared.errors import Unavailable
from shared.storage import sqlite
from shared.storage.once import sqlite_url
from shared.storage.postgres import PostgresDatabase, engine_of
from shared.storage.sqlite import GROUP, SqliteDatabase
from shared.testing import caller
from tests.conftest import Start

OFFICER = caller("sok", Role.INTAKE_OFFICER)
PERSONS = "/intake/v1/persons"
PERSON = {"sex": "FEMALE", "identity": {"names": [{"full_name": "Sok Dara", "script": "LATIN"}]}}


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """How often a file was waited for, each time not long."""
    begun, seen = sqlite._begun, list[bool]()

    def noted(connection: Connection) -> bool:
        seen.append(begun(connection))
        return seen[-1]

    monkeypatch.setenv("HOMEWARD_STORE_SECONDS", "0.2")
    monkeypatch.setattr(sqlite, "_begun", noted)
    return seen


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """A stranger holds the file."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as stranger:
        stranger.execute("BEGIN IMMEDIATE")
        yield
        stranger.execute("ROLLBACK")


async def test_all_who_wait_for_a_file_are_told_at_once(tmp_path: Path, tried: list[bool]) -> None:
    store = SqliteDatabase(tmp_path / "store.db", patience=0.2)
    await store.write(lambda conn: conn.exec_driver_sql("create table t (n integer)"))
    tried.clear()
    with held(tmp_path / "store.db"):
        many = [store.write(lambda conn: conn.exec_driver_sql("insert into t values (1)")) for _ in range(10 * GROUP)]
        outcomes = await asyncio.gather(*many, return_exceptions=True)
        assert {repr(outcome) for outcome in outcomes} == {repr(Unavailable("store_unavailable"))}
        assert len(tried) <= 2
        assert await store.read(lambda conn: conn.exec_driver_sql("select count(*) from t").scalar()) == 0
    await store.write(lambda conn: conn.exec_driver_sql("insert into t values (2)"))
    await store.close()


async def test_a_request_waits_for_a_locked_file_once_and_writes_go_on_afterwards(
    start: Start, tried: list[bool]
) -> None:
    intake = await start("intake")
    store: Any = intake.running["intake"].kept.database
    tried.clear()
    async with intake.client() as client:
        headers = {"Authorization": OFFICER, "Idempotency-Key": "k"}
        with held(store.path):
            refused = await client.post(PERSONS, json=PERSON, headers=headers)
            assert tried.count(False) == 1
            unread = await client.get(PERSONS, headers={"Authorization": OFFICER})
            assert tried.count(False) == 2
        done = await client.post(PERSONS, json=PERSON, headers=headers)
    for answer in (refused, unread):
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert answer.headers["retry-after"] == "1"
    assert done.status_code == 201


@pytest.mark.parametrize("sort", ["write", "read"])
async def test_a_file_that_cannot_be_used_is_unavailable_and_a_wrong_statement_is_not(
    tmp_path: Path, tried: list[bool], sort: str
) -> None:
    store, other = SqliteDatabase(tmp_path / "store.db", patience=0.2), create_engine(sqlite_url(tmp_path / "other.db"))

    def meets_a_lock(_: Connection) -> None:
        with other.connect() as conn:
            conn.exec_driver_sql("pragma busy_timeout = 0")
            conn.exec_driver_sql("select * from t")

    with contextlib.closing(sqlite3.connect(tmp_path / "other.db", isolation_level=None)) as stranger:
        stranger.execute("create table t (n integer)")
        stranger.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Unavailable):
            await getattr(store, sort)(meets_a_lock)
    with pytest.raises(OperationalError, match="nowhere"):
        await getattr(store, sort)(lambda conn: conn.exec_driver_sql("select * from nowhere"))
    await store.close()


@pytest.fixture
async def postgres(postgres_url: str) -> Any:
    url = postgres_url.replace("{service}", "intake")
    store, stranger = PostgresDatabase(url, 1, patience=1.0), engine_of(url, 1)
    async with stranger.begin() as connection:
        await connection.execute(text("create table t (n integer)"))
        await connection.execute(text("insert into t values (1)"))
    yield store, stranger
    await store.close()
    await stranger.dispose()


def _change(conn: Connection) -> None:
    conn.execute(text("update t set n = n + 1"))


async def test_a_row_that_a_stranger_holds_is_waited_for_briefly(postgres: Any) -> None:
    store, stranger = postgres
    async with stranger.begin() as connection:
        await connection.execute(text("select n from t for update"))
        with pytest.raises(Unavailable) as busy:
            await store.write(_change)
    assert busy.value.code == "busy"
    await store.write(_change)


async def test_nobody_waits_long_for_a_connection(postgres: Any) -> None:
    store, stranger = postgres
    async with stranger.begin() as connection:
        await connection.execute(text("select n from t for update"))
        outcomes = await asyncio.gather(*(store.write(_change) for _ in range(20)), return_exceptions=True)
    assert {str(outcome) for outcome in outcomes} == {"busy", "store_unavailable"}
    await store.write(_change)
