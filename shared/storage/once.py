"""One transaction on a store that nobody has open yet, over either driver. An event loop stands still meanwhile."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from shared.storage import T, Work
from shared.storage.postgres import engine_of

NOT_REACHED = (OSError, SQLAlchemyError)
"""What is raised where a store is away, or is none."""


def sqlite_url(path: Path) -> str:
    """The address of a SQLite file."""
    return f"sqlite:///{path}"


def there(url: str) -> bool:
    """Whether there is such a file. A server is not asked."""
    return not url.startswith("sqlite") or Path(url.removeprefix("sqlite:///")).exists()


def with_connection(url: str, work: Work[T]) -> T:
    """Do the work in a transaction of its own; what it answers."""
    if url.startswith("sqlite"):
        engine = create_engine(url, poolclass=NullPool)
        with engine.begin() as connection:
            return work(connection)
    # A loop may be running in this thread already.
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, _over_asyncpg(url, work)).result()


async def _over_asyncpg(url: str, work: Work[T]) -> T:
    engine = engine_of(url, 1)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()
