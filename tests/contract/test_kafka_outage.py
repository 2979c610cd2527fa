"""A broker behind a wire that breaks: nothing hangs, nothing is lost, and it heals without a hand."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from deploy.local.kafka import Kafka
from deploy.local.ports import free_ports
from shared.bus.kafka import KafkaBus, NoAnswer
from tests.contract.test_bus import beginning, gathered, record
from tests.support.eventually import REST, within
from tests.support.on_kafka import Buses, own_topic
from tests.support.proxy import Proxy, proxy


@pytest.fixture(scope="module")
def far(kafka_brokers: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A broker that its clients find only where a proxy may stand."""
    broker = Kafka(tmp_path_factory.mktemp("far"), advertised=free_ports(1))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
async def wire(far: Kafka) -> AsyncIterator[Proxy]:
    async with proxy(far.nodes[0].clients, far.advertised[0]) as opened:
        yield opened


@pytest.fixture
async def bus(far: Kafka, wire: Proxy, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[KafkaBus]:
    monkeypatch.setattr("shared.bus.kafka.ANSWER", 1.0)
    buses = Buses(own_topic(far.addresses))
    yield await buses.open()
    wire.restore()
    await buses.close()


async def versions(bus: KafkaBus, last: int) -> list[int]:
    """The versions of one stream as they stand in the topic, up to the last one."""
    subscription, found = await bus.subscribe("grants", beginning), [0]
    while found[-1] != last:
        found += [int(delivered.record.headers["ce_sequence"]) for delivered in await gathered(subscription, 1)]
    await subscription.close()
    return found[1:]


async def test_a_cut_wire_is_said_in_time_and_the_batch_goes_through_afterwards(bus: KafkaBus, wire: Proxy) -> None:
    await bus.publish([record("case/1", 1)])
    wire.cut()
    begun = time.monotonic()
    with pytest.raises(NoAnswer):
        await bus.publish([record("case/1", 2)])
    assert time.monotonic() - begun < within(15)
    wire.restore()
    await bus.publish([record("case/1", 2), record("case/1", 3)])
    assert sorted(set(await versions(bus, 3))) == [1, 2, 3]


async def test_a_lost_confirmation_doubles_at_most_and_keeps_the_order(bus: KafkaBus, wire: Proxy) -> None:
    await bus.publish([record("case/1", 1)])
    wire.swallow()
    with pytest.raises(NoAnswer):
        await bus.publish([record("case/1", 2)])
    assert wire.swallowed.is_set()
    wire.restore()
    await bus.publish([record("case/1", 2)])
    await bus.publish([record("case/1", 3)])
    found = await versions(bus, 3)
    assert sorted(set(found)) == [1, 2, 3]
    assert found == sorted(found)


async def test_over_a_frozen_broker_stopping_takes_seconds(bus: KafkaBus, far: Kafka) -> None:
    await bus.publish([record("case/1", 1)])
    subscription = await bus.subscribe("grants", beginning)
    assert len(await gathered(subscription, 1)) == 1
    waiting = asyncio.create_task(subscription.batch(10, 60.0))
    far.freeze(1)
    try:
        begun = time.monotonic()
        with pytest.raises(NoAnswer):
            await bus.publish([record("case/1", 2)])
        await bus.stop()
        assert time.monotonic() - begun < within(10)
        assert await asyncio.wait_for(waiting, REST) == []
    finally:
        far.thaw(1)


@pytest.mark.slow
async def test_a_broker_killed_and_started_again_has_what_it_confirmed(bus: KafkaBus, far: Kafka) -> None:
    await bus.publish([record("case/1", 1), record("case/1", 2)])
    far.kill(1)
    with pytest.raises(NoAnswer):
        await bus.publish([record("case/1", 3)])
    await asyncio.to_thread(far.start_again, 1)
    while True:
        try:
            await bus.publish([record("case/1", 3)])
            break
        except NoAnswer:
            continue
    assert sorted(set(await versions(bus, 3))) == [1, 2, 3]
