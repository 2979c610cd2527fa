"""Each service's own Alembic history: brought up at start or by `homeward migrate`, and written by `revise`.

SQLite files are brought up when the product starts. PostgreSQL is brought up by a job of its own, one at a time under
an advisory lock, and a service refuses to start on any revision but its newest. The surprise: a store already at the
newest revision is not handed to Alembic at all, since that costs more than the rest of a start.
"""

import asyncio
import sys
import tempfile
import zlib
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from shared.db.postgres import engine_of


class UnknownRevision(Exception):
    """The data was written by a newer Homeward than this one, or by an older one and not brought up yet."""


LOCK = zlib.crc32(b"homeward:migrate")


def _config(package: str, url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files(package).joinpath("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def _scripts(package: str) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(package, ""))


@cache
def head(package: str) -> str | None:
    """The newest revision of a service's history."""
    return _scripts(package).get_current_head()


def revision(connection: Connection) -> str | None:
    """The revision a store is at; None for a new one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("select version_num from alembic_version")).scalar()
    return None if found is None else str(found)


def refuse_other(package: str, at: str | None) -> None:
    """Raise UnknownRevision unless a store is at this version's newest revision."""
    if at != head(package):
        known = at is None or at in _known(package)
        advice = "run `homeward migrate` first" if known else "it was written by a newer Homeward"
        raise UnknownRevision(f"the store of {package.rpartition('.')[2]} is at another revision: {advice}")


def behind(package: str, at: str | None) -> bool:
    """Whether a store lacks revisions of ours. One of a newer Homeward does not: each of them only adds."""
    return at != head(package) and (at is None or at in _known(package))


def _known(package: str) -> set[str]:
    return {found.revision for found in _scripts(package).walk_revisions()}


def sqlite_url(path: Path) -> str:
    """The address of a SQLite file."""
    return f"sqlite:///{path}"


def upgrade(package: str, url: str) -> None:
    """Bring a service's store to the newest revision. Refuses one from a newer Homeward. Not inside an event loop."""
    with_connection(url, lambda connection: _upgrade(package, url, connection))


def _upgrade(package: str, url: str, connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    at = revision(connection)
    if at == head(package):
        return
    if at is not None and at not in _known(package):
        refuse_other(package, at)
    config = _config(package, url)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def with_connection(url: str, work: Callable[[Connection], None]) -> None:
    """One transaction over either driver."""
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


def run_script(package: str) -> None:
    """What each service's `migrations/env.py` does: the steps that Alembic chose, on the connection at hand."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata_of(package), render_as_batch=True)
    context.run_migrations()


def metadata_of(package: str) -> MetaData:
    """A service's tables, all of them, once its app is imported."""
    import_module(f"{package}.app")
    found: MetaData = import_module(f"{package}.base").Base.metadata
    return found


def differences(package: str) -> list[object]:
    """What the models have and the migrations have not, or the other way round. Empty when they agree."""
    found: list[object] = []
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_url(Path(folder) / "check.db")
        upgrade(package, url)
        with_connection(
            url,
            lambda connection: found.extend(
                compare_metadata(MigrationContext.configure(connection), metadata_of(package))
            ),
        )
    return found


def revise(service: str, message: str) -> None:
    """Write the next migration from the difference between models and history."""
    package = f"services.{service}"
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_url(Path(folder) / "revise.db")
        if head(package) is not None:
            upgrade(package, url)
        number = sum(1 for _ in _scripts(package).walk_revisions()) + 1
        with_connection(url, lambda connection: _revise(package, url, connection, message, f"{number:04d}"))


def _revise(package: str, url: str, connection: Connection, message: str, number: str) -> None:
    config = _config(package, url)
    config.attributes["connection"] = connection
    command.revision(config, message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    _, _verb, _service, _message = sys.argv
    revise(_service, _message)
