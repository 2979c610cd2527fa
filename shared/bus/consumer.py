"""Receives records from the topic and applies them to this service's view: once in effect, in each stream's order.

One transaction per batch: the fence row first (a reader that lost its partition fails there), then all streams locked,
then `heard`, facets and to-dos in sets. A database error is never an event's fault: it parks nothing, and the batch is
received again.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from shared.bus import conflicts, fence, generations, heard, losing
from shared.bus.bodies import Bodies
from shared.bus.fence import Fenced
from shared.bus.inbox import Letter, Outcome, receive
from shared.bus.port import Bus, Delivered, Subscription, reached
from shared.clock import Clock
from shared.events.envelope import Closing, Envelope, Stream, Unreadable, address, closing_of, generation_of
from shared.failpoints import failpoint
from shared.journey import Journey
from shared.journey.guards import guarded
from shared.journey.todos import Reactions
from shared.journey.views import load, moves_of, save
from shared.observability.tracing import Tracing, context
from shared.storage import Database, unfit
from shared.storage.ledger import Ledger
from shared.storage.standing import Standing
from shared.writing import streams

LIMIT = 500
SILENCE = 1.0
Mail = Mapping[Stream, Sequence[Letter]]
OnApplied = Callable[[bool], None]
"""Told after each batch, and whether it may have planted to-dos."""

log = logging.getLogger(__name__)


class Consuming(Protocol):
    """What the consumer needs of a running service."""

    @property
    def name(self) -> str: ...
    @property
    def database(self) -> Database: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def journey(self) -> Journey: ...
    @property
    def reactions(self) -> Reactions: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def secret(self) -> bytes: ...
    @property
    def tracing(self) -> Tracing: ...
    @property
    def standing(self) -> Standing: ...


class Consumer:
    """One service's consumer. `step` and `run` share a subscription; never drive both at once."""

    def __init__(self, kept: Consuming, bus: Bus, on_applied: OnApplied = lambda _: None) -> None:
        self._kept = kept
        self._bus = bus
        self._on_applied = on_applied
        self._subscription: Subscription | None = None
        self._next: dict[int, int] = {}

    @cached_property
    def _bodies(self) -> Bodies:
        """Only when something waits: whoever looks after the bus without a key can do the rest."""
        return Bodies(self._kept.secret)

    async def run(self, beat: Callable[[], None]) -> None:
        """Receive until cancelled. Started again after an error, it goes on from the stored offsets."""
        ledger = self._kept.ledger
        await self._kept.database.write(lambda conn: heard.seal_what_is_clear(conn, ledger, self._bodies))
        try:
            while True:
                await self.step(SILENCE)
                beat()
        finally:
            await self.close()

    async def step(self, wait: float = 0.0) -> int:
        """Receive and apply one batch; returns how many records it had."""
        if self._subscription is None:
            self._subscription = await self._bus.subscribe(self._kept.name, self._start_at)
        batch = await self._subscription.batch(LIMIT, wait)
        if not batch:
            await self._go_back(self._subscription)
            return 0
        places = reached(batch)
        failpoint("consumer.read")
        try:
            with self._kept.tracing.hearing(self._causes(batch)):
                planted, differs = await self._kept.database.write(lambda conn: self._apply(conn, places, batch))
        except Fenced:
            log.warning("a partition was moved on by another reader", extra={"partitions": sorted(places)})
            for partition in places:
                await self._subscription.seek(partition, await self._start_at(partition))
        except Exception:
            for partition in places:
                await self._subscription.seek(partition, self._next[partition])
            raise
        else:
            failpoint("consumer.after_commit")
            self._next |= places
            if differs:
                await self._kept.standing.refresh(self._kept.database, self._kept.ledger)
            self._on_applied(planted)
        return len(batch)

    async def redrive(self, subject: str) -> int:
        """Retry, in order, what a subject holds and parks; returns how many events were applied."""

        def again(conn: Connection) -> int:
            streams.lock(conn, self._kept.ledger, [subject])
            waiting = heard.waiting(conn, self._kept.ledger, self._bodies, [subject])
            outcomes = self._write(conn, dict.fromkeys(waiting, ()), retry=True)
            failpoint("redrive.before_commit")
            return sum(len(outcome.applied) for outcome in outcomes)

        applied = await self._kept.database.write(again)
        self._on_applied(True)
        return applied

    async def close(self) -> None:
        """Close the subscription. The offsets are safe in the database."""
        if self._subscription is not None:
            subscription, self._subscription = self._subscription, None
            await subscription.close()

    async def _start_at(self, partition: int) -> int:
        def position(conn: Connection) -> int:
            return fence.place(conn, self._kept.ledger, self._bus.topic, partition)

        self._next[partition] = await self._kept.database.write(position)
        # Whoever read it before may have met a new generation there.
        await self._kept.standing.refresh(self._kept.database, self._kept.ledger)
        return self._next[partition]

    async def _go_back(self, subscription: Subscription) -> None:
        """Read again from where our offsets were put back to. Where there is a batch, the fence tells of it."""
        ledger, topic = self._kept.ledger, self._bus.topic
        stored = await self._kept.database.read(lambda conn: fence.places(conn, ledger, topic))
        back = [partition for partition, offset in self._next.items() if stored.get(partition, offset) < offset]
        for partition in back:
            await subscription.seek(partition, await self._start_at(partition))

    def _apply(self, conn: Connection, places: Mapping[int, int], batch: Sequence[Delivered]) -> tuple[bool, bool]:
        """Apply a whole batch; returns whether it planted to-dos, and whether it speaks against what is known."""
        ledger = self._kept.ledger
        fence.move(conn, ledger, self._bus.topic, self._next, places)
        mail, own, closings, unreadable = self._sorted(batch)
        streams.lock(conn, ledger, (stream.subject for stream in mail))
        heard.write_unreadable(conn, ledger, self._bodies, unreadable)
        untold = conflicts.of_own(conn, ledger, self._kept.standing, own)
        open_ones = conflicts.note(conn, ledger, self._bodies, untold, self._kept.name)
        losing.told_before(conn, self._kept, untold)
        outcomes = self._write_what_fits(conn, mail)
        generations.close(conn, self._kept, closings)
        failpoint("consumer.before_commit")
        differs = open_ones or any(outcome.differs for outcome in outcomes)
        return any(outcome.todos for outcome in outcomes), differs

    def _causes(self, batch: Sequence[Delivered]) -> Iterator[str]:
        """From which requests a batch comes, as far as its records say."""
        own = f"/{self._kept.name}"
        for delivered in batch:
            cause = context(delivered.record.headers.get("traceparent"))
            if cause is not None and delivered.record.headers.get("ce_source") != own:
                yield cause

    def _sorted(self, batch: Sequence[Delivered]) -> tuple[Mail, Mail, list[tuple[int, Closing]], dict[str, Letter]]:
        """The batch by stream; our own events apart, since our own facet moved when they were stored."""
        now = self._kept.clock()
        mail: dict[Stream, list[Letter]] = {}
        own: dict[Stream, list[Letter]] = {}
        closings: list[tuple[int, Closing]] = []
        unreadable: dict[str, Letter] = {}
        for delivered in batch:
            try:
                if delivered.flaw:
                    raise Unreadable
                if closing := closing_of(delivered.record):
                    closings.append((delivered.partition, closing))
                    continue
                stream, version = address(delivered.record)
                generation_of(delivered.record)
            except Unreadable as error:
                place, why = delivered.place(self._bus.topic), delivered.flaw or error.code
                unreadable[place] = Letter(1, delivered.record, now, why)
                log.error("record cannot be read", extra={"place": place, "why": why})
                continue
            sort = own if stream.source == self._kept.name else mail
            sort.setdefault(stream, []).append(Letter(version, delivered.record, now))
        return mail, own, closings, unreadable

    def _write(self, conn: Connection, mail: Mail, *, retry: bool = False, refuse: str | None = None) -> list[Outcome]:
        ledger, journey = self._kept.ledger, self._kept.journey
        mail, swapped = generations.in_turn(conn, self._kept, self._bodies, self._kept.standing, mail)
        known = generations.heard_before(conn, ledger, swapped)
        progress = load(conn, ledger, journey, mail)
        if self._kept.standing.met_generations:
            progress = guarded(conn, ledger, journey, progress)
        waiting = heard.waiting(conn, ledger, self._bodies, (stream.subject for stream in mail))
        against = conflicts.of_peers(conn, ledger, progress, mail)
        speaks = conflicts.note(conn, ledger, self._bodies, against, self._kept.name)
        differing = {claim.stream for claim in against if speaks}

        def plant(told: Envelope) -> list[dict[str, Any]]:
            return [] if told.event_id in known else self._kept.reactions.rows(told)

        outcomes = [
            receive(
                journey,
                plant,
                stream,
                progress[stream],
                waiting.get(stream, {}),
                arrived=letters,
                retry=retry,
                refuse=refuse,
            )
            for stream, letters in mail.items()
        ]
        heard.write(conn, ledger, self._bodies, outcomes)
        save(conn, ledger, moves_of({outcome.stream: outcome.after for outcome in outcomes if outcome.applied}))
        for outcome in outcomes:
            _tell_of_trouble(outcome)
        return [outcome._replace(differs=outcome.stream in differing) for outcome in outcomes] if against else outcomes

    def _write_what_fits(self, conn: Connection, mail: Mail) -> list[Outcome]:
        """All of it at once. Where that cannot be stored, each half, until the record at fault is alone and parked.

        Halving keeps the writers' wait short: one bad record among 500 costs a few batches, not 500 small ones.
        """
        try:
            with conn.begin_nested():
                return self._write(conn, mail)
        except DBAPIError as error:
            _refuse_trouble(error)
            if halves := _halved(mail):
                return [outcome for half in halves for outcome in self._write_what_fits(conn, half)]
            return self._write(conn, mail, refuse="unwritable")


def _halved(mail: Mail) -> tuple[Mail, ...]:
    """Two parts, each stream in its order; nothing for a single record."""
    letters = [(stream, letter) for stream, some in mail.items() for letter in some]
    middle = len(letters) // 2
    return (_by_stream(letters[:middle]), _by_stream(letters[middle:])) if middle else ()


def _by_stream(letters: Sequence[tuple[Stream, Letter]]) -> Mail:
    mail: dict[Stream, list[Letter]] = {}
    for stream, letter in letters:
        mail.setdefault(stream, []).append(letter)
    return mail


def _refuse_trouble(error: DBAPIError) -> None:
    """Trouble with the store is never an event's fault: it ends the batch, which is read again."""
    if not unfit(error):
        raise error


def _tell_of_trouble(outcome: Outcome) -> None:
    if outcome.waits and outcome.waits != outcome.waited:
        first = min(outcome.waits)
        where = {"source": outcome.stream.source, "subject": outcome.stream.subject, "version": first}
        log.error("stream waits", extra={**where, "why": outcome.waits[first].why, "waiting": len(outcome.waits)})
