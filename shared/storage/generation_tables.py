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
    return {**_standing(metadata), **_goings_over(metadata, envelope)}


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


def _goings_over(metadata: MetaData, envelope: Envelope) -> dict[str, Table]:
    """How this service goes over from one generation of a peer to the next, stream by stream."""

    def table(name: str, *columns: Column[Any]) -> Table:
        return Table(name, metadata, Column("source", String, primary_key=True), *columns)

    return {
        "peer": table("peer", Column("newest", String, nullable=False), Column("settled", String, nullable=False)),
        "closed": table(
            "closed",
            Column("generation", String, primary_key=True),
            Column("partition", Integer, primary_key=True),
        ),
        "reborn": table(
            "reborn", Column("subject", String, primary_key=True), Column("generation", String, nullable=False)
        ),
        "arriving": table(
            "arriving",
            *_place_in_time(),
            *_body(optional=False),
            Column("heard_at", Instant, nullable=False),
        ),
        "superseded": table(
            "superseded",
            *_place_in_time(),
            Column("status", String, nullable=False),
            *envelope(),
            *_body(optional=True),
            Column("why", String),
            Column("heard_at", Instant, nullable=False),
        ),
        "guard": table(
            "guard",
            Column("subject", String, primary_key=True),
            Column("version", Integer, nullable=False),
            Column("data", Json, nullable=False),
        ),
    }


def _body(*, optional: bool) -> Iterator[Column[Any]]:
    """What was received, sealed; without a digest it was stored by an earlier version, in clear."""
    yield Column("raw", LargeBinary, nullable=optional)
    yield Column("headers", Json, nullable=optional)
    yield Column("digest", String)


def _place_in_time() -> Iterator[Column[Any]]:
    """Where a fact of a source stands: in which generation, on which stream, at which version."""
    for name in ("generation", "subject", "version"):
        yield Column(name, Integer if name == "version" else String, primary_key=True)
