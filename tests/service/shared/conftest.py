"""A listener in the world of the tale, and the three who tell it, for the tests of the bus."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.storage import Database
from shared.storage.postgres import PostgresDatabase
from shared.storage.sqlite import SqliteDatabase
from tests.support.listening import Listener, listening
from tests.support.tale import told_world
from tests.support.three import OpenDatabase, Three, three


@pytest.fixture
async def listener(tmp_path: Path) -> AsyncIterator[Listener]:
    """One service that listens, while the catalogue holds the facts of the tale alone."""
    with told_world():
        async with listening(tmp_path) as one:
            yield one


@pytest.fixture(params=["sqlite", "postgres"])
def open_database(request: pytest.FixtureRequest, tmp_path: Path) -> OpenDatabase:
    """An empty store by name, on every kind of database."""
    url = "" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))

    async def open_one(name: str) -> Database:
        return PostgresDatabase(url.replace("{service}", name), 4) if url else SqliteDatabase(tmp_path / f"{name}.db")

    return open_one


@pytest.fixture
async def tellers(tmp_path: Path, open_database: OpenDatabase) -> AsyncIterator[Three]:
    """Three services that tell and hear."""
    async with three(tmp_path, open_database) as all_three:
        yield all_three
