"""The tables every service has besides its own things: journal, pending, heard, to-do, audit, idempotency and others.

They are Core tables made on each service's own metadata, so that four services live in one process and each migrates
alone. `heard` is inbox, timeline and dead-letter queue in one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table, UniqueConstraint
from sqlalchemy import Text as LongText

from shared.columns import Instant, Json, Long
from shared.events.envelope import COLUMNS
from shared.storage.audit_tables import audit_tables
from shared.storage.generation_tables import generation_tables


@dataclass(frozen=True)
class Ledger:
    """A service's bookkeeping, table by table."""

    stream: Table
    journal: Table
    pending: Table
    counter: Table
    heard: Table
    facet: Table
    relation: Table
    todo: Table
    attention: Table
    audit: Table
    audit_about: Table
    audit_form: Table
    audit_tree: Table
    audit_leaf: Table
    audit_node: Table
    audit_checkpoint: Table
    idempotency: Table
    bus_offset: Table
    set_aside: Table
    bus_log: Table
    generation: Table
    conflict: Table
    peer: Table
    closed: Table
    reborn: Table
    arriving: Table
    superseded: Table
    guard: Table
    proof: Table


def ledger(metadata: MetaData) -> Ledger:
    """Make the bookkeeping tables on a service's metadata. Called once, in its `base.py`."""
    return Ledger(
        **_telling(metadata),
        **_hearing(metadata),
        **_reading(metadata),
        **generation_tables(metadata, lambda: _envelope(kept_whole=False)),
        **_relating(metadata),
        **_doing(metadata),
        **audit_tables(metadata),
        **_repeating(metadata),
        **_proving(metadata),
    )


def _envelope(*, kept_whole: bool) -> Iterator[Column[Any]]:
    """The columns of a fact. The journal has each whole; what was heard may be unreadable so far."""
    kinds: dict[str, Any] = {"effective": Instant, "recorded": Instant, "data": LongText}
    for name in COLUMNS:
        kind = String(32) if kept_whole and name == "event_id" else kinds.get(name, String)
        optional = not kept_whole or name in ("causation", "traceparent")
        yield Column(name, kind, nullable=optional, unique=(kept_whole and name == "event_id") or None)


def _telling(metadata: MetaData) -> dict[str, Table]:
    return {
        "stream": Table(
            "stream",
            metadata,
            Column("subject", String, primary_key=True),
            Column("version", Integer, nullable=False),
            Column("restored", Integer),
        ),
        "journal": Table(
            "journal",
            metadata,
            Column("id", Long, primary_key=True, autoincrement=True),
            Column("subject", String, nullable=False),
            Column("version", Integer, nullable=False),
            *_envelope(kept_whole=True),
            Column("position", Long, unique=True),
            UniqueConstraint("subject", "version"),
        ),
        "pending": Table("pending", metadata, Column("journal_id", Long, primary_key=True, autoincrement=False)),
        "counter": Table(
            "counter", metadata, Column("name", String, primary_key=True), Column("value", Long, nullable=False)
        ),
    }


def _hearing(metadata: MetaData) -> dict[str, Table]:
    return {
        "heard": Table(
            "heard",
            metadata,
            Column("source", String, primary_key=True),
            Column("subject", String, primary_key=True),
            Column("version", Integer, primary_key=True),
            Column("status", String, nullable=False, index=True),
            *_envelope(kept_whole=False),
            Column("raw", LargeBinary),
            Column("headers", Json),
            Column("digest", String),
            Column("why", String),
            Column("heard_at", Instant, nullable=False),
        ),
        "facet": Table(
            "facet",
            metadata,
            Column("subject", String, primary_key=True),
            Column("source", String, primary_key=True),
            Column("version", Integer, nullable=False),
            Column("data", Json, nullable=False),
        ),
    }


def _reading(metadata: MetaData) -> dict[str, Table]:
    return {
        "bus_offset": Table(
            "bus_offset",
            metadata,
            Column("topic", String, primary_key=True),
            Column("partition", Integer, primary_key=True),
            Column("next", Long, nullable=False),
        ),
        "set_aside": Table(
            "set_aside",
            metadata,
            Column("id", Long, primary_key=True, autoincrement=True),
            Column("at", Instant, nullable=False),
            Column("staff_ref", String(32), nullable=False),
            Column("source", String, nullable=False),
            Column("subject", String, nullable=False),
            Column("version", Integer),
            Column("why", String),
            Column("reason", String, nullable=False),
        ),
    }


def _relating(metadata: MetaData) -> dict[str, Table]:
    return {
        "relation": Table(
            "relation",
            metadata,
            Column("subject", String, primary_key=True),
            Column("source", String, primary_key=True),
            Column("staff_ref", String(32), primary_key=True),
            Column("organisation_ref", String(32), primary_key=True),
            Column("kind", String, primary_key=True),
            Column("until", Instant),
            Column("since", Instant),
        ),
    }


def _doing(metadata: MetaData) -> dict[str, Table]:
    return {
        "todo": Table(
            "todo",
            metadata,
            Column("id", Long, primary_key=True, autoincrement=True),
            Column("cause", String, nullable=False),
            Column("reaction", String, nullable=False),
            Column("subject", String, nullable=False, index=True),
            Column("due_at", Instant, index=True),
            Column("attempts", Integer, nullable=False, default=0),
            Column("not_before", Instant),
            Column("data", LongText),
            UniqueConstraint("cause", "reaction"),
        ),
        "attention": Table(
            "attention",
            metadata,
            Column("id", Long, primary_key=True, autoincrement=True),
            Column("subject", String, nullable=False, index=True),
            Column("cause", String, nullable=False),
            Column("reaction", String, nullable=False),
            Column("code", String, nullable=False),
            Column(
                "at", Instant, nullable=False
            ),  # as `recorded_at` was called: may go once no older process writes it
            *_dismissing(),
            Index("attention_order", "recorded_at", "ref"),
        ),
    }


def _dismissing() -> Iterator[Column[Any]]:
    """What makes a row of `attention` a thing: that people read by its ref, and dismiss."""
    yield Column("ref", String(32), nullable=False, unique=True, index=True)
    yield Column("version", Integer, nullable=False)
    yield Column("recorded_at", Instant, nullable=False)
    yield Column("updated_at", Instant, nullable=False)
    yield Column("status", String, nullable=False, index=True)
    yield Column("reason", String)
    yield Column("dismissed_by", String(32))
    yield Column("dismissed_at", Instant)


def _repeating(metadata: MetaData) -> dict[str, Table]:
    return {
        "idempotency": Table(
            "idempotency",
            metadata,
            Column("caller", String, primary_key=True),
            Column("operation", String, primary_key=True),
            Column("key", String, primary_key=True),
            Column("digest", String, nullable=False),
            Column("status", Integer, nullable=False),
            Column("thing", String),
            Column("ref", String(32)),
            Column("lines", Json),
            Column("version", Integer),
            Column("thing_status", String),
            Column("at", Instant, nullable=False),
        ),
    }


def _proving(metadata: MetaData) -> dict[str, Table]:
    return {
        "proof": Table(
            "proof",
            metadata,
            Column("digest", String(64), primary_key=True),
            Column("until", Instant, nullable=False, index=True),
        ),
    }
