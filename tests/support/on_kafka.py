"""A topic of a test's own on the run's Apache Kafka, buses on it, and a stranger who writes what we never would."""

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaProducer

from shared.bus.kafka import KafkaBus
from shared.bus.port import Bus
from shared.settings import Settings

PARTITIONS = 4
Headers = Sequence[tuple[str, bytes | None]]


def own_topic(brokers: str) -> Settings:
    """Settings that name a topic which nobody else uses."""
    return Settings(kafka_brokers=brokers, kafka_topic=f"test-{uuid.uuid4().hex}", kafka_partitions=PARTITIONS)


class Buses:
    """Opens any number of buses on one topic: each is another process's, as far as Kafka knows."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._opened: list[KafkaBus] = []

    async def open(self) -> KafkaBus:
        bus = KafkaBus(self.settings)
        self._opened.append(bus)
        await bus.start()
        return bus

    async def open_bus(self) -> Bus:
        """The same, as the conformance suite asks for it."""
        return await self.open()

    async def close(self) -> None:
        for bus in self._opened:
            await bus.stop()


@pytest.fixture
async def buses(kafka_brokers: str) -> AsyncIterator[Buses]:
    """On a topic that is well made, and only this test's."""
    opened = Buses(own_topic(kafka_brokers))
    yield opened
    await opened.close()


@asynccontextmanager
async def stranger(brokers: str) -> AsyncIterator[AIOKafkaProducer]:
    """A producer that knows nothing of us."""
    producer = AIOKafkaProducer(bootstrap_servers=brokers)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()
