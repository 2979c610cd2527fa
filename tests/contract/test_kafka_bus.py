"""The promises of the bus port, kept by a real Apache Kafka; and what Kafka adds to them."""

import uuid
from collections.abc import AsyncIterator

import pytest

from shared.bus.kafka import KafkaBus
from shared.bus.port import Bus
from shared.settings import Settings
from tests.contract.test_bus import BusConformance, OpenBus


@pytest.fixture
def kafka(kafka_brokers: str) -> Settings:
    """Settings with a topic of this test's own."""
    return Settings(kafka_brokers=kafka_brokers, kafka_topic=f"test-{uuid.uuid4().hex}", kafka_partitions=4)


@pytest.fixture
async def open_bus(kafka: Settings) -> AsyncIterator[OpenBus]:
    opened: list[KafkaBus] = []

    async def open_one() -> Bus:
        opened.append(KafkaBus(kafka))
        await opened[-1].start()
        return opened[-1]

    yield open_one
    for bus in opened:
        await bus.stop()


class TestKafka(BusConformance):
    """The same suite as the embedded log."""
