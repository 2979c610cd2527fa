"""The tables of a key store: wrapped keys, which are on probation, how far they came; secrets; the master key."""

from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Insert,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    String,
    Table,
    TextClause,
    bindparam,
    delete,
    inspect,
    select,
    text,
)

from shared.columns import Long
from shared.storage import add_if_new, among

_METADATA = MetaData()
KEYS = Table(
    "data_key",
    _METADATA,
    Column("service", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)
TRIAL = Table(
    "trial",
    _METADATA,
    Column("service", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("since", Long, nullable=False),
)
SECRETS = Table(
    "secret",
    _METADATA,
    Column("name", String, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)
IN_FORCE = Table(
    "in_force",
    _METADATA,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("current", String, nullable=False),
    Column("next", String),
)
"""One row: the id of the master key, and during a rotation that of the next, under which all new keys are wrapped."""
OWN = Table(
    "own_in_force",
    _METADATA,
    Column("service", String, primary_key=True),
    Column("current", String, nullable=False),
    Column("next", String),
)
"""The same for each service that has a master key of its own."""

REACHED = Table(
    "reached",
    _METADATA,
    Column("service", String, primary_key=True),
    Column("made", Integer, nullable=False),
    Column("least", Integer, nullable=False),
    Column("at", Long, nullable=False),
    Column("replacing", Boolean, nullable=False),
)
"""One row for each service: see `shared.sealing.Reached`; and whether each of its keys has a next one beside it."""
ERASED = Table(
    "erased",
    _METADATA,
    Column("service", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("keyed", Boolean, nullable=False),
)
"""Whose key was destroyed for ever, and whether there was one: none is made for them again."""
_NOW = {
    "sqlite": "CAST(strftime('%s', 'now') AS INTEGER)",
    "postgresql": "CAST(extract(epoch FROM clock_timestamp()) AS BIGINT)",
}
"""The store's own clock: those of two replicas may differ. It may jump, so nothing is counted from it."""


def create_tables(connection: Connection) -> None:
    """Make the tables of a key store, unless they are there, and widen those of before that were to end in 2038."""
    _METADATA.create_all(connection)
    if connection.dialect.name == "postgresql":
        for column in (TRIAL.c.since, REACHED.c.at):
            found = {one["name"]: one["type"] for one in inspect(connection).get_columns(column.table.name)}
            if not isinstance(found[column.name], BigInteger):
                connection.execute(text(f'ALTER TABLE {column.table.name} ALTER COLUMN "{column.name}" TYPE BIGINT'))


def key_bound(service: str, subject: str) -> str:
    """What a wrapped key is bound to."""
    return f"{service}|{subject}"


def secret_bound(name: str) -> str:
    """What a wrapped secret is bound to: never the same as a key's."""
    return f"secret||{name}"


@cache
def wrapped_keys(dialect: str) -> Select[tuple[str, bytes, int | None]]:
    here = (TRIAL.c.service == KEYS.c.service) & (TRIAL.c.subject == KEYS.c.subject)
    query = select(KEYS.c.subject, KEYS.c.wrapped, TRIAL.c.since).join_from(KEYS, TRIAL, here, isouter=True)
    return query.where(KEYS.c.service == bindparam("service"), among(KEYS.c.subject, "subjects", dialect))


@cache
def on_trial() -> Select[tuple[str, int]]:
    query = select(TRIAL.c.subject, TRIAL.c.since).where(TRIAL.c.service == bindparam("service"))
    return query.order_by(TRIAL.c.subject)


@cache
def trying(dialect: str) -> TextClause:
    """Begin probations, or begin them anew: `since` is another number then, even where the clock was set back."""
    return text(
        f"INSERT INTO trial (service, subject, since) VALUES (:service, :subject, {_NOW[dialect]}) "  # noqa: S608 -- ours
        "ON CONFLICT (service, subject) DO UPDATE SET since = "
        "CASE WHEN excluded.since > trial.since THEN excluded.since ELSE trial.since + 1 END"
    )


@cache
def adding(dialect: str) -> Insert:
    return add_if_new(KEYS, dialect)


@cache
def growing(dialect: str) -> TextClause:
    """Count more keys of a service."""
    return text(
        "INSERT INTO reached (service, made, least, at, replacing) "  # noqa: S608 -- ours
        f"VALUES (:service, :more, 0, {_NOW[dialect]}, false) "
        "ON CONFLICT (service) DO UPDATE SET made = reached.made + excluded.made, at = excluded.at"
    )


def ended(connection: Connection, rows: list[dict[str, Any]], idle: frozenset[str]) -> int:
    """End these probations, one by one in the order in which others lock them, unless one began anew meanwhile.

    How many keys are proven by it.
    """
    proven = 0
    for row in rows:
        here = (TRIAL.c.service == row["service"]) & (TRIAL.c.subject == row["subject"])
        over = connection.execute(delete(TRIAL).where(here, TRIAL.c.since == row["since"])).rowcount
        if over and row["subject"] in idle:
            key = (KEYS.c.service == row["service"]) & (KEYS.c.subject == row["subject"])
            connection.execute(delete(KEYS).where(key))
        else:
            proven += over
    return proven
