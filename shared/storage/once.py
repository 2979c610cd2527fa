"""One transaction on a store that nobody has open yet, over either driver. Do not call it inside an event loop."""

import asyncio
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from shared.storage import T, Work
from shared.storage.postgres import engine_of


def sqlite_url(path: Path) -> str:
    """The address of a SQLite file."""
    return f"sqlite:///{path}"


def with_connection(url: str, work: Work[T]) -> T:
    """Do the work in a transaction of its own; what it answers."""
    if url.startswith("sqlite"):
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            return work(connection)
    return asyncio.run(_over_asyncpg(url, work))


async def _over_asyncpg(url: str, work: Work[T]) -> T:
    engine = engine_of(url, 1)
    async with engine.begin() as connection:
        done = await connection.run_sync(work)
    await engine.dispose()
    return done
