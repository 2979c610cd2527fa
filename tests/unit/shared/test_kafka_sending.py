"""Records become batches of their partitions: which partition, in which order, and where one batch ends."""

import asyncio
from typing import Any

import pytest
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.default_records import DefaultRecordBatch

from shared.bus.kafka_sending import BREATH, handed_over, partition_of
from shared.events.record import Record

KEYS = [f"case/{number:032x}"[:length].encode() for number in range(50) for length in range(38)]


class Producer:
    """Takes batches as aiokafka's does, and keeps what is in them."""

    def __init__(self, partitions: int, size: int) -> None:
        self._partitions, self._size = partitions, size
        self.batches: list[tuple[int, list[bytes]]] = []

    async def partitions_for(self, topic: str) -> set[int]:
        return set(range(self._partitions))

    def create_batch(self) -> BatchBuilder:
        return BatchBuilder(self._size, 0)

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> "asyncio.Future[None]":
        built = DefaultRecordBatch(bytes(batch._build()))
        self.batches.append((partition, [record.value for record in built]))
        sent: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        sent.set_result(None)
        return sent


@pytest.mark.parametrize("partitions", [1, 6, 12])
def test_a_key_has_the_partition_that_every_other_client_gives_it(partitions: int) -> None:
    theirs = [(murmur2(key) & 0x7FFFFFFF) % partitions for key in KEYS]
    assert [partition_of(key, partitions) for key in KEYS] == theirs


@pytest.mark.parametrize("size", [1 << 17, 400])
async def test_a_partition_has_all_its_records_in_their_order_however_small_a_batch_is(size: int) -> None:
    many = 2 * BREATH + 7
    records = [Record(f"case/{number % 40:032x}", {"n": str(number)}, f"{number}".encode()) for number in range(many)]
    producer = Producer(6, size)
    sent = await handed_over(producer, "case-events", [(record, None) for record in records])
    assert len(sent) == len(producer.batches) and all(values for _, values in producer.batches)
    for partition in range(6):
        there = [value for place, values in producer.batches if place == partition for value in values]
        assert there == [record.value for record in records if partition_of(record.key.encode(), 6) == partition]


async def test_a_record_with_a_place_of_its_own_goes_there_and_a_large_one_goes_alone() -> None:
    small, large = Record("generation/intake", {}, b"{}"), Record("generation/intake", {}, b"x" * 900)
    producer = Producer(6, 400)
    await handed_over(producer, "case-events", [(small, 4), (large, 4), (small, 5)])
    assert producer.batches == [(4, [b"{}"]), (4, [large.value]), (5, [b"{}"])]
