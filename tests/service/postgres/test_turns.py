"""Of several replicas one sends and carries out; the others wait, wake it, and take over when it is gone."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.storage.postgres import PostgresDatabase

END_OTHERS = (
    "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and "
    "database = (select oid from pg_database where datname = current_database())"
)


@pytest.fixture
async def replicas(postgres_url: str) -> AsyncIterator[tuple[PostgresDatabase, PostgresDatabase]]:
    url = postgres_url.replace("{service}", "intake")
    pair = PostgresDatabase(url, 2), PostgresDatabase(url, 2)
    yield pair
    for database in pair:
        await database.close()


async def test_one_works_and_the_other_wakes_it_until_it_is_gone(
    replicas: tuple[PostgresDatabase, PostgresDatabase],
) -> None:
    first, second = replicas
    wake, waiting, beats, took_over = asyncio.Event(), asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def take_over() -> None:
        async with second.turn("relay").taken(waiting, beats.set):
            took_over.set()

    async with asyncio.timeout(60):
        async with first.turn("relay").taken(wake, lambda: None) as still:
            wake.clear()
            other = asyncio.create_task(take_over())
            await beats.wait()
            waiting.set()
            await wake.wait()
            await still()
            assert not took_over.is_set()
        await took_over.wait()
        await other


async def test_tasks_do_not_wait_for_each_other(replicas: tuple[PostgresDatabase, PostgresDatabase]) -> None:
    first, second = replicas
    async with asyncio.timeout(60):
        relay, todos = first.turn("relay"), second.turn("todos")
        async with relay.taken(asyncio.Event(), lambda: None), todos.taken(asyncio.Event(), lambda: None):
            pass


async def test_whoever_lost_the_session_notices(replicas: tuple[PostgresDatabase, PostgresDatabase]) -> None:
    first, second = replicas
    async with asyncio.timeout(60):
        with pytest.raises(DBAPIError):
            async with first.turn("relay").taken(asyncio.Event(), lambda: None) as still:
                await second.write(lambda conn: conn.execute(text(END_OTHERS)).all())
                # The server has answered that it ends the session; the session learns of it with its next statements.
                for _ in range(100):
                    await still()
                    await asyncio.sleep(0.05)
