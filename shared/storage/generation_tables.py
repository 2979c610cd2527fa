"""The tables of generations: in which one a store speaks, what speaks against its past, and how views go over.

A generation begins when a store goes on from an older copy (decision 0028).
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import Column, Integer, LargeBinary, MetaData, String, Table

from shared.columns import Instant, Json

Envelope = Callable[[], Iterable[Column[Any]]]


def generation_tables(metadata: MetaData, envelope: Envelope) -> dict[str, Table]:
    """All of them. `envelope` makes the columns of a fact that may be unreadable so far."""
    return {**_standing(metadata), **_goings_over(metadata), **_between(metadata, envelope)}


def _standing(metadata: MetaData) -> dict[str, Table]:
    """In which generation this store speaks, to which log, and what others heard that it cannot have said."""
    return {
        "generation": Table(
            "generation",
            metadata,
            Column("ordinal", Integer, primary_key=True, autoincrement=False),
            Column("tag", String(16), nullable=False),
            Column("at", Instant, nullable=False),
            Column("told_at", Instant),
        ),
        "bus_log": Table(
            "bus_log", metadata, Column("topic", String, primary_key=True), Column("life", String, nullable=False)
        ),
        "conflict": Table(
            "conflict",
            metadata,
            Column("source", String, primary_key=True),
            Column("generation", String, primary_key=True),
            Column("subject", String, primary_key=True),
            Column("version", Integer, primary_key=True),
            Column("event_id", String(64), primary_key=True),
            *_body(optional=False),
            Column("heard_at", Instant, nullable=False),
            Column("settled", String),
        ),
    }


def _goings_over(metadata: MetaData) -> dict[str, Table]:
    """How far this service has gone over from one generation of a peer to the next."""
    return {
        "peer": Table(
            "peer",
            metadata,
            Column("source", String, primary_key=True),
            Column("newest", String, nullable=False),
            Column("settled", String, nullable=False),
        ),
        "closed": Table(
            "closed",
            metadata,
            Column("source", String, primary_key=True),
            Column("generation", String, primary_key=True),
            Column("partition", Integer, primary_key=True),
        ),
        "reborn": Table(
            "reborn",
            metadata,
            Column("source", String, primary_key=True),
            Column("subject", String, primary_key=True),
            Column("generation", String, nullable=False),
        ),
    }


def _between(metadata: MetaData, envelope: Envelope) -> dict[str, Table]:
    """What was heard of a generation before its stream went over, and what its stream had heard until then."""
    return {
        "arriving": Table(
            "arriving",
            metadata,
            *_place_in_time(),
            *_body(optional=False),
            Column("heard_at", Instant, nullable=False),
        ),
        "superseded": Table(
            "superseded",
            metadata,
            *_place_in_time(),
            Column("status", String, nullable=False),
            *envelope(),
            *_body(optional=True),
            Column("why", String),
            Column("heard_at", Instant, nullable=False),
        ),
        "guard": Table(
            "guard",
            metadata,
            Column("source", String, primary_key=True),
            Column("subject", String, primary_key=True),
            Column("version", Integer, nullable=False),
            Column("data", Json, nullable=False),
            Column("parts", Json),
        ),
    }


def _body(*, optional: bool) -> Iterator[Column[Any]]:
    """What was received, sealed; without a digest it was stored by an earlier version, in clear."""
    yield Column("raw", LargeBinary, nullable=optional)
    yield Column("headers", Json, nullable=optional)
    yield Column("digest", String)


def _place_in_time() -> Iterator[Column[Any]]:
    """Where a fact stands: of which source, in which generation, on which stream, at which version."""
    for name in ("source", "generation", "subject", "version"):
        yield Column(name, Integer if name == "version" else String, primary_key=True)
