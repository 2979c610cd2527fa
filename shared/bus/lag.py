"""How far a service is behind, in figures cheap enough to ask for every few seconds.

They come from tables that are nearly empty while all is well; only `reach` reads a whole view. Ages are in seconds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, literal, or_, select

from shared.bus.consumer import Consuming
from shared.bus.heard import UNREADABLE
from shared.bus.port import Bus, Measured
from shared.storage import one_moment
from shared.storage.ledger import Ledger

_Row = Select[int, int, Any]
"""How many rows, of how many streams, and since when."""


@dataclass(frozen=True)
class Waiting:
    """So many rows of so many streams, and for how many seconds the oldest has been there."""

    count: int
    streams: int
    oldest: float


@dataclass(frozen=True)
class Lag:
    """What a service has still to publish, to receive and to do.

    `held` waits for a version before it, `parked` for people. `unreadable` records name no stream and block nobody.
    `due` are to-dos whose time has come, `failing` those that will be tried again, `attention` what
    nobody has dismissed yet. `positions` says by partition which offset is read next.
    """

    pending: Waiting
    held: Waiting
    parked: Waiting
    unreadable: int
    due: Waiting
    failing: int
    attention: int
    positions: Mapping[int, int]


async def lag(kept: Consuming) -> Lag:
    """How far this service is behind at one moment. Reads each pending event, to say of how many streams they are."""
    return await _at_one_moment(kept, _pending)


async def quick_lag(kept: Consuming) -> Lag:
    """The same for whoever asks every few seconds: `pending` does not say of how many streams, nor read its events."""
    return await _at_one_moment(kept, _pending_quickly)


async def _at_one_moment(kept: Consuming, pending: Callable[[Ledger], _Row]) -> Lag:
    now = kept.clock()
    return await kept.database.read(lambda conn: _lag(conn, kept.ledger, now, pending(kept.ledger)))


async def unheard(bus: Bus, positions: Mapping[int, int]) -> int | None:
    """How many places of the topic lie beyond these positions; None when the bus cannot tell."""
    if not isinstance(bus, Measured):
        return None
    ends = await bus.ends()
    return sum(max(0, end - positions.get(partition, 0)) for partition, end in ends.items())


async def reach(kept: Consuming) -> Mapping[str, int]:
    """By source, its own included: how many events stand in this service's view. Reads a row of every stream."""
    facet = kept.ledger.facet
    query = select(facet.c.source, func.sum(facet.c.version)).group_by(facet.c.source).order_by(facet.c.source)
    rows = await kept.database.read(lambda conn: conn.execute(query).all())
    return {source: int(count) for source, count in rows}


def _lag(conn: Connection, ledger: Ledger, now: datetime, pending: _Row) -> Lag:
    one_moment(conn)
    heard, todo, offsets = ledger.heard, ledger.todo, ledger.bus_offset
    named = select(func.count(), _streams(ledger), func.min(heard.c.heard_at)).where(heard.c.source != UNREADABLE)
    lost = select(func.count()).where(heard.c.status == "parked", heard.c.source == UNREADABLE)
    places = conn.execute(select(offsets.c.partition, offsets.c.next).order_by(offsets.c.partition))
    return Lag(
        pending=_waiting(conn, now, pending),
        held=_waiting(conn, now, named.where(heard.c.status == "held")),
        parked=_waiting(conn, now, named.where(heard.c.status == "parked")),
        unreadable=conn.execute(lost).scalar_one(),
        due=_waiting(conn, now, _due(ledger, now)),
        failing=conn.execute(select(func.count()).where(todo.c.attempts > 0)).scalar_one(),
        attention=conn.execute(select(func.count()).where(ledger.attention.c.status == "open")).scalar_one(),
        positions={row.partition: row.next for row in places},
    )


def _streams(ledger: Ledger) -> Any:
    heard = ledger.heard
    return func.count(func.distinct(heard.c.source + " " + heard.c.subject))


def _pending(ledger: Ledger) -> _Row:
    journal, pending = ledger.journal, ledger.pending
    told = pending.join(journal, pending.c.journal_id == journal.c.id)
    subjects, oldest = func.count(func.distinct(journal.c.subject)), func.min(journal.c.recorded)
    return select(func.count(), subjects, oldest).select_from(told)


def _pending_quickly(ledger: Ledger) -> _Row:
    """The oldest is that with the lowest id. Ids rise with time, but for units that overlap."""
    journal, pending = ledger.journal, ledger.pending
    first = select(func.min(pending.c.journal_id)).scalar_subquery()
    since = select(journal.c.recorded).where(journal.c.id == first).scalar_subquery()
    return select(func.count(), literal(0), since).select_from(pending)


def _due(ledger: Ledger, now: datetime) -> _Row:
    """A to-do without a `due_at` comes of a fact and has no moment of its own: its age is not known."""
    todo = ledger.todo
    ready = or_(todo.c.due_at.is_(None), todo.c.due_at <= now)
    return select(func.count(), func.count(func.distinct(todo.c.subject)), func.min(todo.c.due_at)).where(ready)


def _waiting(conn: Connection, now: datetime, query: _Row) -> Waiting:
    count, streams, since = conn.execute(query).one()
    return Waiting(count, streams, 0.0 if since is None else max(0.0, (now - since).total_seconds()))
