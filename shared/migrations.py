"""Each service's own Alembic history: brought up at start, and written by `python -m shared.migrations revise`.

The surprise: a folder already at the newest revision is not handed to Alembic at all, since that costs more than the
rest of a start.
"""

import sys
import tempfile
from importlib import import_module
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, inspect, text


class UnknownRevision(Exception):
    """The data was written by a newer Homeward than this one."""


def _config(package: str, path: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files(package).joinpath("migrations")))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", f"sqlite:///{path}")
    return config


def head(package: str) -> str | None:
    """The newest revision of a service's history."""
    return ScriptDirectory.from_config(_config(package, Path("unused"))).get_current_head()


def current(path: Path) -> str | None:
    """The revision a database file is at; None for a new one."""
    if not path.exists():
        return None
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(text("select version_num from alembic_version")).scalar()
    engine.dispose()
    return None if found is None else str(found)


def upgrade(package: str, path: Path) -> None:
    """Bring a service's file to the newest revision. Refuses a file from a newer Homeward."""
    script = ScriptDirectory.from_config(_config(package, path))
    at = current(path)
    if at is not None and at == script.get_current_head():
        return
    if at is not None and at not in {revision.revision for revision in script.walk_revisions()}:
        raise UnknownRevision(f"{path.name} is at a revision this version does not know")
    command.upgrade(_config(package, path), "head")


def metadata_of(package: str) -> MetaData:
    """A service's tables, all of them, once its app is imported."""
    import_module(f"{package}.app")
    found: MetaData = import_module(f"{package}.base").Base.metadata
    return found


def differences(package: str) -> list[object]:
    """What the models have and the migrations have not, or the other way round. Empty when they agree."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "check.db"
        upgrade(package, path)
        engine = create_engine(f"sqlite:///{path}")
        with engine.connect() as connection:
            found = compare_metadata(MigrationContext.configure(connection), metadata_of(package))
        engine.dispose()
    return list(found)


def revise(service: str, message: str) -> None:
    """Write the next migration from the difference between models and history."""
    package = f"services.{service}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "revise.db"
        if head(package) is not None:
            upgrade(package, path)
        number = sum(1 for _ in ScriptDirectory.from_config(_config(package, path)).walk_revisions()) + 1
        command.revision(_config(package, path), message, autogenerate=True, rev_id=f"{number:04d}")


if __name__ == "__main__":
    _, _verb, _service, _message = sys.argv
    revise(_service, _message)
