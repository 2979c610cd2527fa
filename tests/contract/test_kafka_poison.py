"""What strangers can store on a real Apache Kafka: each record that cannot be read is stepped over, once, and told."""

import logging
from collections.abc import AsyncIterator

import psutil
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from services.operating.office import Office
from services.operating.orders import Order
from services.operating.store_work import check
from shared.bus.kafka import KafkaBus
from shared.bus.kafka_sieve import LARGEST
from shared.bus.port import Subscription
from tests.contract.test_bus import beginning, gathered, record
from tests.support.crafted import CODECS, ODD, batch, odd, write
from tests.support.on_kafka import Buses, own_topic

TOO_LARGE = 10
"""What a broker answers to a batch that is larger than the topic takes."""
CARELESS = {
    "compression.type": "producer",
    "max.message.bytes": "1048588",
    "retention.ms": "3600000",
    "min.insync.replicas": "1",
    "unclean.leader.election.enable": "true",
    "cleanup.policy": "compact",
}
BOMB = b"a" * 100_000_000
Seen = list[tuple[int, bytes | str]]


async def careless_topic(brokers: str, name: str) -> None:
    """Make a topic of one partition as somebody would who does not know us."""
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    await admin.create_topics([NewTopic(name, 1, 1, topic_configs=CARELESS)])
    await admin.close()


@pytest.fixture
async def careless(kafka_brokers: str) -> AsyncIterator[Buses]:
    """On a topic that somebody else made."""
    opened = Buses(own_topic(kafka_brokers))
    await careless_topic(kafka_brokers, opened.settings.kafka_topic)
    yield opened
    await opened.close()


async def seen(subscription: Subscription, count: int) -> Seen:
    found = await gathered(subscription, count)
    return [(each.offset, f"{each.flaw} {each.place('t')}" if each.flaw else each.record.value) for each in found]


async def test_what_cannot_be_read_is_stepped_over_and_all_around_it_is_read(careless: Buses) -> None:
    bus = await careless.open()
    brokers = careless.settings.kafka_brokers
    await bus.publish([record("case/1", 1, b"first")])
    crafted = [
        odd(batch((b"good", []), (b"odd", [(ODD, b"x")]), (b"good", []))),
        batch((BOMB, []), (b"beside", []), codec=1),
        *(batch((f"codec {codec}".encode(), []), codec=codec) for codec in CODECS),
    ]
    for built in crafted:
        assert await write(brokers, bus.topic, built) == 0
    await bus.publish([record("case/1", 2, b"last")])
    expected: Seen = [
        (0, b"first"),
        (1, b"good"),
        (2, "not_text t/0/2"),
        (3, b"good"),
        (5, "expands_too_far t/0/4-5"),
        *((5 + codec, f"codec {codec}".encode()) for codec in CODECS),
        (10, b"last"),
    ]
    here = psutil.Process()
    before = here.memory_info().rss
    assert await seen(await bus.subscribe("grants", beginning), len(expected)) == expected
    assert here.memory_info().rss - before < 48 * LARGEST
    for offset in (2, 4, 5, 7):

        async def from_there(_: int, at: int = offset) -> int:
            return at

        again = await bus.subscribe(f"from-{offset}", from_there)
        assert await seen(again, sum(at >= offset for at, _ in expected)) == [e for e in expected if e[0] >= offset]


@pytest.mark.parametrize("codec", CODECS)
async def test_the_broker_itself_refuses_a_bomb(buses: Buses, codec: int) -> None:
    bus = await buses.open()
    await bus.publish([record("case/1", 1)])
    small, bomb = batch((b"small", []), codec=codec), batch((b"a" * 2_000_000, []), codec=codec)
    assert len(bomb) < 262_144
    assert await write(buses.settings.kafka_brokers, bus.topic, bomb) == TOO_LARGE
    assert await write(buses.settings.kafka_brokers, bus.topic, small) == 0
    assert sum((await bus.ends()).values()) == 2


async def test_a_topic_that_somebody_else_made_is_told_of_sentence_by_sentence(
    careless: Buses, caplog: pytest.LogCaptureFixture
) -> None:
    bus = await careless.open()
    with caplog.at_level(logging.WARNING):
        await bus.subscribe("grants", beginning)
    answer = await check(Office([], bus), Order(), lambda *_: None)
    assert answer["topic"] == await bus.faults()
    alone, faults = (
        await bus.faults(),
        await KafkaBus(careless.settings.model_copy(update={"kafka_replication": 3})).faults(),
    )
    assert caplog.text.count("topic is not as it should be") == len(alone) == len(CARELESS) - 1
    assert len(faults) == len(CARELESS) + 1
    assert "is kept on 1 brokers and should be on 3" in faults[0]
    for name, value in CARELESS.items():
        [told] = [fault for fault in faults if f"has {name}={value};" in fault]
        assert f"--add-config {name}=" in told
