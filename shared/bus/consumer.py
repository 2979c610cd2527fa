"""From the topic into this service's view, exactly once in effect, in each stream's order.

One transaction per batch: the fence row first (a reader that lost its partition fails there), then all streams locked,
then `heard`, facets and to-dos in sets. Trouble with the database is never an event's fault and parks nothing.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import DBAPIError

from shared import streams
from shared.bus import heard
from shared.bus.envelope import Stream, Unreadable, address
from shared.bus.inbox import Letter, Outcome, receive
from shared.bus.port import Bus, Delivered, Subscription
from shared.clock import Clock
from shared.db import Database, add_if_new, unfit
from shared.failpoints import failpoint
from shared.journey import Journey
from shared.ledger import Ledger
from shared.todos import Reactions
from shared.tracing import Tracing, context
from shared.views import load, moves_of, save

LIMIT = 500
SILENCE = 1.0
Mail = Mapping[Stream, Sequence[Letter]]

log = logging.getLogger(__name__)


class Kept(Protocol):
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
    def tracing(self) -> Tracing: ...


class Fenced(Exception):
    """Another reader has moved this partition on: what we hold is old."""


class Consumer:
    """One service's reader. `step` and `run` share a subscription; never drive both at once."""

    def __init__(self, kept: Kept, bus: Bus, on_applied: Callable[[], None] = lambda: None) -> None:
        self._kept = kept
        self._bus = bus
        self._on_applied = on_applied
        self._subscription: Subscription | None = None
        self._next: dict[int, int] = {}

    async def run(self, beat: Callable[[], None]) -> None:
        """Read for ever. Started again after an error, it goes on from the stored positions."""
        try:
            while True:
                await self.step(SILENCE)
                beat()
        finally:
            await self.close()

    async def step(self, wait: float = 0.0) -> int:
        """Take one batch; how many records it had."""
        if self._subscription is None:
            self._subscription = await self._bus.subscribe(self._kept.name, self._start_at)
        batch = await self._subscription.batch(LIMIT, wait)
        if not batch:
            return 0
        partition, reached = batch[0].partition, batch[-1].offset + 1
        failpoint("consumer.read")
        try:
            with self._kept.tracing.hearing(self._causes(batch)):
                await self._kept.database.write(lambda conn: self._apply(conn, partition, reached, batch))
        except Fenced:
            log.warning("partition was moved on by another reader", extra={"partition": partition})
            await self._subscription.seek(partition, await self._start_at(partition))
        except Exception:
            await self._subscription.seek(partition, self._next[partition])
            raise
        else:
            failpoint("consumer.after_commit")
            self._next[partition] = reached
            self._on_applied()
        return len(batch)

    async def redrive(self, subject: str) -> int:
        """Try once more, in order, what a subject holds and parks; how many facts were applied."""

        def again(conn: Connection) -> int:
            streams.lock(conn, self._kept.ledger, [subject])
            waiting = heard.waiting(conn, self._kept.ledger, [subject])
            outcomes = self._write(conn, dict.fromkeys(waiting, ()), retry=True)
            failpoint("redrive.before_commit")
            return sum(len(outcome.applied) for outcome in outcomes)

        applied = await self._kept.database.write(again)
        self._on_applied()
        return applied

    async def close(self) -> None:
        """Give the subscription back. The positions are safe in the database."""
        if self._subscription is not None:
            subscription, self._subscription = self._subscription, None
            await subscription.close()

    async def _start_at(self, partition: int) -> int:
        offsets = self._kept.ledger.bus_offset
        here = {"topic": self._bus.topic, "partition": partition}

        def position(conn: Connection) -> int:
            conn.execute(add_if_new(offsets, conn.dialect.name), {**here, "next": 0})
            found = conn.execute(select(offsets.c.next).filter_by(**here))
            return int(found.scalar_one())

        self._next[partition] = await self._kept.database.write(position)
        return self._next[partition]

    def _apply(self, conn: Connection, partition: int, reached: int, batch: Sequence[Delivered]) -> None:
        self._fence(conn, partition, reached)
        mail, unreadable = self._sorted(batch)
        streams.lock(conn, self._kept.ledger, (stream.subject for stream in mail))
        heard.write_unreadable(conn, self._kept.ledger, unreadable)
        self._write_what_fits(conn, mail)
        failpoint("consumer.before_commit")

    def _causes(self, batch: Sequence[Delivered]) -> Iterator[str]:
        """From which requests a batch comes, as far as its records say."""
        own = f"/{self._kept.name}"
        for delivered in batch:
            cause = context(delivered.record.headers.get("traceparent"))
            if cause is not None and delivered.record.headers.get("ce_source") != own:
                yield cause

    def _fence(self, conn: Connection, partition: int, reached: int) -> None:
        offsets = self._kept.ledger.bus_offset
        here = {"topic": self._bus.topic, "partition": partition, "next": self._next[partition]}
        if conn.execute(update(offsets).filter_by(**here).values(next=reached)).rowcount != 1:
            raise Fenced

    def _sorted(self, batch: Sequence[Delivered]) -> tuple[dict[Stream, list[Letter]], dict[str, Letter]]:
        """The batch by stream, without what we told ourselves: our own facet moved when we told it."""
        now = self._kept.clock()
        mail: dict[Stream, list[Letter]] = {}
        unreadable: dict[str, Letter] = {}
        for delivered in batch:
            try:
                stream, version = address(delivered.record)
            except Unreadable as error:
                place = f"{self._bus.topic}/{delivered.partition}/{delivered.offset}"
                unreadable[place] = Letter(1, delivered.record, now, error.code)
                log.error("record names no stream", extra={"place": place})
                continue
            if stream.source != self._kept.name:
                mail.setdefault(stream, []).append(Letter(version, delivered.record, now))
        return mail, unreadable

    def _write(self, conn: Connection, mail: Mail, *, retry: bool = False, refuse: str | None = None) -> list[Outcome]:
        ledger, journey = self._kept.ledger, self._kept.journey
        progress = load(conn, ledger, journey, mail)
        waiting = heard.waiting(conn, ledger, (stream.subject for stream in mail))
        plant = self._kept.reactions.rows
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
        heard.write(conn, ledger, outcomes)
        save(conn, ledger, moves_of({outcome.stream: outcome.after for outcome in outcomes if outcome.applied}))
        for outcome in outcomes:
            _tell_of_trouble(outcome)
        return outcomes

    def _write_what_fits(self, conn: Connection, mail: Mail) -> None:
        """All of it at once. Where that cannot be stored, each half, until the record at fault is alone and parked.

        Halving keeps the writers' wait short: one bad record among 500 costs a few batches, not 500 small ones.
        """
        try:
            with conn.begin_nested():
                self._write(conn, mail)
        except DBAPIError as error:
            _refuse_trouble(error)
            halves = _halved(mail)
            for half in halves:
                self._write_what_fits(conn, half)
            if not halves:
                self._write(conn, mail, refuse="unwritable")


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
