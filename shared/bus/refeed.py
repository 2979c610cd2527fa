"""Publishes a journal again: for a consumer that lost its store, for a new one, or for a topic that is gone.

Consumers that have an event drop it. Each record names its refeed in a header, so its bytes are new: the embedded log,
which stores equal records once, stores it again, and a parked version is retried with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, func, select

from shared.bus.consumer import Consuming
from shared.bus.port import Bus
from shared.bus.portions import quiet
from shared.events.envelope import Envelope, encode
from shared.events.record import Record
from shared.storage import HowFar

PORTION = 500
HEADER = "ce_refeed"


@dataclass(frozen=True)
class Refed:
    """How many events were published again, and the last of them, by its id in the journal."""

    published: int
    reached: int


@dataclass(frozen=True)
class Wanted:
    """Which events: of one subject or all, behind an id of the journal, recorded at or after a moment."""

    subject: str | None = None
    after: int = 0
    since: datetime | None = None


async def refeed(kept: Consuming, bus: Bus, run: str, wanted: Wanted, progress: HowFar = quiet) -> Refed:
    """Publish what is wanted, in the order of the journal. `run` names this refeed; the bus must be started.

    Interrupted, it can go on behind the last id that `progress` received; beginning anew is safe as well.
    """
    after, last = await kept.database.read(lambda conn: _bounds(conn, kept, wanted))
    published = 0
    while found := await kept.database.read(partial(_next, kept, wanted.subject, after, last)):
        await bus.publish([_again(kept, told, restored, run) for _, told, restored in found])
        published, after = published + len(found), found[-1][0]
        progress(after, last)
    return Refed(published, after)


def _again(kept: Consuming, told: Envelope, restored: int, run: str) -> Record:
    record = encode(told, kept.standing.generation, restored)
    return replace(record, headers={**record.headers, HEADER: run})


def _bounds(conn: Connection, kept: Consuming, wanted: Wanted) -> tuple[int, int]:
    """The id behind which to begin, and the last there is now: what is stored later is published anyway."""
    journal = kept.ledger.journal
    last = conn.execute(select(func.max(journal.c.id))).scalar() or 0
    if wanted.since is None:
        return wanted.after, last
    # By id from there on, since a clock that was set back must leave out nothing that came later.
    first = conn.execute(select(func.min(journal.c.id)).where(journal.c.recorded >= wanted.since)).scalar()
    return max(wanted.after, last if first is None else first - 1), last


def _next(
    kept: Consuming, subject: str | None, after: int, last: int, conn: Connection
) -> Sequence[tuple[int, Envelope, int]]:
    """The next facts, each with its id and with how long its stream was when our generation began."""
    journal, stream = kept.ledger.journal, kept.ledger.stream
    query = select(journal, stream.c.restored).join(stream, stream.c.subject == journal.c.subject)
    query = query.where(journal.c.id > after, journal.c.id <= last).order_by(journal.c.id).limit(PORTION)
    if subject is not None:
        query = query.where(journal.c.subject == subject)
    rows = conn.execute(query).mappings()
    return [(row["id"], Envelope.of(kept.name, row), row["restored"] or 0) for row in rows]
