"""What a reader does when its partitions are shared out anew at an unfortunate moment."""

from typing import Any

import pytest
from aiokafka.structs import ConsumerRecord, TopicPartition

from shared.bus.kafka_reading import KafkaSubscription

PLACE = TopicPartition("told", 0)
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
