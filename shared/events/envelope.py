"""CloudEvents 1.0 in binary mode: attributes in headers, the event alone in the body.

A record that does not name its stream is `Unreadable`; one that does, but cannot be understood, is `Poison` for that
stream. Neither error repeats what the record said. Times are never rounded: what is received equals what was published.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple

from pydantic_core import from_json

from shared.contracts.catalogue import EVERY, subject_of, today, upcast
from shared.errors import Poison
from shared.events.generation import FIRST, Generation
from shared.events.record import Record
from shared.model import Event
from shared.observability.tracing import context

Kind = type[Event]
CONTENT_TYPE = "application/json"
GENERATION = "ce_generation"
"""The header that names a generation; absent in the first, which is how every fact was written before."""
RESTORED = "ce_restored"
"""How long this stream was when its generation began: a reader swaps it once it has so much; absent, it began later."""
CLOSED, PARTITIONS = "generation.closed.v1", "ce_partitions"
"""The type of the record that ends a republication, one in each partition, and the header that counts them."""

_SOURCE = re.compile(r"/[a-z][a-z_]{0,39}")
_SUBJECT = re.compile(r"[a-z][a-z_]{0,39}/[0-9a-f]{32}")
_VERSION = re.compile(r"[1-9][0-9]{0,8}")


COLUMNS = ("event_id", "type", "effective", "recorded", "correlation", "causation", "traceparent", "data")
"""What journal, relay, heard and to-dos keep of a fact, beside its place (source, subject, version)."""


class Stream(NamedTuple):
    """Whose versions are counted 1, 2, 3: one service's events about one subject."""

    source: str
    subject: str


class Unreadable(Poison):
    """A record that names no stream, so that nothing can wait for it."""

    code = "unreadable"


@dataclass(frozen=True)
class Said:
    """An event at its place in a stream: as much as a view needs."""

    source: str
    subject: str
    version: int
    type: str
    data: str
    recorded: datetime

    @property
    def stream(self) -> Stream:
        return Stream(self.source, self.subject)

    @property
    def kind(self) -> Kind:
        """The event's class as of today, or Poison when the type is unknown or published by the wrong service."""
        return today(self._as_told)

    @property
    def _as_told(self) -> Kind:
        kind = EVERY.get(self.type)
        if kind is None:
            raise Poison("unknown_type")
        if not self.type.startswith(f"{self.source}."):
            raise Poison("foreign_type")
        return kind

    @cached_property
    def event(self) -> Event:
        """The event itself, in its newest version. Fields that a newer producer added are ignored."""
        kind = self._as_told
        try:
            said = from_json(self.data)
            event = kind.model_validate({name: said[name] for name in kind.model_fields if name in said})
        except (ValueError, TypeError, RecursionError):
            raise Poison("bad_body") from None
        event = upcast(event)
        if subject_of(event) != self.subject:
            raise Poison("wrong_subject")
        return event


@dataclass(frozen=True)
class Envelope(Said):
    """An event as it travels, with all its metadata."""

    event_id: str
    effective: datetime
    correlation: str
    causation: str | None = None
    traceparent: str | None = None

    @classmethod
    def of(cls, source: str, row: Mapping[Any, Any]) -> "Envelope":
        """The event of a stored row; a journal knows its own source."""
        return cls(source=source, **{name: row[name] for name in ("subject", "version", *COLUMNS)})

    def columns(self) -> dict[str, Any]:
        """What is stored of it in each table that holds events, beside its place."""
        return dict(zip(COLUMNS, _KEPT(self), strict=True))


_KEPT = attrgetter(*COLUMNS)


PLACED = tuple(part.name for part in fields(Envelope) if part.name != "source")
"""The columns of a journal in the order in which an envelope takes them behind its source."""


def encode(told: Envelope, generation: Generation = FIRST, restored: int = 0) -> Record:
    """The record that carries an event, told in this generation by a store that had so much of its stream."""
    headers = {
        "content-type": CONTENT_TYPE,
        "ce_specversion": "1.0",
        "ce_id": told.event_id,
        "ce_source": f"/{told.source}",
        "ce_type": told.type,
        "ce_subject": told.subject,
        "ce_time": _written(told.recorded),
        "ce_sequence": str(told.version),
        "ce_partitionkey": told.subject,
        "ce_effectivetime": _written(told.effective),
        "ce_correlationid": told.correlation,
    }
    if told.causation is not None:
        headers["ce_causationid"] = told.causation
    if told.traceparent is not None:
        headers["traceparent"] = told.traceparent
    if generation != FIRST:
        headers[GENERATION] = str(generation)
    if restored:
        headers[RESTORED] = str(restored)
    return Record(key=told.subject, headers=headers, value=told.data.encode())


def address(record: Record) -> tuple[Stream, int]:
    """The stream and version of a record. Raises Unreadable."""
    source = _matched(_SOURCE, record, "ce_source")
    subject = _matched(_SUBJECT, record, "ce_subject")
    return Stream(source[1:], subject), int(_matched(_VERSION, record, "ce_sequence"))


def generation_of(record: Record) -> Generation:
    """The generation in which a record's event was told. Raises Unreadable."""
    if not (written := record.headers.get(GENERATION)):
        return FIRST
    try:
        return Generation.read(written)
    except ValueError:
        raise Unreadable from None


def restored_of(record: Record) -> int:
    """How long the record's stream was when its generation began."""
    value = record.headers.get(RESTORED, "")
    return int(value) if _VERSION.fullmatch(value) else 0


@dataclass(frozen=True)
class Closing:
    """In this partition a source has told everything of its new generation."""

    source: str
    generation: Generation
    partitions: int


def closing(source: str, generation: Generation, partition: int, partitions: int) -> Record:
    """The record that says so. It names no stream: who does not know of generations parks it, and goes on."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": f"{generation}.{partition}",
        "ce_source": f"/{source}",
        "ce_type": CLOSED,
        GENERATION: str(generation),
        PARTITIONS: str(partitions),
    }
    return Record(key=f"generation/{source}", headers=headers, value=b"{}")


def closing_of(record: Record) -> Closing | None:
    """What a closing record says; None for any other. Raises Unreadable."""
    if record.headers.get("ce_type") != CLOSED:
        return None
    source, partitions = _matched(_SOURCE, record, "ce_source"), _matched(_VERSION, record, PARTITIONS)
    return Closing(source[1:], generation_of(record), int(partitions))


def decode(record: Record) -> Envelope:
    """The event of a record, its payload not parsed yet. Raises Unreadable or Poison."""
    return decode_at(*address(record), record)


def decode_at(stream: Stream, version: int, record: Record) -> Envelope:
    """The event of a record whose address was read before."""
    headers = record.headers
    try:
        if headers["ce_specversion"] != "1.0":
            raise Poison("unknown_envelope")
        return Envelope(
            source=stream.source,
            subject=stream.subject,
            version=version,
            event_id=_plain(headers["ce_id"]),
            type=_plain(headers["ce_type"]),
            effective=_read(headers["ce_effectivetime"]),
            recorded=_read(headers["ce_time"]),
            correlation=_plain(headers["ce_correlationid"]),
            causation=_plain(headers["ce_causationid"]) if "ce_causationid" in headers else None,
            traceparent=context(headers.get("traceparent")),
            data=_plain(record.value.decode()),
        )
    except (KeyError, ValueError):
        raise Poison("bad_envelope") from None


def _matched(pattern: re.Pattern[str], record: Record, header: str) -> str:
    value = record.headers.get(header, "")
    if not pattern.fullmatch(value):
        raise Unreadable
    return value


def _plain(value: str) -> str:
    """Text that every database can hold: PostgreSQL refuses NUL."""
    if not value or "\x00" in value:
        raise ValueError("empty, or holds NUL")
    return value


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _read(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)
