"""Finds what is lost when a store goes on from an older copy, and calls people to it; what it protected stays in force.

Whoever had heard it finds it when a stream begins anew, or is withdrawn. The service itself finds it in the topic, and
in the stores of its peers when it is adopted: its rows stay as they are, and its own view protects.
"""

import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from sqlalchemy import Connection, select

from shared.bus.conflicts import Claim
from shared.bus.inbox import Letter
from shared.bus.portions import portions, quiet, subjects
from shared.clock import Clock
from shared.columns import canonical
from shared.contracts.catalogue import EVERY
from shared.errors import Poison
from shared.events.envelope import Said, Stream, decode_at, restored_of
from shared.events.generation import Generation
from shared.journey import Guard, Journey, told_again
from shared.journey.guards import at, before_it_goes, guard, guards, said_of
from shared.journey.lost import LOST, Loss, call_people, open_losses
from shared.journey.shutting import parts_of
from shared.storage import Database, add_if_new, of_subjects
from shared.storage.ledger import Ledger
from shared.storage.spoken import spoken
from shared.storage.standing import generation
from shared.writing import streams

PORTION = 300
Rows = Sequence[Mapping[str, Any]]


class Hearing(Protocol):
    """What is needed of a service that hears others."""

    @property
    def name(self) -> str: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def journey(self) -> Journey: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def secret(self) -> bytes: ...


class Storing(Hearing, Protocol):
    """And of its store."""

    @property
    def database(self) -> Database: ...


@dataclass(frozen=True)
class Anew:
    """What a stream begins anew with: the ids that are told again, and how long it was when its generation began."""

    told: frozenset[str]
    length: int

    @classmethod
    def of(cls, letters: Sequence[Letter]) -> "Anew":
        """As these records say; none of them where a stream is withdrawn."""
        told = frozenset(letter.record.headers.get("ce_id", "") for letter in letters)
        return cls(told, max((restored_of(letter.record) for letter in letters), default=0))

    def has(self, heard: Mapping[Any, Any]) -> bool:
        """Whether something that was heard is told again. What an operator took away was never part of the view."""
        if heard["status"] == "dismissed":
            return True
        return heard["event_id"] in self.told if heard["event_id"] else heard["version"] <= self.length


class Losing:
    """What one stream loses when it begins anew. Made before anything of it is put aside."""

    def __init__(self, conn: Connection, kept: Hearing, stream: Stream, was: Generation) -> None:
        self._conn, self._kept, self._loss = conn, kept, Loss(stream, str(was))
        self._before = before_it_goes(conn, kept.ledger, kept.journey, stream)

    def found(self, heard: Iterable[Mapping[Any, Any]], anew: Anew) -> Rows:
        """What was heard, as it is put aside: each with its generation, and marked where it is lost."""
        put_aside = {"generation": self._loss.generation}
        rows = [{**row, **put_aside, **({} if anew.has(row) else {"status": LOST})} for row in heard]
        self._lost = any(row["status"] == LOST for row in rows)
        self._length = anew.length
        return rows

    def settle(self) -> None:
        """Once the stream is blank: call people where something is lost, and keep in force what it protected."""
        kept, before = self._kept, self._before
        if self._lost:
            call_people(self._conn, kept.ledger, kept.secret, self._loss, kept.clock())
        if self._lost or before.guard:
            held = parts_of(part for part in before.relations.values() if part is not None)
            guard(self._conn, kept.ledger, kept.journey, self._loss.stream, Guard(self._length, before.facet, held))


def told_before(conn: Connection, kept: Hearing, claims: Sequence[Claim]) -> None:
    """Keep what the topic has of us and our journal has not. What was told in an ended generation is surely lost."""
    if not claims:
        return
    _keep(conn, kept, [_claimed(claim) for claim in claims])
    now = generation(conn, kept.ledger)
    _call(conn, kept, (Loss(stream, str(letter.generation)) for stream, letter, _ in claims if letter.generation < now))


def call_to_all(conn: Connection, kept: Hearing, known: Rows) -> None:
    """A generation has begun: all that is kept of our own is lost, and so is what the others know of us."""
    _keep(conn, kept, known)
    old = kept.ledger.superseded
    own = select(old.c.generation, old.c.subject).where(old.c.source == kept.name, old.c.status == LOST).distinct()
    found = conn.execute(own.order_by(old.c.generation, old.c.subject)).all()
    _call(conn, kept, (Loss(Stream(kept.name, subject), told_in) for told_in, subject in found))


def _call(conn: Connection, kept: Hearing, losses: Iterable[Loss]) -> None:
    """Call people to what we lost ourselves, and keep in force what it protected."""
    ours = set[Stream]()
    for loss in losses:
        call_people(conn, kept.ledger, kept.secret, loss, kept.clock())
        ours.add(loss.stream)
    for portion in portions(sorted(stream.subject for stream in ours), PORTION, quiet):
        streams.lock(conn, kept.ledger, portion)
        for subject in portion:
            _protect(conn, kept, Stream(kept.name, subject))


def _protect(conn: Connection, kept: Hearing, stream: Stream) -> None:
    """Our view of it is what our facts make of it, and the more protective of that and of what it was with the lost."""
    ledger, journey, old = kept.ledger, kept.journey, kept.ledger.superseded
    if not open_losses(conn, ledger, stream):
        return
    length = conn.execute(select(ledger.stream.c.restored).filter_by(subject=stream.subject)).scalar_one() or 0
    # What was lost at a place that is told by now was lost before: the guard of that day knows of it.
    behind = old.c.version > length, old.c.status == LOST, old.c.data.is_not(None)
    lost = conn.execute(select(old).where(*at(old, stream), *behind))
    in_order = sorted(lost, key=lambda row: (Generation.read(row.generation), row.version))
    facts = [fact for fact in said_of(conn, ledger, journey, stream) if fact.version <= length]
    facts += [Said(*stream, row.version, row.type, row.data, row.recorded) for row in in_order]
    known = guards(conn, ledger, journey, [stream.subject]).get(stream)
    before = told_again(journey, stream, facts, known)
    held = parts_of(part for part in before.relations.values() if part is not None)
    guard(conn, ledger, journey, stream, Guard(length, before.facet, held))


async def known_elsewhere(kept: Storing, others: Iterable[Storing]) -> Rows:
    """What these services heard of us that our journal does not have. Reads all that they heard."""
    return [row for other in others async for rows in known_only_to(other, kept) for row in rows]


async def known_only_to(other: Storing, kept: Storing) -> AsyncIterator[Rows]:
    """What another service heard of us that our journal does not have, a portion of its subjects at a time."""
    for portion in portions(await subjects(other.database, other.ledger), PORTION, quiet):
        heard = await other.database.read(partial(_heard_of, other.ledger, kept.name, portion))
        ours = await ids_told(kept, portion) if heard else frozenset()
        yield [row for row in heard if row["event_id"] not in ours]


async def ids_told(kept: Storing, some: Sequence[str]) -> frozenset[str]:
    """The event ids that our journal has of these subjects."""
    return await kept.database.read(partial(_told, kept.ledger, some))


def _claimed(claim: Claim) -> Mapping[str, Any]:
    letter = claim.letter
    about: dict[str, Any] = {"type": None, "recorded": None, "data": None}
    with contextlib.suppress(Poison):
        told = decode_at(claim.stream, letter.version, letter.record)
        # A type that we do not know may hold anything, and so may a body beside what its type has.
        about |= {"type": told.type if told.type in EVERY else None, "recorded": told.recorded}
        about |= {"type": told.event.type, "data": canonical(told.event)}
    place = {"subject": claim.stream.subject, "version": letter.version, "event_id": claim.event_id}
    return _lost(claim.stream.source, letter.generation, {**place, **about, "heard_at": letter.heard_at})


def _heard_of(ledger: Ledger, source: str, portion: Sequence[str], conn: Connection) -> Rows:
    heard = ledger.heard
    parts = (heard.c.subject, heard.c.version, heard.c.event_id, heard.c.type, heard.c.recorded)
    more = (heard.c.data, heard.c.heard_at)
    query = select(*parts, *more).where(heard.c.source == source, of_subjects(heard, conn), heard.c.status == "applied")
    rows = conn.execute(query, {"subjects": list(portion)}).mappings().all()
    heard_in = spoken(conn, ledger, {Stream(source, row["subject"]) for row in rows}) if rows else {}
    return [_lost(source, heard_in[Stream(source, row["subject"])], row) for row in rows]


def _told(ledger: Ledger, portion: Sequence[str], conn: Connection) -> frozenset[str]:
    query = select(ledger.journal.c.event_id).where(of_subjects(ledger.journal, conn))
    return frozenset(conn.execute(query, {"subjects": list(portion)}).scalars())


def _lost(source: str, told_in: Generation, fact: Mapping[Any, Any]) -> Mapping[str, Any]:
    return {**fact, "source": source, "generation": str(told_in), "status": LOST}


def _keep(conn: Connection, kept: Hearing, rows: Rows) -> None:
    if rows:
        conn.execute(add_if_new(kept.ledger.superseded, conn.dialect.name), list(rows))
