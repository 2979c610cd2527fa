"""The revision of a store and the newest one, known from the names of the migration files alone.

Alembic is not loaded here: it costs start-up time and memory, and nearly every start finds all stores at their newest
revision.
"""

from functools import cache
from importlib.resources import files

from sqlalchemy import Connection, inspect, text


class UnknownRevision(Exception):
    """The data was written by a newer Homeward than this one, or by an older one and not brought up yet."""


@cache
def known(package: str) -> tuple[str, ...]:
    """A service's revisions, oldest first: the numbers that its migration files begin with."""
    written = files(package).joinpath("migrations", "versions").iterdir()
    return tuple(sorted(file.name.partition("_")[0] for file in written if file.name.endswith(".py")))


def head(package: str) -> str | None:
    """The newest revision of a service's history; None before the first."""
    return known(package)[-1] if known(package) else None


def revision(connection: Connection) -> str | None:
    """The revision a store is at; None for a new one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("select version_num from alembic_version")).scalar()
    return None if found is None else str(found)


def behind(package: str, at: str | None) -> bool:
    """Whether a store lacks revisions of ours. One of a newer Homeward does not: each of them only adds."""
    return at != head(package) and (at is None or at in known(package))


def refuse_other(package: str, at: str | None) -> None:
    """Raise UnknownRevision unless a store is at this version's newest revision."""
    if at != head(package):
        advice = "run `homeward migrate` first" if behind(package, at) else "it was written by a newer Homeward"
        raise UnknownRevision(f"the store of {package.rpartition('.')[2]} is at another revision: {advice}")


def refuse_newer(package: str, at: str | None) -> None:
    """Raise UnknownRevision for a store that only a newer Homeward can read."""
    if at != head(package) and not behind(package, at):
        refuse_other(package, at)
