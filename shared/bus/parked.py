"""The held and parked records of a service, stream by stream, and how they are retried.

Nothing of a payload is shown: only which stream, from which version on, why and since when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from shared.bus.consumer import Consumer, Consuming
from shared.bus.heard import UNREADABLE
from shared.bus.port import Bus
from shared.bus.portions import portions, quiet
from shared.storage import HowFar
from shared.storage.ledger import Ledger

WAITS = ("held", "parked")


@dataclass(frozen=True)
class Parked:
    """A stream that waits. `why` is the reason of its first waiting version; `since` when the oldest of them came.

    A gap waits for versions that did not come; anything else is what is wrong with the first. An unreadable record has
    no stream: its subject is the place in the topic where it stands.
    """

    source: str
    subject: str
    version: int
    waiting: int
    why: str
    since: datetime


@dataclass(frozen=True)
class Redriven:
    """How many subjects were retried, how many events were applied, how many still wait."""

    subjects: int
    applied: int
    waiting: int


async def parked(kept: Consuming) -> list[Parked]:
    """Every stream of which something is held or parked, by source and subject."""
    return await kept.database.read(lambda conn: _parked(conn, kept.ledger))


async def redrive(kept: Consuming, bus: Bus, subject: str | None = None, progress: HowFar = quiet) -> Redriven:
    """Try again, in order, what one subject or all hold and park. One transaction per subject: killed, run it again."""
    waiting = await kept.database.read(lambda conn: _subjects(conn, kept.ledger))
    chosen = [found for found in waiting if subject in (None, found)]
    # Nothing is read from the bus: the consumer's way of applying is all that is needed.
    consumer, applied = Consumer(kept, bus), 0
    for portion in portions(chosen, 1, progress):
        applied += await consumer.redrive(portion[0])
    left = [row for row in await parked(kept) if row.subject in chosen]
    return Redriven(len(chosen), applied, sum(row.waiting for row in left))


def _parked(conn: Connection, ledger: Ledger) -> list[Parked]:
    heard = ledger.heard
    query = select(heard.c.source, heard.c.subject, heard.c.version, heard.c.why, heard.c.heard_at)
    rows = conn.execute(query.where(heard.c.status.in_(WAITS))).all()
    ordered = sorted(rows, key=lambda row: (row.source, row.subject, row.version))
    return [_stream(list(group)) for _, group in groupby(ordered, key=lambda row: (row.source, row.subject))]


def _stream(rows: Sequence[Any]) -> Parked:
    first = rows[0]
    since = min(row.heard_at for row in rows)
    return Parked(first.source, first.subject, first.version, len(rows), first.why, since)


def _subjects(conn: Connection, ledger: Ledger) -> list[str]:
    heard = ledger.heard
    query = select(heard.c.subject).where(heard.c.status.in_(WAITS), heard.c.source != UNREADABLE)
    return sorted(conn.execute(query.distinct()).scalars())
