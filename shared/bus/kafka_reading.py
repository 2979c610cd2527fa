"""One replica's subscription to the topic. Kafka assigns the partitions; the offsets come from our database.

A reader that is stuck raises `Stuck`, and its owner makes a new one. That is always safe, because no offset is stored
here. The offsets committed to Kafka are only for people who look at lag, and that commit may fail.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka.errors import ConsumerStoppedError, KafkaError
from aiokafka.structs import TopicPartition

from shared.bus.kafka_sieve import LARGEST, Sieve
from shared.bus.kafka_wire import delivered
from shared.bus.port import Delivered, StartAt, reached

JOINING = 30.0
"""Seconds in which a group must have shared its partitions out."""
SUSPICIOUS = 5.0
"""Seconds of silence after which the brokers are asked whether there is anything; after twice that, it is an error."""
ANSWER = 5.0
"""Seconds that brokers have to answer a question, or to take leave of us."""
COMMIT_EVERY = 1.0
FETCHED = 8 * LARGEST
"""Bytes of one answer of a broker, but for the first batch in it, which comes whole however large it is."""

log = logging.getLogger(__name__)


class Stuck(Exception):
    """This reader receives nothing although there is something, or has lost its group: make a new one."""


class KafkaSubscription(ConsumerRebalanceListener):  # type: ignore[misc]
    """A member of a service's group."""

    def __init__(
        self,
        connection: dict[str, Any],
        topic: str,
        group: str,
        start_at: StartAt,
        on_closed: Callable[["KafkaSubscription"], None],
    ) -> None:
        self._topic = topic
        self._start_at = start_at
        self._on_closed = on_closed
        self._consumer = _member(connection, topic, group)
        self._sieve = Sieve()
        self._consumer._client.send = self._sieve.around(self._consumer._client.send)
        self._clock = asyncio.get_running_loop().time
        self._shared_out = asyncio.Event()
        self._trouble: Exception | None = None
        self._ours: set[int] = set()
        self._fetched: deque[list[Delivered]] = deque()
        self._applied: dict[TopicPartition, int] = {}
        self._committing: asyncio.Task[None] | None = None
        self._next_commit = 0.0
        self._silent_since = self._clock()
        self._owed: dict[TopicPartition, int] = {}
        self._patience: asyncio.Timeout | None = None
        self._closed = False

    @property
    def partitions(self) -> frozenset[int]:
        """What Kafka has given to this member."""
        return frozenset(self._ours)

    async def open(self) -> None:
        """Join, and wait for our share. Raises Stuck when the group does not come to rest."""
        try:
            async with asyncio.timeout(JOINING):
                await self._consumer.start()
                self._consumer.subscribe([self._topic], listener=self)
                await self._shared_out.wait()
            self._refuse_trouble()
        except (KafkaError, TimeoutError) as error:
            await self.close()
            raise Stuck(type(error).__name__) from None
        except BaseException:
            await self.close()
            raise

    async def batch(self, limit: int, wait: float) -> list[Delivered]:
        """See the port. Raises Stuck, or what reading a position from our database raised."""
        self._refuse_trouble()
        self._tell_kafka()
        if not self._fetched and not self._closed:
            fetched = await self._fetch(limit, wait)
            # Only now: while we waited partitions may have been shared out anew, and that begins a new queue.
            self._fetched.extend(fetched)
        if not self._fetched:
            await self._look_for_silence()
            return []
        found = self._next(limit)
        self._silent_since, self._owed = self._clock(), {}
        self._applied |= {self._place(partition): offset for partition, offset in reached(found).items()}
        return found

    async def seek(self, partition: int, offset: int) -> None:
        self._forget({partition})
        # Nothing to move where the partition has become another member's.
        if partition in self._ours:
            self._consumer.seek(self._place(partition), offset)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._on_closed(self)
        if self._patience is not None:
            self._patience.reschedule(self._clock())
        if self._committing is not None:
            self._committing.cancel()
            await asyncio.wait([self._committing])
        await _leave(self._consumer)

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Kafka takes partitions back; what of them was fetched and not handed out is another member's now."""
        self._forget({place.partition for place in revoked})
        self._ours -= {place.partition for place in revoked}

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Kafka gives partitions: go on where our database says. aiokafka swallows what is raised here; it is kept."""
        try:
            for place in sorted(assigned):
                self._consumer.seek(place, await self._start_at(place.partition))
                self._ours.add(place.partition)
            log.info("partitions shared out", extra={"count": len(self._ours)})
        except Exception as error:
            self._trouble = error
        self._shared_out.set()

    def _next(self, limit: int) -> list[Delivered]:
        """The oldest of what was fetched, up to a limit."""
        found: list[Delivered] = []
        while self._fetched and len(found) < limit:
            fetched, room = self._fetched.popleft(), limit - len(found)
            found += fetched[:room]
            if fetched[room:]:
                self._fetched.appendleft(fetched[room:])
        return found

    async def _fetch(self, limit: int, wait: float) -> list[list[Delivered]]:
        """What came, by partition. While its group is unsettled the consumer waits without end, so we do not."""
        try:
            async with asyncio.timeout(wait + JOINING) as self._patience:
                found = await self._consumer.getmany(timeout_ms=int(wait * 1000), max_records=limit)
        except (ConsumerStoppedError, KafkaError, TimeoutError) as error:
            if self._closed:
                return []
            raise Stuck(type(error).__name__) from None
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Not ours: a task of the consumer was cancelled, and it hands that on.
            raise Stuck("CancelledError") from None
        finally:
            self._patience = None
        # Before a partition is ours it may be read from where Kafka thinks we are.
        return [
            [delivered(place.partition, message, self._sieve) for message in messages]
            for place, messages in found.items()
            if place.partition in self._ours
        ]

    async def _look_for_silence(self) -> None:
        """Raise Stuck when what was owed at the last look has not come by this one."""
        if self._closed or self._clock() - self._silent_since < SUSPICIOUS:
            return
        places = [self._place(partition) for partition in self._ours]
        try:
            async with asyncio.timeout(ANSWER):
                reached = {place: await self._consumer.position(place) for place in places}
                ends = await self._consumer.end_offsets(places)
        except (KafkaError, TimeoutError) as error:
            raise Stuck(type(error).__name__) from None
        if any(offset < self._owed.get(place, 0) for place, offset in reached.items()):
            raise Stuck("behind")
        self._owed, self._silent_since = ends, self._clock()

    def _tell_kafka(self) -> None:
        """Whoever asks for more has applied what it got: say so, for people who look at lag."""
        idle = self._committing is None or self._committing.done()
        if self._applied and idle and self._clock() >= self._next_commit:
            self._committing = asyncio.create_task(self._commit(self._applied))
            self._applied, self._next_commit = {}, self._clock() + COMMIT_EVERY

    async def _commit(self, applied: dict[TopicPartition, int]) -> None:
        with contextlib.suppress(KafkaError):
            await self._consumer.commit(applied)

    def _forget(self, partitions: set[int]) -> None:
        self._fetched = deque(batch for batch in self._fetched if batch[0].partition not in partitions)
        self._applied = {place: at for place, at in self._applied.items() if place.partition not in partitions}

    def _place(self, partition: int) -> TopicPartition:
        return TopicPartition(self._topic, partition)

    def _refuse_trouble(self) -> None:
        if self._trouble is not None:
            raise self._trouble


def _member(connection: dict[str, Any], topic: str, group: str) -> AIOKafkaConsumer:
    """A consumer of our group, which stores no offset and sees only what was committed."""
    return AIOKafkaConsumer(
        **connection,
        # By topic, so that two installations on the same brokers never share a group.
        group_id=f"{topic}.{group}",
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_poll_interval_ms=60_000,
        fetch_max_bytes=FETCHED,
        max_partition_fetch_bytes=LARGEST,
        # The sieve does it, and knows how to go on.
        check_crcs=False,
        # How soon a member learns that its partitions are shared out anew.
        heartbeat_interval_ms=1_000,
    )


async def _leave(consumer: AIOKafkaConsumer) -> None:
    """Stop a consumer, also one whose brokers or tasks are gone: its own `stop` may then wait for ever, or raise."""
    stopping = asyncio.create_task(consumer.stop())
    await asyncio.wait([stopping], timeout=ANSWER)
    if stopping.done() and not stopping.cancelled() and stopping.exception() is None:
        return
    stopping.cancel()
    for part in (consumer._coordinator, consumer._fetcher):
        for name in ("_coordination_task", "_heartbeat_task", "_fetch_task"):
            if (task := getattr(part, name, None)) is not None:
                task.cancel()
    await consumer._client.close()
