"""The bus on Apache Kafka, by aiokafka: an idempotent producer, and readers that store their offsets in our databases.

No call waits for ever. aiokafka's producer never gives a batch up, so after `ANSWER` seconds without an answer the
producer is thrown away and `NoAnswer` raised: the supervisor reports it and the relay publishes the whole batch again.
Duplicates are dropped by their version. Starting needs no broker, so writes go on without one.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from shared.bus import kafka_access, kafka_topic
from shared.bus.kafka_reading import KafkaSubscription
from shared.bus.kafka_sending import Placed, handed_over
from shared.bus.kafka_wire import connection
from shared.bus.port import StartAt
from shared.events.record import Record
from shared.failpoints import failpoint
from shared.settings import Settings

ANSWER = 10.0
"""Seconds that a batch may take before its producer counts as lost."""
PROPAGATION = 0.02
"""Seconds between two looks whether brokers know of a topic."""
PARTING = 6.0
"""Seconds that taking leave of the brokers may take."""

log = logging.getLogger(__name__)


class NoAnswer(Exception):
    """The brokers did not confirm in time: each record may be there or not. Send all of them again."""


class KafkaBus:
    """One topic, made where it is missing."""

    lives = ("brokers",)
    """Brokers do not say whether a topic was made anew: that shows by its end alone."""

    def __init__(self, settings: Settings) -> None:
        self.topic = settings.kafka_topic
        self._settings = settings
        self._connection = connection(settings)
        self._turn = asyncio.Lock()
        self._producer: AIOKafkaProducer | None = None
        self._readers: set[KafkaSubscription] = set()
        self._leaving: set[asyncio.Task[None]] = set()
        self._looked_at = False

    async def start(self) -> None:
        """A no-op: brokers are called when there is something to publish or receive."""

    async def stop(self) -> None:
        """Disconnect. Waiting readers return nothing; stopping twice is a no-op."""
        async with self._turn:
            self._throw_away(self._producer)
        parting = {asyncio.create_task(reader.close()) for reader in self._readers} | self._leaving
        if parting:
            await asyncio.wait(parting, timeout=PARTING)

    async def publish(self, records: Sequence[Record]) -> None:
        """Return when all in-sync replicas have them. A producer that failed is renewed once, and all is sent again."""
        if records:
            await self._publish([(record, None) for record in records])

    async def _publish(self, records: Sequence[Placed]) -> None:
        try:
            await self._send(records)
        except KafkaError as error:
            log.warning("producer renewed", extra={"error": type(error).__name__})
            try:
                await self._send(records)
            except KafkaError as again:
                raise _no_answer(again) from None

    async def publish_everywhere(self, made: Callable[[int, int], Record]) -> None:
        """Publish one record into each partition, made from its number and from how many there are."""
        count = len(await self.ends())
        await self._publish([(made(partition, count), partition) for partition in range(count)])

    async def subscribe(self, group: str, start_at: StartAt) -> KafkaSubscription:
        """Join the group of all replicas of a service, and return once its partitions are shared out."""
        await self._ensure_topic()
        reader = KafkaSubscription(self._connection, self.topic, group, start_at, self._readers.discard)
        self._readers.add(reader)
        await reader.open()
        return reader

    async def ends(self) -> Mapping[int, int]:
        """By partition: the offset that the next record will get. Asks the brokers anew, from outside every group."""
        return await self._places(AIOKafkaConsumer.end_offsets)

    async def starts(self) -> Mapping[int, int]:
        """By partition: the offset of the oldest record that is still there, else that of the next."""
        return await self._places(AIOKafkaConsumer.beginning_offsets)

    async def _places(self, asked: Callable[..., Awaitable[Mapping[TopicPartition, int]]]) -> Mapping[int, int]:
        await self._ensure_topic()
        asking = AIOKafkaConsumer(self.topic, **self._connection, enable_auto_commit=False)
        try:
            async with asyncio.timeout(ANSWER):
                await asking.start()
                found = await asked(asking, asking.assignment())
        except (KafkaError, TimeoutError) as error:
            raise NoAnswer(type(error).__name__) from None
        finally:
            await asking.stop()
        return {place.partition: offset for place, offset in sorted(found.items())}

    async def _send(self, records: Sequence[Placed]) -> None:
        async with self._turn:
            producer = self._producer = self._producer or await self._new_producer()
        try:
            async with asyncio.timeout(ANSWER):
                sent = await handed_over(producer, self.topic, records)
                failpoint("bus.sent")
                outcomes = await asyncio.gather(*sent, return_exceptions=True)
        except TimeoutError as error:
            await self._renew(producer)
            raise _no_answer(error) from None
        except KafkaError:
            await self._renew(producer)
            raise
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                await self._renew(producer)
                raise outcome
        failpoint("bus.stored")

    async def faults(self) -> list[str]:
        """What is wrong with the topic's settings, in sentences for an operator. Raises NoAnswer."""
        async with self._admin() as admin:
            return await kafka_topic.faults(admin, self._settings)

    async def allow(self, services: Iterable[str]) -> int:
        """Make the topic where it is missing and let these services use it, as an operator may. Raises NoAnswer."""
        await self._ensure_topic()
        async with self._admin() as admin:
            return await kafka_access.allow(admin, kafka_access.rules(self.topic, services))

    async def _ensure_topic(self) -> None:
        """Make it where it is missing; the first time also look at what somebody else may have made."""
        async with self._admin() as admin:
            if self.topic not in await admin.list_topics():
                await kafka_topic.make(admin, self._settings)
                await self._known(admin)
            elif not self._looked_at:
                for fault in await kafka_topic.faults(admin, self._settings):
                    log.warning("topic is not as it should be", extra={"why": fault})
            self._looked_at = True

    async def _known(self, admin: AIOKafkaAdminClient) -> None:
        """Wait until the brokers tell of a topic that was just made: a group would else share out nothing."""
        try:
            async with asyncio.timeout(ANSWER):
                while self.topic not in await admin.list_topics():  # noqa: ASYNC110 -- brokers tell nobody
                    await asyncio.sleep(PROPAGATION)
        except TimeoutError as error:
            raise _no_answer(error) from None

    @contextlib.asynccontextmanager
    async def _admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(**self._connection)
        try:
            await admin.start()
            yield admin
        except KafkaError as error:
            raise _no_answer(error) from None
        finally:
            await admin.close()

    async def _new_producer(self) -> AIOKafkaProducer:
        await self._ensure_topic()
        # No lingering: what is handed over before the sender gets its turn travels together.
        producer = AIOKafkaProducer(
            **self._connection, acks="all", enable_idempotence=True, linger_ms=0, max_batch_size=131_072
        )
        try:
            async with asyncio.timeout(ANSWER):
                await producer.start()
        except (KafkaError, TimeoutError) as error:
            self._throw_away(producer)
            raise _no_answer(error) from None
        return producer

    async def _renew(self, failed: AIOKafkaProducer) -> None:
        async with self._turn:
            if self._producer is failed:
                self._throw_away(failed)

    def _throw_away(self, producer: AIOKafkaProducer | None) -> None:
        """Use it no more. It leaves in its own time, since it waits for answers that are under way."""
        self._producer = None
        if producer is not None:
            leaving = asyncio.create_task(_leave(producer))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)


def _no_answer(error: Exception) -> NoAnswer:
    """Whether it was the network, a certificate or a password stands in the log, by the kind of error."""
    log.warning("brokers do not answer", extra={"error": type(error).__name__})
    return NoAnswer(type(error).__name__)


async def _leave(producer: AIOKafkaProducer) -> None:
    """End a producer that may have no brokers. Its own `stop` alone would wait until everything is sent."""
    if (sender := producer._sender.sender_task) is not None:
        sender.cancel()
        await asyncio.wait([sender])
    producer._message_accumulator.fail_all(KafkaError("thrown away"))
    with contextlib.suppress(KafkaError):
        await producer.stop()
