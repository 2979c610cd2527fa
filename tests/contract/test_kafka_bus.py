"""The promises of the bus port, kept by a real Apache Kafka; and what Kafka adds to them."""

import asyncio
from collections.abc import Callable

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.structs import TopicPartition

from shared.bus.kafka import KafkaBus, NoAnswer
from shared.bus.kafka_reading import Stuck
from shared.errors import Unavailable
from shared.settings import Settings
from tests.contract.test_bus import BusConformance, OpenBus, beginning, gathered, record
from tests.support.eventually import eventually
from tests.support.on_kafka import PARTITIONS, Buses


class TestKafka(BusConformance):
    """The same suite as over the embedded log."""

    @pytest.fixture
    def open_bus(self, buses: Buses) -> OpenBus:
        return buses.open_bus


async def test_the_topic_is_made_as_the_settings_say(buses: Buses) -> None:
    bus = await buses.open()
    await bus.publish([record("case/1", 1)])
    admin = AIOKafkaAdminClient(bootstrap_servers=buses.settings.kafka_brokers)
    await admin.start()
    [topic] = await admin.describe_topics([bus.topic])
    wanted = {
        "retention.ms": "2592000000",
        "cleanup.policy": "delete",
        "min.insync.replicas": "1",
        "unclean.leader.election.enable": "false",
        "compression.type": "uncompressed",
        "max.message.bytes": "262144",
    }
    [answer] = await admin.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, bus.topic, dict.fromkeys(wanted))]
    )
    await admin.close()
    assert len(topic["partitions"]) == PARTITIONS
    found = {name: value for name, value, *_ in answer.resources[0][4]}
    assert found == wanted
    assert await bus.faults() == []


async def test_replicas_share_the_partitions_and_take_over_from_one_that_leaves(buses: Buses) -> None:
    first = await (await buses.open()).subscribe("grants", beginning)
    everything = first.partitions
    assert everything == set(range(PARTITIONS))

    async def first_reads_on(then: Callable[[], bool]) -> bool:
        await first.batch(10, 0.05)
        return then()

    joining = asyncio.create_task((await buses.open()).subscribe("grants", beginning))
    await eventually(lambda: first_reads_on(joining.done))
    second = joining.result()
    assert len(first.partitions) == len(second.partitions) == PARTITIONS // 2
    assert first.partitions | second.partitions == everything
    await second.close()
    await eventually(lambda: first_reads_on(lambda: first.partitions == everything))


async def test_a_position_that_cannot_be_read_is_the_readers_trouble(buses: Buses) -> None:
    async def no_database(partition: int) -> int:
        raise Unavailable("store_unavailable")

    with pytest.raises(Unavailable):
        await (await buses.open()).subscribe("grants", no_database)


async def test_kafka_is_told_what_was_applied_and_not_what_was_only_handed_out(buses: Buses) -> None:
    bus = await buses.open()
    await bus.publish([record("case/1", number) for number in range(1, 4)])
    subscription = await bus.subscribe("grants", beginning)
    found = await gathered(subscription, 3)
    place = TopicPartition(bus.topic, found[0].partition)
    assert await subscription._consumer.committed(place) is None

    async def told() -> bool:
        await subscription.batch(10, 0.05)
        return bool(await subscription._consumer.committed(place) == 3)

    await eventually(told)


async def test_a_producer_that_lost_count_is_renewed_and_the_batch_sent_again(buses: Buses) -> None:
    bus = await buses.open()
    await bus.publish([record("case/1", 1)])
    failed = bus._producer
    assert failed is not None
    for partition in range(PARTITIONS):
        failed._txn_manager.increment_sequence_number(TopicPartition(bus.topic, partition), 7)
    await bus.publish([record("case/1", 2)])
    assert bus._producer is not failed
    found = await gathered(await bus.subscribe("grants", beginning), 2)
    assert [delivered.record.headers["ce_sequence"] for delivered in found] == ["1", "2"]


async def test_a_coordinator_task_that_died_is_an_error_and_not_silence(buses: Buses) -> None:
    subscription = await (await buses.open()).subscribe("grants", beginning)
    subscription._consumer._coordinator._coordination_task.cancel()
    with pytest.raises(Stuck):
        for _ in range(50):
            await subscription.batch(10, 0.1)


async def test_a_reader_that_gets_nothing_although_there_is_something_says_so(
    buses: Buses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.bus.kafka_reading.SUSPICIOUS", 0.3)
    bus = await buses.open()
    subscription = await bus.subscribe("grants", beginning)
    for _ in range(10):
        assert await subscription.batch(10, 0.1) == []
    subscription._consumer._fetcher._fetch_task.cancel()
    with pytest.raises(Stuck):
        # What was asked for before the task died still comes.
        for number in range(1, 51):
            await bus.publish([record("case/1", number)])
            await subscription.batch(10, 0.1)
    await subscription.close()
    assert len(await gathered(await bus.subscribe("grants", beginning), number)) == number


async def test_without_brokers_nothing_hangs_and_stopping_is_quick() -> None:
    bus = KafkaBus(Settings(kafka_brokers="127.0.0.1:1"))
    await bus.start()
    with pytest.raises(NoAnswer):
        await bus.publish([record("case/1", 1)])
    with pytest.raises(NoAnswer):
        await bus.subscribe("grants", beginning)
    await bus.stop()
