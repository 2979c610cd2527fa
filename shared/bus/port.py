"""The port of a bus. Adapters promise durable records, in order within a partition, and nothing more.

The bus stores no offsets: every reader stores its own, in the transaction that uses what it read. Publishing may fail
half-way, and the whole batch is then published again.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from shared.events.record import Record

StartAt = Callable[[int], Awaitable[int]]
"""Asked by the bus for every partition it hands out: the offset to go on from."""


@dataclass(frozen=True)
class Delivered:
    """A record and where it stood."""

    partition: int
    offset: int
    record: Record
    flaw: str = ""
    """Why it could not be read, as a code. Its record then means nothing."""
    first: int | None = None
    """The first of the offsets that it stands for, where a whole batch could not be read."""

    def place(self, topic: str) -> str:
        """Where it stood: `topic/partition/offset`, or `.../first-last`."""
        of_several = self.first not in (None, self.offset)
        return f"{topic}/{self.partition}/{f'{self.first}-' if of_several else ''}{self.offset}"


def reached(batch: Sequence[Delivered]) -> dict[int, int]:
    """By partition: the offset behind a batch."""
    return {delivered.partition: delivered.offset + 1 for delivered in batch}


class Subscription(Protocol):
    """One reader's place in the topic."""

    async def batch(self, limit: int, wait: float) -> list[Delivered]:
        """The next records, each partition's oldest first; none after `wait` seconds of silence."""
        ...

    async def seek(self, partition: int, offset: int) -> None:
        """Go on from there, backwards or forwards."""
        ...

    async def close(self) -> None: ...


class Bus(Protocol):
    """One topic."""

    topic: str

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def publish(self, records: Sequence[Record]) -> None:
        """Return when all of them are durable. After an error any of them may be: send the whole batch again."""
        ...

    async def subscribe(self, group: str, start_at: StartAt) -> Subscription: ...


@runtime_checkable
class Measured(Protocol):
    """A bus that can say how far it reaches, and whether it is still the same one; and that knows its partitions."""

    topic: str
    lives: Sequence[str]
    """What its log was called each time it was opened, the last one now: a log without a life that we know is another
    one, or one that was put back from a copy."""

    async def ends(self) -> Mapping[int, int]:
        """By partition: the offset that the next record will get."""
        ...

    async def starts(self) -> Mapping[int, int]:
        """By partition: the offset of the oldest record that is still there, else that of the next."""
        ...

    async def publish_everywhere(self, made: Callable[[int, int], Record]) -> None:
        """Publish one record into each partition, made from its number and from how many there are."""


@runtime_checkable
class Inspected(Protocol):
    """A bus with settings that somebody else may have made or changed."""

    async def faults(self) -> Sequence[str]:
        """What is not as it should be, a sentence each."""
        ...
