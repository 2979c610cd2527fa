"""What an operator takes out of the way on purpose, with a reason: a record that waits, or a range of offsets.

Each leaves a row that says who did it, when and why, and nothing of what was in it. A dismissed event is missing in
this view for ever: the stream goes on behind it, a rebuild leaves it out, and `verify` counts it. What was skipped and
was an event of ours is a gap: `verify` names it, and `refeed` brings it again.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from shared.bus import fence
from shared.bus.consumer import Consumer, Consuming
from shared.bus.heard import UNREADABLE
from shared.bus.inbox import BEHIND
from shared.bus.port import Bus
from shared.bus.reasons import Reason
from shared.events.envelope import Stream
from shared.journey.views import load, moves_of, save
from shared.writing import streams

SKIPPED = "skipped"


@dataclass(frozen=True)
class By:
    """Who sets aside, and why."""

    staff: str
    reason: Reason


@dataclass(frozen=True)
class Range:
    """Offsets of one partition, both ends included."""

    partition: int
    first: int
    last: int


async def dismiss(kept: Consuming, bus: Bus, stream: Stream, version: int, by: By) -> bool:
    """Take away what is parked there, and apply what waits behind it. False where nothing is parked for itself."""
    if not await kept.database.write(lambda conn: _dismiss(conn, kept, stream, version, by)):
        return False
    if stream.source != UNREADABLE:
        await Consumer(kept, bus).redrive(stream.subject)
    return True


async def skip(kept: Consuming, topic: str, offsets: Range, by: By) -> int:
    """Have a service go on behind these offsets; returns where it stood. It moves only from within them."""

    def moved(conn: Connection) -> int:
        stands = fence.place(conn, kept.ledger, topic, offsets.partition)
        if offsets.first <= stands <= offsets.last:
            # Its reader finds the row moved, and goes on from there.
            behind = {offsets.partition: offsets.last + 1}
            fence.move(conn, kept.ledger, topic, {offsets.partition: stands}, behind)
            _record(conn, kept, by, source=SKIPPED, subject=f"{topic}/{offsets.partition}/{stands}-{offsets.last}")
        return stands

    return await kept.database.write(moved)


async def set_aside(kept: Consuming) -> list[dict[str, Any]]:
    """Everything that was set aside, oldest first."""
    query = select(kept.ledger.set_aside).order_by(kept.ledger.set_aside.c.id)
    return await kept.database.read(lambda conn: [dict(row) for row in conn.execute(query).mappings()])


def _dismiss(conn: Connection, kept: Consuming, stream: Stream, version: int, by: By) -> bool:
    if stream.source != UNREADABLE:
        streams.lock(conn, kept.ledger, [stream.subject])
    heard = kept.ledger.heard
    here = [heard.c.source == stream.source, heard.c.subject == stream.subject, heard.c.version == version]
    parked = [*here, heard.c.status == "parked", heard.c.why != BEHIND]
    why = conn.execute(select(heard.c.why).where(*parked)).scalar_one_or_none()
    if why is None:
        return False
    conn.execute(update(heard).where(*parked).values(status="dismissed", raw=None, headers=None))
    if stream.source != UNREADABLE:
        reached = load(conn, kept.ledger, kept.journey, [stream])[stream]
        save(conn, kept.ledger, moves_of({stream: reached._replace(version=version)}))
    _record(conn, kept, by, source=stream.source, subject=stream.subject, version=version, why=why)
    return True


def _record(conn: Connection, kept: Consuming, by: By, **what: Any) -> None:
    conn.execute(
        insert(kept.ledger.set_aside).values(at=kept.clock(), staff_ref=by.staff, reason=by.reason.value, **what)
    )
