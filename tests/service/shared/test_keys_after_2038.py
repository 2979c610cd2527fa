"""Seconds since 1970 go on behind 2038 in a store of keys on PostgreSQL, also in one whose tables are from before."""

from collections.abc import Iterator

import pytest
from sqlalchemy import BigInteger, Connection, inspect, text

from shared.sealing import keytable
from shared.sealing.keytable import REACHED, TRIAL, create_tables, ended, growing, trying
from shared.storage.once import with_connection

LATE = 4_102_444_800
"""The first second of the year 2100."""
NOW = 1_793_000_000
KEY = {"service": "intake", "subject": "person/x"}


@pytest.fixture
def url(postgres_url: str) -> str:
    """An empty store of keys."""
    return postgres_url.replace("{service}", "keys")


@pytest.fixture
def far_ahead(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock of the store is in another century."""
    monkeypatch.setitem(keytable._NOW, "postgresql", f"CAST({LATE} AS BIGINT)")
    for cached in (trying, growing):
        cached.cache_clear()
    yield
    for cached in (trying, growing):
        cached.cache_clear()


def wide(connection: Connection) -> list[bool]:
    """Of each column that holds seconds, whether it has 64 bits."""
    return [
        isinstance(one["type"], BigInteger)
        for column in (TRIAL.c.since, REACHED.c.at)
        for one in inspect(connection).get_columns(column.table.name)
        if one["name"] == column.name
    ]


def from_before(connection: Connection) -> None:
    create_tables(connection)
    for table, column in (("trial", "since"), ("reached", "at")):
        connection.execute(text(f'ALTER TABLE {table} ALTER COLUMN "{column}" TYPE INTEGER'))
    connection.execute(text(f"INSERT INTO trial VALUES ('intake', 'person/x', {NOW})"))
    assert wide(connection) == [False, False]


def test_tables_of_before_are_widened_and_keep_what_they_hold(url: str) -> None:
    def started(connection: Connection) -> tuple[list[bool], int]:
        create_tables(connection)
        return wide(connection), connection.execute(text("SELECT since FROM trial")).scalar_one()

    with_connection(url, from_before)
    for _ in range(2):
        assert with_connection(url, started) == ([True, True], NOW)


@pytest.mark.usefixtures("far_ahead")
def test_a_key_is_tried_and_counted_behind_2038(url: str) -> None:
    def tried(connection: Connection) -> tuple[int, int, int]:
        create_tables(connection)
        connection.execute(trying("postgresql"), KEY)
        connection.execute(growing("postgresql"), {"service": "intake", "more": 1})
        since, at = (connection.execute(text(query)).scalar_one() for query in ASKED)
        return since, at, ended(connection, [KEY | {"since": since}], frozenset())

    assert with_connection(url, tried) == (LATE, LATE, 1)


ASKED = "SELECT since FROM trial", "SELECT at FROM reached"
