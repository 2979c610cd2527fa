"""What a reader does when its partitions are shared out anew at an unfortunate moment."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka.structs import ConsumerRecord, TopicPartition

from shared.bus.kafka_reading import KafkaSubscription

PLACE, OTHER = TopicPartition("told", 0), TopicPartition("told", 1)
FIRST = 127


def record(offset: int) -> ConsumerRecord[bytes, bytes]:
    return ConsumerRecord("told", 0, offset, 0, 0, b"case/1", b"{}", None, 6, 2, ())


async def test_what_arrives_while_partitions_are_shared_out_anew_is_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member that joins makes the others wait for data across a whole sharing-out; what then comes is theirs."""

    async def start_at(_: int) -> int:
        return FIRST

    reader = KafkaSubscription({}, "told", "screening", start_at, lambda _: None)
    sought: list[tuple[TopicPartition, int]] = []
    monkeypatch.setattr(reader._consumer, "seek", lambda place, offset: sought.append((place, offset)))
    await reader.on_partitions_assigned([PLACE])

    async def getmany(**_: Any) -> dict[TopicPartition, list[ConsumerRecord[bytes, bytes]]]:
        reader.on_partitions_revoked([PLACE])
        await reader.on_partitions_assigned([PLACE])
        return {PLACE: [record(FIRST), record(FIRST + 1)]}

    monkeypatch.setattr(reader._consumer, "getmany", getmany)
    batch = await reader.batch(500, 0.1)
    assert [delivered.offset for delivered in batch] == [FIRST, FIRST + 1]
    assert sought == [(PLACE, FIRST)] * 2
    await reader.close()


@pytest.fixture
async def reader(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[KafkaSubscription]:
    """A reader of partition 0 and 1, to which a consumer would hand records of 0, 1 and 2 at once."""

    async def start_at(_: int) -> int:
        return FIRST

    async def getmany(**_: Any) -> dict[TopicPartition, list[ConsumerRecord[bytes, bytes]]]:
        return {TopicPartition("told", partition): [record(FIRST)] for partition in (0, 1, 2)}

    made = KafkaSubscription({}, "told", "screening", start_at, lambda _: None)
    monkeypatch.setattr(made._consumer, "seek", lambda place, offset: None)
    monkeypatch.setattr(made._consumer, "getmany", getmany)
    await made.on_partitions_assigned([PLACE, OTHER])
    yield made
    await made.close()


async def partitions_of(reader: KafkaSubscription, batches: int) -> list[int]:
    return [(await reader.batch(1, 0.1))[0].partition for _ in range(batches)]


async def test_a_batch_takes_what_was_fetched_of_all_partitions(reader: KafkaSubscription) -> None:
    assert [delivered.partition for delivered in await reader.batch(500, 0.1)] == [0, 1]


async def test_a_smaller_limit_divides_what_was_fetched_and_loses_nothing(
    reader: KafkaSubscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def three(**_: Any) -> dict[TopicPartition, list[ConsumerRecord[bytes, bytes]]]:
        return {PLACE: [record(FIRST + place) for place in range(3)]}

    monkeypatch.setattr(reader._consumer, "getmany", three)
    batches = [await reader.batch(2, 0.1) for _ in range(2)]
    assert [[delivered.offset - FIRST for delivered in batch] for batch in batches] == [[0, 1], [2]]


async def test_a_partition_that_is_not_ours_yet_is_read_later(reader: KafkaSubscription) -> None:
    assert await partitions_of(reader, 4) == [0, 1, 0, 1]


async def test_seeking_forgets_what_was_fetched_from_elsewhere(reader: KafkaSubscription) -> None:
    assert await partitions_of(reader, 1) == [0]
    await reader.seek(1, FIRST + 5)
    assert await partitions_of(reader, 1) == [0]


async def test_what_was_fetched_of_a_partition_that_was_taken_back_is_another_members(
    reader: KafkaSubscription,
) -> None:
    assert await partitions_of(reader, 1) == [0]
    reader.on_partitions_revoked([OTHER])
    assert await partitions_of(reader, 2) == [0, 0]
