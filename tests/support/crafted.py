"""Batches of records as bytes, the kind that only a stranger or a broken disk makes, and a way to write them."""

import struct
from collections.abc import Sequence
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.codec import gzip_encode, lz4_encode, snappy_encode, zstd_encode
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c
from aiokafka.structs import TopicPartition

ODD = "odd-name"
"""Stands where `odd` puts bytes that are no text."""
CODECS = {1: gzip_encode, 2: snappy_encode, 3: lz4_encode, 4: zstd_encode}
HEADER = 61
NOT_YET = {3, 5, 6}
"""A topic that is not known yet, or has no leader, or another one."""
Headers = Sequence[tuple[str, bytes | None]]


def batch(*records: tuple[bytes | None, Headers], base: int = 0, codec: int = 0) -> bytes:
    """Values with their headers, as a producer sends them."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 1 << 30)
    for place, (value, headers) in enumerate(records):
        builder.append(place, 1_700_000_000_000, b"case/1", value, list(headers))
    built = bytes(builder.build())
    if codec:
        packed = bytes(CODECS[codec](built[HEADER:]))
        built = changed(built[:HEADER] + packed, codec=codec)
    return based(built, base)


def based(built: bytes, base: int) -> bytes:
    return struct.pack(">q", base) + built[8:]


def odd(built: bytes) -> bytes:
    """The same with a header name that is not UTF-8."""
    return changed(built.replace(ODD.encode(), ODD.encode().replace(b"-", b"\xff")))


def changed(built: bytes, codec: int | None = None) -> bytes:
    """The same with its length and checksum put right, as if it had been written so."""
    made = bytearray(built)
    struct.pack_into(">i", made, 8, len(made) - 12)
    if codec is not None:
        struct.pack_into(">h", made, 21, codec)
    struct.pack_into(">I", made, 17, calc_crc32c(bytes(made[21:])))
    return bytes(made)


async def write(brokers: str, topic: str, built: bytes, partition: int = 0) -> int:
    """Have a broker store these bytes as they are; returns its error code, 0 for none."""
    client = AIOKafkaClient(bootstrap_servers=brokers)
    await client.bootstrap()
    try:
        await client.add_topic(topic)
        asked: Any = ProduceRequest(None, -1, 10_000, [(topic, [(partition, built)])])
        # A broker may not know yet that it leads a topic that was just made.
        while (code := await _asked(client, TopicPartition(topic, partition), asked)) in NOT_YET:
            await client.force_metadata_update()
        return code
    finally:
        await client.close()


async def _asked(client: AIOKafkaClient, place: TopicPartition, asked: Any) -> int:
    answer = await client.send(client.cluster.leader_for_partition(place), asked)
    return int(answer.topics[0][1][0][1])
