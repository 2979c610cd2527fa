"""Decides for the records that arrive on a stream which apply, which are held and which are parked. Pure: no I/O.

A version before its turn is held. A version that can never be applied is parked (a dead letter), and so are all behind
it, so that order survives. The same bytes again are a no-op; other bytes for a version that waits replace it and are
tried.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from shared.errors import Poison
from shared.events.envelope import Envelope, Stream, decode_at, generation_of
from shared.events.generation import Generation
from shared.events.record import Record
from shared.journey import Journey, Progress, advance

GAP = "gap"
BEHIND = "behind"
UNTRIED = ""

Plant = Callable[[Envelope], list[dict[str, Any]]]


class Letter(NamedTuple):
    """A record that waits or has just arrived. `why` says what it waits for: a gap, a poison before it, or itself."""

    version: int
    record: Record
    heard_at: datetime
    why: str = UNTRIED

    @property
    def status(self) -> str:
        return "held" if self.why == GAP else "parked"

    @property
    def is_poison(self) -> bool:
        return self.why not in {UNTRIED, GAP, BEHIND}

    @property
    def generation(self) -> Generation:
        """The generation in which it was told."""
        return generation_of(self.record)

    def same_as(self, other: "Letter | None") -> bool:
        return (
            other is not None
            and self.record.value == other.record.value
            and dict(self.record.headers) == dict(other.record.headers)
        )


class Outcome(NamedTuple):
    """What has to be written for one stream."""

    stream: Stream
    before: Progress
    after: Progress
    waited: Mapping[int, Letter]
    waits: Mapping[int, Letter]
    applied: Sequence[tuple[Envelope, Letter]]
    todos: Sequence[dict[str, Any]]
    differs: bool = False
    """Something arrived that speaks against what was applied before."""


def receive(
    journey: Journey,
    plant: Plant,
    stream: Stream,
    before: Progress,
    waited: Mapping[int, Letter],
    *,
    arrived: Sequence[Letter] = (),
    retry: bool = False,
    refuse: str | None = None,
) -> Outcome:
    """Apply what is in turn, hold or park the rest. `retry` tries a poison again; `refuse` parks without trying."""
    waits = dict(waited)
    for letter in arrived:
        if letter.version > before.version and not letter.same_as(waits.get(letter.version)):
            waits[letter.version] = letter
    after, why, applied, todos = before, refuse, [], []
    while why is None and (head := waits.get(after.version + 1)) and (retry or not head.is_poison):
        try:
            told = decode_at(stream, head.version, head.record)
            moved, planted = advance(journey, after, told), plant(told)
        except Exception as error:
            why = error.code if isinstance(error, Poison) else "step_failed"
        else:
            after = moved
            applied.append((told, waits.pop(told.version)))
            todos.extend(planted)
    return Outcome(stream, before, after, waited, _labelled(waits, after.version + 1, why), applied, todos)


def _labelled(waits: Mapping[int, Letter], turn: int, why: str | None) -> dict[int, Letter]:
    """Say of every waiting letter what it waits for."""
    if not waits:
        return {}
    head = waits.get(turn)
    if head is None:
        return {version: letter._replace(why=GAP) for version, letter in waits.items()}
    rest = {version: letter._replace(why=BEHIND) for version, letter in waits.items()}
    return rest | {turn: head._replace(why=why or head.why)}
