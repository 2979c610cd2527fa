"""Before a service publishes: it reads the topic to the end it had, and so compares it with its own journal.

What the bus has of us and our journal has not, tells that our store went back in time; then nothing is published. A
log that is another one, or that went back itself, is told by its lives and by offsets beyond its end: it is read from
its beginning, and our whole journal is published again, since nobody knows what it lost. So it is in a new generation,
which ends with a closing record in every partition. A topic whose last records are gone counts as read. A store that
was put back once more begins behind what an earlier one of the same copy told, of which only the topic knows.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial

from sqlalchemy import Connection, select, update

from shared.bus import fence
from shared.bus.adopting import adopt
from shared.bus.consumer import Consuming
from shared.bus.generations import newest
from shared.bus.port import Bus, Measured
from shared.bus.refeed import Wanted, refeed
from shared.clock import wire
from shared.events.envelope import closing
from shared.failpoints import failpoint
from shared.storage import Still

SOON, SELDOM = 0.05, 2.0
"""Seconds between two looks, the first and the longest."""
ASKED = 3
"""How often a bus must say that it ends before our place: a broker that has just taken over may say so once."""

log = logging.getLogger(__name__)


class Looking:
    """One service's look at the topic."""

    def __init__(self, kept: Consuming, bus: Bus) -> None:
        self._kept, self._bus = kept, bus

    async def look(self, beat: Callable[[], None], still: Still) -> None:
        """Return once we may publish. As long as our store is older than what it told, that is never."""
        kept, bus = self._kept, self._bus
        kept.standing.on_the_way.clear()
        if not isinstance(bus, Measured):
            return
        ends = await bus.ends()
        other = await self._another_log(bus, ends)
        if other:
            log.error("the log is another one, or went back: all is published again", extra={"source": kept.name})
            await kept.database.write(partial(fence.begin_anew, ledger=kept.ledger, topic=bus.topic))
            ends = await bus.ends()
        await self._read(bus, ends, beat, still)
        await self._behind_all_others()
        await self._settled(beat, still)
        untold = kept.standing.untold
        if other or untold:
            await refeed(kept, self._bus, wire(kept.clock()), Wanted(), lambda *_: beat())
        if untold:
            await self._close(bus)
        await kept.database.write(partial(fence.remember, ledger=kept.ledger, topic=bus.topic, life=bus.lives[-1]))
        await kept.standing.refresh(kept.database, kept.ledger)

    async def _close(self, bus: Measured) -> None:
        """End the republication in every partition, so that readers know what will not come again."""
        kept = self._kept
        generation = kept.standing.generation
        await bus.publish_everywhere(lambda *place: closing(kept.name, generation, *place))
        failpoint("looking.closed")
        own = kept.ledger.generation
        told = update(own).where(own.c.ordinal <= generation.ordinal).values(told_at=kept.clock())
        await kept.database.write(partial(Connection.execute, statement=told))

    async def _another_log(self, bus: Measured, ends: Mapping[int, int]) -> bool:
        places, life = await self._kept.database.read(self._known)
        if life is not None and life not in bus.lives:
            return True
        for _ in range(ASKED):
            if all(place <= ends.get(partition, 0) for partition, place in places.items()):
                return False
            await asyncio.sleep(SOON)
            ends = await bus.ends()
        return True

    async def _read(self, bus: Measured, ends: Mapping[int, int], beat: Callable[[], None], still: Still) -> None:
        """Wait until the consumers of this service have read so far."""
        pause = SOON
        while True:
            places, _ = await self._kept.database.read(self._known)
            missing = [partition for partition, end in ends.items() if places.get(partition, 0) < end]
            if missing:
                starts = await bus.starts()
                missing = [partition for partition in missing if starts.get(partition, 0) < ends[partition]]
            if not missing:
                return
            await self._wait(pause, beat, still)
            pause = min(pause * 2, SELDOM)

    async def _behind_all_others(self) -> None:
        """Begin anew where the topic knows a later generation of us than the one in which we have said nothing yet."""
        kept = self._kept
        await kept.standing.refresh(kept.database, kept.ledger)
        met = await kept.database.read(partial(newest, ledger=kept.ledger, source=kept.name))
        if kept.standing.untold and met > kept.standing.generation:
            log.warning("another copy of this store went on before us", extra={"source": kept.name})
            await adopt(kept, [kept])

    async def _settled(self, beat: Callable[[], None], still: Still) -> None:
        """Wait until our store is not known to have gone back in time."""
        standing = self._kept.standing
        await standing.refresh(self._kept.database, self._kept.ledger)
        while standing.went_back:
            await self._wait(SELDOM, beat, still)
            await standing.refresh(self._kept.database, self._kept.ledger)

    async def _wait(self, seconds: float, beat: Callable[[], None], still: Still) -> None:
        await asyncio.sleep(seconds)
        await still()
        beat()

    def _known(self, conn: Connection) -> tuple[Mapping[int, int], str | None]:
        """Where we are in the topic, and in which life of its log we were last."""
        ledger, topic = self._kept.ledger, self._bus.topic
        own = ledger.bus_log
        life = conn.execute(select(own.c.life).where(own.c.topic == topic)).scalar_one_or_none()
        return fence.places(conn, ledger, topic), life
