"""Only the four services write to the topic: the broker of docker-compose.yml, its access lists, and its own clients.

All is as in the file: listeners, certificates, accounts, what `access` allows, and the variables of each service.
"""

import asyncio
import os
import re
import shlex
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError

from deploy.make_env import write
from services import SERVICES
from shared.bus.kafka import KafkaBus, NoAnswer
from shared.bus.kafka_access import RESOURCES, Rule, rules
from shared.bus.kafka_reading import Stuck
from shared.bus.kafka_wire import connection
from shared.settings import Settings
from tests.contract.test_bus import beginning, gathered, record
from tests.support.composed import ROOT, dotenv
from tests.support.parts import FOLDER
from tests.support.rehearsal import Rehearsal

RUNNING = ROOT / "docs" / "running.md"
STRANGER = "stranger"


def written() -> Iterator[Rule]:
    """Every rule in the page."""
    for line in re.findall(r"^kafka-acls\.sh (.+)$", RUNNING.read_text("utf-8"), re.MULTILINE):
        said = list(pairwise(shlex.split(line)))
        [(resource, name)] = [(word[2:], value) for word, value in said if word[2:] in RESOURCES]
        [user] = [value.removeprefix("User:") for word, value in said if word == "--allow-principal"]
        for operation in [value for word, value in said if word == "--operation"]:
            yield Rule(resource, name, user, operation)


def test_the_page_allows_what_the_command_allows() -> None:
    assert sorted(written()) == sorted(rules("case-events", SERVICES))


@pytest.fixture(scope="module")
def guarded(kafka_brokers: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """The file's broker, once `access` has ended well. `kafka_brokers` says loudly where none can run."""
    assert kafka_brokers
    folder = tmp_path_factory.mktemp("access")
    write(folder / ".env")
    given = dotenv(folder / ".env")
    running = Rehearsal(folder, Path(tempfile.mkdtemp(dir=os.environ[FOLDER])), given, {STRANGER: "invented"})
    try:
        running.start_only("certificates", "kafka", "access")
        running.wait_for("access", "service_completed_successfully")
        yield running
    finally:
        running.stop()


def settings_of(running: Rehearsal, name: str, **instead: str) -> Settings:
    """What a container's process would read from its environment."""
    variables = running.environment(name) | instead
    given = {key.removeprefix("HOMEWARD_").lower(): value for key, value in variables.items() if "_KAFKA_" in key}
    return Settings.model_validate({**given, "kafka_partitions": 4})


@pytest.fixture
async def buses(guarded: Rehearsal) -> AsyncIterator[Mapping[str, KafkaBus]]:
    opened = {name: KafkaBus(settings_of(guarded, name)) for name in SERVICES}
    yield opened
    for bus in opened.values():
        await bus.stop()


async def test_each_service_writes_and_hears_all_of_it(buses: Mapping[str, KafkaBus]) -> None:
    for number, bus in enumerate(buses.values(), 1):
        await bus.publish([record("case/1", number)])
        assert await bus.faults() == []
    for service, bus in buses.items():
        assert len(await gathered(await bus.subscribe(service, beginning), len(SERVICES))) == len(SERVICES)


async def test_no_service_reads_in_the_group_of_another(
    buses: Mapping[str, KafkaBus], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.bus.kafka_reading.JOINING", 3.0)
    await buses["intake"].publish([record("case/1", 1)])
    with pytest.raises(Stuck):
        await buses["intake"].subscribe("grants", beginning)


async def test_no_service_makes_access_lists_or_another_topic(guarded: Rehearsal) -> None:
    for topic in ("case-events", "elsewhere"):
        bus = KafkaBus(settings_of(guarded, "intake").model_copy(update={"kafka_topic": topic}))
        with pytest.raises(NoAnswer):
            await bus.allow(SERVICES)
        await bus.stop()


async def test_an_account_that_is_none_of_the_four_neither_writes_nor_reads(
    buses: Mapping[str, KafkaBus], guarded: Rehearsal
) -> None:
    await buses["intake"].publish([record("case/1", 1)])
    stranger = settings_of(guarded, "intake", HOMEWARD_KAFKA_USER=STRANGER, HOMEWARD_KAFKA_PASSWORD="invented")
    with pytest.raises(NoAnswer):
        await KafkaBus(stranger).publish([record("case/1", 2)])
    async with AIOKafkaProducer(**connection(stranger)) as producer:
        with pytest.raises(TopicAuthorizationFailedError):
            await producer.send_and_wait("case-events", b"{}")
    with pytest.raises(TopicAuthorizationFailedError):
        await read_by(connection(stranger))


SHUT = {
    "a wrong password": {"HOMEWARD_KAFKA_PASSWORD": "wrong"},
    "no account": {"HOMEWARD_KAFKA_SECURITY": "SSL"},
    "no TLS": {"HOMEWARD_KAFKA_SECURITY": "SASL_PLAINTEXT"},
    "neither": {"HOMEWARD_KAFKA_SECURITY": "PLAINTEXT"},
}


@pytest.mark.parametrize("without", SHUT)
async def test_without_an_account_or_without_tls_nobody_writes_or_reads(
    buses: Mapping[str, KafkaBus], guarded: Rehearsal, without: str
) -> None:
    await buses["intake"].publish([record("case/1", 1)])
    before = await buses["intake"].ends()
    nobody = settings_of(guarded, "intake", **SHUT[without])
    bus = KafkaBus(nobody)
    with pytest.raises(NoAnswer):
        await bus.publish([record("case/1", 2)])
    await bus.stop()
    with pytest.raises(KafkaError):
        await read_by(connection(nobody))
    assert await buses["intake"].ends() == before


@pytest.mark.parametrize("listener", [9093, 9094])
async def test_inside_the_container_a_certificate_is_asked_for(guarded: Rehearsal, listener: int) -> None:
    given = connection(settings_of(guarded, "intake", HOMEWARD_KAFKA_SECURITY="SSL"))
    with pytest.raises(KafkaError):
        await read_by(given | {"bootstrap_servers": f"127.0.0.1:{guarded.ports['kafka', listener]}"})


async def read_by(given: Mapping[str, object]) -> None:
    """Read one record by hand, outside every group."""
    consumer = AIOKafkaConsumer("case-events", **{**given, "request_timeout_ms": 3000}, auto_offset_reset="earliest")
    try:
        async with asyncio.timeout(30):
            await consumer.start()
            await consumer.getone()
    finally:
        await consumer.stop()
