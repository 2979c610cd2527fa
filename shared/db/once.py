"""One transaction on a store that nobody has open yet, over either driver. Not inside an event loop."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from shared.db.postgres import engine_of


def sqlite_url(path: Path) -> str:
    """The address of a SQLite file."""
    return f"sqlite:///{path}"


def with_connection(url: str, work: Callable[[Connection], None]) -> None:
    """Do the work in a transaction of its own."""
    if url.startswith("sqlite"):
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            work(connection)
        return
    asyncio.run(_over_asyncpg(url, work))


async def _over_asyncpg(url: str, work: Callable[[Connection], None]) -> None:
    engine = engine_of(url, 1)
    async with engine.begin() as connection:
        await connection.run_sync(work)
    await engine.dispose()
