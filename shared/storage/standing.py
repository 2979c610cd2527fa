"""What a service knows of its own store: in which generation it speaks, and whether it went back in time.

Read at the start and once a second afterwards, never by a write: a unit asks this object alone. A conflict stands in
the database, so that every replica learns of it and no restart forgets it.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, func, select

from shared.errors import Unavailable
from shared.events.generation import FIRST, Generation
from shared.storage import Database
from shared.storage.ledger import Ledger

LOOK = 1.0
"""Seconds between two looks, and so how long a replica may go on after another one has found something."""
MOST_ON_THE_WAY = 10_000
LOST = ""
"""The life of a log in which we found less than we had read."""

log = logging.getLogger(__name__)


class WentBack(Unavailable):
    """The store is older than what it told: whatever it says next would be taken for something else."""

    code = "store_went_back"


@dataclass
class Standing:
    """One service's standing. `contradicted` is shared by all services of a process: who went back, as each knows."""

    name: str = ""
    contradicted: dict[str, frozenset[str]] = field(default_factory=dict)
    generation: Generation = FIRST
    conflicts: Counter[str] = field(default_factory=Counter)
    """By source, our own included: how many records say something else than what stands here at their place."""
    on_the_way: set[str] = field(default_factory=set)
    """Ids of events that this process published and has not read back yet: they are surely in the journal."""
    log_lost: bool = False
    """Less stood in the log than we had read of it: it was lost, or put back from a copy."""
    untold: bool = False
    """Our generation has begun, and the journal was not yet published in it."""
    met_generations: bool = False
    """Some peer was heard in a generation that is not its first."""

    @property
    def went_back(self) -> bool:
        """Whether the bus, or another service of this process, heard of us what this store does not have."""
        return any(self.name in known for known in self.contradicted.values())

    def refuse(self) -> None:
        """Raise WentBack where nothing may be written."""
        if self.went_back:
            raise WentBack

    def publishing(self, event_ids: list[str]) -> None:
        """Remember what is sent, so that nobody has to look it up when it comes back."""
        if len(self.on_the_way) > MOST_ON_THE_WAY:
            self.on_the_way.clear()
        self.on_the_way.update(event_ids)

    async def refresh(self, database: Database, ledger: Ledger) -> None:
        """Read it from the store. What is worse than before stands in the log."""
        now = await database.read(lambda conn: _standing(conn, ledger))
        self.generation, found, self.log_lost = now.generation, now.conflicts, now.log_lost
        self.untold, self.met_generations = now.untold, now.met_generations or self.met_generations
        for source in sorted(found.keys() - self.conflicts.keys()):
            log.error("a store went back in time", extra={"source": source, "count": found[source]})
        self.contradicted[self.name] = frozenset(found)
        self.conflicts = found


@dataclass(frozen=True)
class _Stored:
    generation: Generation
    conflicts: Counter[str]
    log_lost: bool
    untold: bool
    met_generations: bool


def _standing(conn: Connection, ledger: Ledger) -> _Stored:
    own, peer, log_ = ledger.generation, ledger.peer, ledger.bus_log
    queries = (
        select(log_.c.topic).where(log_.c.life == LOST),
        select(own.c.ordinal).where(own.c.told_at.is_(None)),
        select(peer.c.source),
    )
    there = (conn.execute(query.limit(1)).first() is not None for query in queries)
    return _Stored(generation(conn, ledger), conflicts(conn, ledger), *there)


async def watch(standing: Standing, database: Database, ledger: Ledger, beat: Callable[[], None]) -> None:
    """Read it again every second: another replica may have found something."""
    while True:
        await standing.refresh(database, ledger)
        beat()
        await asyncio.sleep(LOOK)


def generation(conn: Connection, ledger: Ledger) -> Generation:
    """The generation in which this store speaks."""
    own = ledger.generation
    row = conn.execute(select(own.c.ordinal, own.c.tag).order_by(own.c.ordinal.desc()).limit(1)).first()
    return FIRST if row is None else Generation(row.ordinal, row.tag)


def put_back_at(conn: Connection, ledger: Ledger) -> datetime | None:
    """When this store last went on from an older copy; None where it never did."""
    own = ledger.generation
    query = select(own.c.at).order_by(own.c.ordinal.desc()).limit(1)
    found: datetime | None = conn.execute(query).scalar_one_or_none()
    return found


def conflicts(conn: Connection, ledger: Ledger) -> Counter[str]:
    """By source: how many records say something else than what stands here, and were not settled."""
    table = ledger.conflict
    query = select(table.c.source, func.count().label("many")).where(table.c.settled.is_(None))
    rows = conn.execute(query.group_by(table.c.source))
    return Counter({row.source: row.many for row in rows})
