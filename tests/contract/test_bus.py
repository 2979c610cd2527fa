"""What every bus must do, whatever stands behind it. An adapter joins by a class with an `open_bus` fixture."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.bus.embedded import PARTITIONS, EmbeddedBus, partition_of
from shared.bus.port import Bus, Delivered, Measured, Subscription, reached
from shared.events.record import Record
from tests.support.eventually import REST

OpenBus = Callable[[], Awaitable[Bus]]


def record(key: str, number: int, value: bytes = b"{}") -> Record:
    return Record(key, {"ce_source": "/intake", "ce_sequence": str(number), "ce_subject": key}, value)


async def beginning(partition: int) -> int:
    return 0


async def gathered(subscription: Subscription, count: int) -> list[Delivered]:
    """That many records, or whatever came until the bus fell silent."""
    found: list[Delivered] = []
    while len(found) < count and (batch := await subscription.batch(500, 5.0)):
        found.extend(batch)
    return found


class BusConformance:
    """The promises of `shared.bus.port`."""

    async def test_a_record_arrives_as_it_was_sent(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        sent = Record("case/1", {"ce_type": "ngữ", "ce_source": "/intake", "ce_sequence": "1"}, b'{"a":"\xff\x00"}')
        await bus.publish([sent])
        [delivered] = await gathered(await bus.subscribe("grants", beginning), 1)
        assert delivered.record.key == sent.key
        assert dict(delivered.record.headers) == dict(sent.headers)
        assert delivered.record.value == sent.value

    async def test_an_empty_body_is_a_body(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        await bus.publish([record("case/1", 1, b"")])
        [delivered] = await gathered(await bus.subscribe("grants", beginning), 1)
        assert delivered.record.value == b""

    async def test_publishing_nothing_is_fine(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        await bus.publish([])
        assert await (await bus.subscribe("grants", beginning)).batch(10, 0.1) == []

    async def test_a_key_keeps_its_order_in_one_partition(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        keys = [f"case/{number}" for number in range(12)]
        for round_ in range(1, 6):
            await bus.publish([record(key, round_) for key in keys])
        found = await gathered(await bus.subscribe("grants", beginning), 60)
        for key in keys:
            mine = [delivered for delivered in found if delivered.record.key == key]
            assert [delivered.record.headers["ce_sequence"] for delivered in mine] == ["1", "2", "3", "4", "5"]
            assert len({delivered.partition for delivered in mine}) == 1

    async def test_a_batch_stays_within_its_limit_and_each_partition_rises(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        await bus.publish([record(f"case/{number}", 1) for number in range(40)])
        subscription, seen, at = await bus.subscribe("grants", beginning), 0, dict[int, int]()
        while seen < 40:
            batch = await subscription.batch(3, 5.0)
            assert 1 <= len(batch) <= 3
            for partition, offset in reached(batch).items():
                offsets = [delivered.offset for delivered in batch if delivered.partition == partition]
                assert offsets == list(range(at.get(partition, 0), offset))
            at |= reached(batch)
            seen += len(batch)
        assert seen == 40

    async def test_what_was_published_survives_closing(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        await bus.publish([record("case/1", 1)])
        await bus.stop()
        again = await open_bus()
        await again.publish([record("case/1", 2)])
        found = await gathered(await again.subscribe("grants", beginning), 2)
        assert [delivered.record.headers["ce_sequence"] for delivered in found] == ["1", "2"]

    async def test_a_reader_goes_on_from_the_position_it_names(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        await bus.publish([record("case/1", number) for number in range(1, 6)])
        all_of_it = await gathered(await bus.subscribe("screening", beginning), 5)
        asked: list[int] = []

        async def after_the_third(partition: int) -> int:
            asked.append(partition)
            return all_of_it[3].offset if partition == all_of_it[0].partition else 0

        found = await gathered(await bus.subscribe("grants", after_the_third), 2)
        assert [delivered.record.headers["ce_sequence"] for delivered in found] == ["4", "5"]
        assert len(asked) == len(set(asked))

    async def test_two_groups_each_hear_everything(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        await bus.publish([record("case/1", 1)])
        for group in ("grants", "referrals"):
            assert len(await gathered(await bus.subscribe(group, beginning), 1)) == 1

    async def test_seeking_back_delivers_again(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        await bus.publish([record("case/1", 1), record("case/1", 2)])
        subscription = await bus.subscribe("grants", beginning)
        first = await gathered(subscription, 2)
        await subscription.seek(first[1].partition, first[1].offset)
        assert await gathered(subscription, 1) == first[1:]

    async def test_silence_ends_the_wait_empty(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        subscription = await bus.subscribe("grants", beginning)
        assert await subscription.batch(10, 0.0) == []
        assert await subscription.batch(10, 0.05) == []

    async def test_it_says_where_it_ends(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        assert isinstance(bus, Measured)
        before = await bus.ends()
        assert set(before.values()) == {0}
        await bus.publish([record("case/1", 1), record("case/1", 2), record("case/2", 1)])
        found = await gathered(await bus.subscribe("grants", beginning), 3)
        last = {delivered.partition: delivered.offset + 1 for delivered in found}
        assert await bus.ends() == {**before, **last}

    async def test_publishing_wakes_a_waiting_reader(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        subscription = await bus.subscribe("grants", beginning)
        waiting = asyncio.create_task(subscription.batch(10, 60.0))
        await asyncio.sleep(0)
        await bus.publish([record("case/1", 1)])
        assert len(await asyncio.wait_for(waiting, REST)) == 1

    async def test_a_bus_may_be_stopped_twice_and_ends_the_wait(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        waiting = asyncio.create_task((await bus.subscribe("grants", beginning)).batch(10, 60.0))
        await asyncio.sleep(0.05)
        await bus.stop()
        await bus.stop()
        assert await asyncio.wait_for(waiting, REST) == []

    async def test_a_closed_subscription_leaves_the_bus_usable(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        await (await bus.subscribe("grants", beginning)).close()
        await bus.publish([record("case/1", 1)])
        assert len(await gathered(await bus.subscribe("grants", beginning), 1)) == 1


class TestEmbedded(BusConformance):
    """The SQLite log, and what it promises beyond the port."""

    @pytest.fixture
    async def open_bus(self, tmp_path: Path) -> AsyncIterator[OpenBus]:
        opened: list[EmbeddedBus] = []

        async def open_one() -> Bus:
            opened.append(EmbeddedBus(tmp_path / "bus.db"))
            await opened[-1].start()
            return opened[-1]

        yield open_one
        for bus in opened:
            await bus.stop()

    async def test_a_batch_sent_again_changes_nothing(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        batch = [record("case/1", 1), record("case/1", 2)]
        await bus.publish(batch)
        await bus.publish([*batch, record("case/1", 3)])
        found = await gathered(await bus.subscribe("grants", beginning), 3)
        assert [delivered.offset for delivered in found] == [0, 1, 2]
        assert await (await bus.subscribe("grants", beginning)).batch(10, 0.0) == found

    async def test_other_bytes_for_the_same_version_stand_there_too(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        await bus.publish([record("case/1", 1, b"broken")])
        await bus.publish([record("case/1", 1, b"mended")])
        found = await gathered(await bus.subscribe("grants", beginning), 2)
        assert [delivered.record.value for delivered in found] == [b"broken", b"mended"]

    async def test_a_batch_takes_what_there_is_of_all_partitions(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        await bus.publish([record(f"case/{number}", 1) for number in range(40)])
        found = await (await bus.subscribe("grants", beginning)).batch(500, 0.0)
        assert (len(found), len(reached(found))) == (40, PARTITIONS)

    async def test_a_busy_partition_does_not_starve_the_others(self, open_bus: OpenBus) -> None:
        bus = await open_bus()
        await bus.publish([record(f"case/{number}", 1) for number in range(80)])
        subscription = await bus.subscribe("grants", beginning)
        assert len({(await subscription.batch(1, 0.0))[0].partition for _ in range(PARTITIONS)}) == PARTITIONS

    def test_keys_spread_over_all_partitions(self) -> None:
        assert {partition_of(f"case/{number}") for number in range(100)} == set(range(PARTITIONS))

    async def test_old_records_go_and_offsets_go_on(self, tmp_path: Path) -> None:
        now = datetime(2015, 11, 4, tzinfo=UTC)
        bus = EmbeddedBus(tmp_path / "old.db", clock=lambda: now)
        await bus.start()
        await bus.publish([record("case/1", 1)])
        await bus.stop()
        later = EmbeddedBus(tmp_path / "old.db", clock=lambda: now + timedelta(days=31))
        await later.start()
        await later.publish([record("case/1", 2)])
        [delivered] = await (await later.subscribe("grants", beginning)).batch(10, 0.0)
        assert (delivered.offset, delivered.record.headers["ce_sequence"]) == (1, "2")
        await later.stop()
