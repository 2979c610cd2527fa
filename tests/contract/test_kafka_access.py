"""Only the four services write to the topic: the access lists of docs/running.md, as written, on a real broker."""

import asyncio
import re
import shlex
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import TopicAuthorizationFailedError
from aiokafka.protocol.admin import CreateAclsRequest

from deploy.local.kafka import Kafka
from services import SERVICES
from shared.bus.kafka import KafkaBus
from shared.bus.kafka_reading import Stuck
from shared.bus.kafka_wire import connection
from shared.settings import Settings
from tests.contract.test_bus import beginning, gathered, record

RUNNING = Path(__file__).parents[2] / "docs" / "running.md"
STRANGER, PASSWORD = "stranger", "invented-for-this-test"
RESOURCES = {"topic": 2, "group": 3}
OPERATIONS = {"Read": 3, "Write": 4, "Create": 5, "Describe": 8, "DescribeConfigs": 10}
LITERAL, ALLOW = 3, 3


def written() -> Iterator[tuple[int, str, str, int]]:
    """Resource, its name, principal and operation of every rule in the page."""
    for line in re.findall(r"^kafka-acls\.sh (.+)$", RUNNING.read_text("utf-8"), re.MULTILINE):
        words = shlex.split(line)
        said = list(pairwise(words))
        [(kind, name)] = [(word[2:], value) for word, value in said if word[2:] in RESOURCES]
        [principal] = [value for word, value in said if word == "--allow-principal"]
        for operation in [value for word, value in said if word == "--operation"]:
            yield RESOURCES[kind], name, principal, OPERATIONS[operation]


@pytest.fixture(scope="module")
def guarded(kafka_brokers: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A broker that asks who we are, once an administrator has run what the page says."""
    broker = Kafka(
        tmp_path_factory.mktemp("access") / "kafka",
        extra={
            "listener.security.protocol.map": "CLIENTS:SASL_PLAINTEXT,BROKERS:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "listener.name.clients.scram-sha-512.sasl.jaas.config": (
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"
            ),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        },
        formatting=[
            word
            for user in (*SERVICES, STRANGER)
            for word in ("--add-scram", f"SCRAM-SHA-512=[name={user},password={PASSWORD}]")
        ],
    )
    broker.start()
    asyncio.run(_allow(f"127.0.0.1:{broker.nodes[0].brokers}"))
    yield broker
    broker.stop()


async def _allow(brokers: str) -> None:
    client = AIOKafkaClient(bootstrap_servers=brokers)
    await client.bootstrap()
    node = client.get_random_node()
    for resource, name, principal, operation in written():
        asked = CreateAclsRequest(resource, name, LITERAL, principal, "*", operation, ALLOW)
        answer = await client.send(node, asked)
        assert [code for code, _ in answer.creation_responses] == [0]
    await client.close()


def settings_of(broker: Kafka, user: str) -> Settings:
    return Settings.model_validate(
        {
            "kafka_brokers": broker.addresses,
            "kafka_security": "SASL_PLAINTEXT",
            "kafka_user": user,
            "kafka_password": PASSWORD,
            "kafka_partitions": 4,
        }
    )


@pytest.fixture
async def by_user(guarded: Kafka) -> AsyncIterator[dict[str, KafkaBus]]:
    opened = {user: KafkaBus(settings_of(guarded, user)) for user in SERVICES}
    yield opened
    for bus in opened.values():
        await bus.stop()


async def test_each_service_writes_and_hears_all_of_it(by_user: dict[str, KafkaBus]) -> None:
    for number, bus in enumerate(by_user.values(), 1):
        await bus.publish([record("case/1", number)])
        assert await bus.faults() == []
    for service, bus in by_user.items():
        assert len(await gathered(await bus.subscribe(service, beginning), len(SERVICES))) == len(SERVICES)


async def test_no_service_reads_in_the_group_of_another(
    by_user: dict[str, KafkaBus], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.bus.kafka_reading.JOINING", 3.0)
    await by_user["intake"].publish([record("case/1", 1)])
    with pytest.raises(Stuck):
        await by_user["intake"].subscribe("grants", beginning)


async def test_whoever_is_none_of_the_four_writes_nothing(by_user: dict[str, KafkaBus], guarded: Kafka) -> None:
    await by_user["intake"].publish([record("case/1", 1)])
    producer = AIOKafkaProducer(**connection(settings_of(guarded, STRANGER)))
    await producer.start()
    try:
        with pytest.raises(TopicAuthorizationFailedError):
            await producer.send_and_wait("case-events", b"{}")
    finally:
        await producer.stop()
