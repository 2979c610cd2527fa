"""Each service's own Alembic history: applied at start or by `homeward migrate`, and written by `revise`.

SQLite files are migrated when the product starts. PostgreSQL is migrated by a job of its own, one at a time under an
advisory lock, and a service refuses to start on any revision but its newest. For a store that is at the newest revision
`shared.stores.bring_up` does not load this module at all.
"""

import sys
import tempfile
import zlib
from importlib import import_module
from importlib.resources import files
from pathlib import Path

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, text

from shared.storage.once import sqlite_url, with_connection
from shared.storage.revisions import behind, head, known, refuse_other, revision

LOCK = zlib.crc32(b"homeward:migrate")


def _config(package: str, url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files(package).joinpath("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def upgrade(package: str, url: str) -> None:
    """Bring a service's store to the newest revision. Refuses one from a newer Homeward. Not inside an event loop."""
    with_connection(url, lambda connection: _upgrade(package, url, connection))


def _upgrade(package: str, url: str, connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    at = revision(connection)
    if at == head(package):
        return
    if not behind(package, at):
        refuse_other(package, at)
    bring_to(package, url, connection, "head")


def bring_to(package: str, url: str, connection: Connection, number: str) -> None:
    """The steps up to a revision, on the connection at hand."""
    config = _config(package, url)
    config.attributes["connection"] = connection
    command.upgrade(config, number)


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
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_url(Path(folder) / "check.db")
        upgrade(package, url)
        return with_connection(url, lambda connection: _differences(package, connection))


def _differences(package: str, connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata_of(package)))


def revise(service: str, message: str) -> None:
    """Write the next migration from the difference between models and history."""
    package = f"services.{service}"
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_url(Path(folder) / "revise.db")
        if head(package) is not None:
            upgrade(package, url)
        number = len(known(package)) + 1
        with_connection(url, lambda connection: _revise(package, url, connection, message, f"{number:04d}"))


def _revise(package: str, url: str, connection: Connection, message: str, number: str) -> None:
    config = _config(package, url)
    config.attributes["connection"] = connection
    command.revision(config, message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    _, _verb, _service, _message = sys.argv
    revise(_service, _message)
