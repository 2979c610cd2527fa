"""A server that says nothing, or will not be written: whoever asks is told so soon, and nobody has to mend anything."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from deploy.local import postgres
from shared.errors import Unavailable
from shared.storage.postgres import PostgresDatabase
from shared.storage.turns import SILENCE
from tests.support.eventually import eventually, within
from tests.support.proxy import Proxy, proxy

PATIENCE = 0.6


@dataclass
class Far:
    """A database behind a network that can be broken."""

    database: PostgresDatabase
    network: Proxy

    async def one_more(self, _: int = 0) -> float:
        """How long one write took that was refused."""
        begun = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable, match="store_unavailable"):
            await self.database.write(add_one)
        return asyncio.get_running_loop().time() - begun

    async def is_back(self) -> bool:
        try:
            await self.database.write(add_one)
        except Unavailable:
            return False
        return True


def add_one(conn: Connection) -> None:
    conn.execute(text("insert into t values (1)"))


def count(conn: Connection) -> int:
    return int(conn.execute(text("select count(*) from t")).scalar_one())


@pytest.fixture(scope="module")
def url(postgres_server: str) -> Iterator[str]:
    """One database for all of these."""
    name = f"silence_{uuid.uuid4().hex[:8]}"
    postgres.psql(postgres_server, [f"create database {name}"])
    yield f"{postgres_server}/{name}"
    postgres.psql(postgres_server, [f"drop database {name} with (force)"])


@pytest.fixture
async def far(url: str) -> AsyncIterator[Far]:
    parts = urlsplit(url)
    async with proxy(parts.port or 0) as network:
        there = parts._replace(netloc=parts.netloc.replace(str(parts.port), str(network.port)))
        database = PostgresDatabase(there.geturl(), 2, patience=PATIENCE)
        await database.write(lambda conn: conn.execute(text("drop table if exists t")))
        await database.write(lambda conn: conn.execute(text("create table t (n integer)")))
        yield Far(database, network)
        network.restore()
        await database.close()


async def test_a_silent_server_makes_nobody_wait_long_and_is_met_again_by_itself(far: Far) -> None:
    await far.database.read(count)
    far.network.swallow()
    async with asyncio.timeout(within(20 * PATIENCE)):
        waited = await asyncio.gather(*map(far.one_more, range(100)))
    assert max(waited) < within(4 * PATIENCE)
    with pytest.raises(Unavailable):
        await far.database.read(count)
    # It is known to be silent: nobody waits at all any more. The middle one says so on a busy machine as well.
    assert median([await far.one_more() for _ in range(50)]) < PATIENCE / 2
    far.network.restore()
    await eventually(far.is_back)
    assert await far.database.read(count) >= 1


async def test_what_was_cut_off_in_its_commit_is_there_or_not_and_is_never_half_there(far: Far) -> None:
    """Whoever was refused asks again under its key, so an outcome that nobody learned of does no harm."""

    def two(conn: Connection) -> None:
        for _ in range(2):
            add_one(conn)
        far.network.swallow()

    with pytest.raises(Unavailable):
        await far.database.write(two)
    far.network.restore()
    await eventually(far.is_back)
    assert await far.database.read(count) in {1, 3}


async def test_long_work_on_a_server_that_answers_is_not_cut_off(far: Far) -> None:
    await far.database.write(lambda conn: conn.execute(text(f"select pg_sleep({3 * PATIENCE})")))


async def test_a_server_that_may_only_be_read_is_unavailable_for_writes(far: Far, url: str) -> None:
    server, _, name = url.rpartition("/")
    for turn in ("= on", "= off"):
        end = f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
        say = [f"alter database {name} set default_transaction_read_only {turn}", end]
        await asyncio.to_thread(postgres.psql, server, say)
        if turn == "= on":
            await eventually(lambda: is_told_so(far))
            await far.one_more()
            assert await far.database.read(count) == 0
    await eventually(far.is_back)


async def is_told_so(far: Far) -> bool:
    """Whether writes have a session of now: one that was ended is noticed at its next use, and is unavailable too."""
    try:
        return await far.database.write(lambda conn: conn.execute(text("show transaction_read_only")).scalar()) == "on"
    except Unavailable:
        return False


async def test_the_lock_of_a_frozen_process_is_given_to_another(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is stopped keeps its connections: only that it says nothing gives it away."""
    for name, seconds in (("SILENCE", 1), ("PATIENCE", 0.1), ("BEAT", 0.1)):
        monkeypatch.setattr(f"shared.storage.turns.{name}", seconds)
    living, frozen = PostgresDatabase(url, 2), PostgresDatabase(url, 2)
    took_over = asyncio.Event()

    async def take_over() -> None:
        async with living.turn("relay").taken(asyncio.Event(), lambda: None):
            took_over.set()

    async with asyncio.timeout(4 * SILENCE):
        async with frozen.turn("relay").taken(asyncio.Event(), lambda: None) as still:
            other = asyncio.create_task(take_over())
            await asyncio.sleep(1.5)
            assert not took_over.is_set(), "it gave signs of life all the while"
            await still()
        await other
        took_over.clear()
        monkeypatch.setattr("shared.storage.turns.BEAT", 600.0)
        async with frozen.turn("relay").taken(asyncio.Event(), lambda: None) as still:
            other = asyncio.create_task(take_over())
            await took_over.wait()
            await other
            with pytest.raises(DBAPIError):
                await still()
    await living.close()
    await frozen.close()
