"""One service over a real Apache Kafka: several replicas, strangers on the topic, readers that die. Always exact."""

import asyncio
import json
import os
import shutil
import subprocess

import pytest
from aiokafka import AIOKafkaConsumer
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from sqlalchemy import delete

from shared.bus.consumer import Consumer
from shared.bus.kafka_reading import KafkaSubscription
from shared.events.envelope import encode
from shared.supervisor import Supervisor
from tests.support.crafted import ODD, batch, odd, write
from tests.support.eventually import REST, eventually
from tests.support.listening import Listener
from tests.support.on_kafka import Buses, stranger
from tests.support.opened import opened
from tests.support.tale import CASE, tale

CASES = [f"{number:032x}" for number in range(1, 21)]


async def heard(listener: Listener, length: int) -> bool:
    """Whether each case was counted that far. That nothing is doubled or out of order, the numbers themselves say."""
    counted = [await listener.numbers(f"case/{case}") for case in CASES]
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in counted)
    return all(len(numbers) == length for numbers in counted)


async def test_replicas_that_come_and_go_stay_exact(listener: Listener, buses: Buses) -> None:
    bus, supervisor = await buses.open(), Supervisor()
    told = [[encode(fact) for case in CASES for fact in tale(12, case=case)[part : part + 4]] for part in (0, 4, 8)]
    supervisor.start("first", listener.another(bus).run)
    await bus.publish(told[0])
    await eventually(lambda: heard(listener, 4))
    second = Supervisor()
    second.start("second", listener.another(await buses.open()).run)
    await bus.publish(told[1])
    await eventually(lambda: heard(listener, 8))
    await second.stop()
    await bus.publish([*told[1], *told[2]])
    await eventually(lambda: heard(listener, 12))
    assert {row["status"] for row in await listener.rows(listener.kept.ledger.heard)} == {"applied"}
    assert len(await listener.rows(listener.kept.ledger.todo)) == 12 * len(CASES)
    assert supervisor.health()["first"]["restarts"] == 0
    await supervisor.stop()


async def test_a_reader_whose_coordinator_died_is_replaced(listener: Listener, buses: Buses) -> None:
    bus, supervisor = await buses.open(), Supervisor()
    consumer = listener.another(bus)
    supervisor.start("consumer", consumer.run)
    await eventually(lambda: _reading(consumer))
    subscription = consumer._subscription
    assert isinstance(subscription, KafkaSubscription)
    subscription._consumer._coordinator._coordination_task.cancel()
    await eventually(lambda: _restarted(supervisor))
    await bus.publish([encode(fact) for case in CASES for fact in tale(1, case=case)])
    await eventually(lambda: heard(listener, 1))
    assert supervisor.healthy
    await supervisor.stop()


async def _reading(consumer: Consumer) -> bool:
    return isinstance(consumer._subscription, KafkaSubscription)


async def _restarted(supervisor: Supervisor) -> bool:
    return int(supervisor.health()["consumer"]["restarts"]) > 0


async def test_what_strangers_write_is_parked_and_nobody_waits(listener: Listener, buses: Buses) -> None:
    bus = await buses.open()
    await bus.publish([encode(fact) for fact in tale(1)])
    good = encode(tale(2)[1])
    ours = [(name, value.encode()) for name, value in good.headers.items()]
    async with stranger(buses.settings.kafka_brokers) as producer:
        for key, headers, value in (
            (b"\xff\xfe", ours, good.value),
            (good.key.encode(), [*ours, ("x", b"\xff")], good.value),
            (good.key.encode(), [*ours[:-1], (ours[-1][0], b"a\x00b")], good.value),
            (None, [("ce_source", None)], b"\x00\xff"),
            (b"only a key", [], None),
        ):
            await producer.send_and_wait(bus.topic, value, key, headers=headers)
    # aiokafka's own producer cannot write such a one, and its consumer cannot read it.
    assert await write(buses.settings.kafka_brokers, bus.topic, odd(batch((b"odd", [(ODD, b"x")])))) == 0
    await bus.publish([good])
    consumer = listener.another(bus)
    await eventually(lambda: _stepped(consumer, listener, [1, 2]))
    rows = await listener.rows(listener.kept.ledger.heard)
    parked = [row for row in rows if row["status"] == "parked"]
    assert (
        sorted((row["source"], row["why"]) for row in parked)
        == [("unreadable", "not_text")] * 4 + [("unreadable", "unreadable")] * 2
    )
    assert len(parked) == 6
    bodies = [opened(listener.kept, row) for row in parked]
    assert good.value in {body.value for body in bodies}
    assert any(r"\xff" in body.headers.get("not-text-x", "") for body in bodies)
    await consumer.close()
    offsets = listener.kept.ledger.bus_offset
    await listener.kept.database.write(lambda conn: conn.execute(delete(offsets)))
    again = listener.another(bus)
    assert await again.step(5.0) > 0
    assert await listener.rows(listener.kept.ledger.heard) == rows
    await again.close()


async def _stepped(consumer: Consumer, listener: Listener, numbers: list[int]) -> bool:
    await consumer.step(0.1)
    rows = await listener.rows(listener.kept.ledger.heard)
    return await listener.numbers() == numbers and len(rows) == len(numbers) + 6


async def test_the_cloudevents_package_reads_our_topic(buses: Buses) -> None:
    bus, fact = await buses.open(), tale(1)[0]
    await bus.publish([encode(fact)])
    reader = AIOKafkaConsumer(
        bus.topic, bootstrap_servers=buses.settings.kafka_brokers, auto_offset_reset="earliest", group_id=None
    )
    await reader.start()
    message = await asyncio.wait_for(reader.getone(), REST)
    await reader.stop()
    event = from_binary_event(KafkaMessage(dict(message.headers), message.key, message.value))
    assert (event.get_id(), event.get_source(), event.get_type()) == (fact.event_id, "/intake", fact.type)
    assert (event.get_subject(), event.get_time()) == (f"case/{CASE}", fact.recorded)
    assert event.get_extension("sequence") == "1"
    assert event.get_data() == json.loads(fact.data)


async def test_kcat_reads_our_topic(buses: Buses) -> None:
    if shutil.which("kcat") is None:
        message = "no kcat (Debian: apt-get install kcat)"
        pytest.fail(f"Under CI nothing is left out: {message}") if os.environ.get("CI") == "true" else pytest.skip(
            f"LEFT OUT, {message}"
        )
    bus, fact = await buses.open(), tale(1)[0]
    await bus.publish([encode(fact)])
    command = ["kcat", "-C", "-b", buses.settings.kafka_brokers, "-t", bus.topic, "-o", "beginning", "-e", "-q", "-J"]
    ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, timeout=60, check=True)
    said = json.loads(ran.stdout)
    headers = dict(zip(said["headers"][::2], said["headers"][1::2], strict=True))
    assert (said["key"], said["payload"]) == (f"case/{CASE}", fact.data)
    assert headers == dict(encode(fact).headers)
