"""Whatever order sources arrive in, however often, in whatever batches: the same view. And a rebuild gives it again."""

import asyncio
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from shared.bus.consumer import Consumer
from shared.bus.port import Delivered, StartAt, Subscription
from shared.bus.rebuild import Refolded, refold
from shared.events.envelope import Envelope, encode
from shared.events.record import Record
from shared.journey.timeline import view
from tests.support.listening import Listener, listening, move
from tests.support.tale import (
    CASE,
    JOURNEY,
    ORGANISATION,
    STAFF,
    Counted,
    Granted,
    Moved,
    Screened,
    TaleAssigned,
    TaleReleased,
    Whispered,
    told,
    told_world,
)

WHO = {"case_ref": CASE, "staff_ref": STAFF, "organisation_ref": ORGANISATION, "kind": "TEAM"}
HOME = "e" * 32
STREAMS: Sequence[Sequence[Envelope]] = (
    [
        told(Counted(case_ref=CASE, number=10), 1),
        told(TaleAssigned(**WHO), 2),
        told(Whispered(case_ref=CASE), 3),
        told(Counted(case_ref=CASE, number=20), 4),
        told(TaleReleased(**WHO), 5),
    ],
    [told(Screened(case_ref=CASE, number=number), number) for number in (1, 2, 3)],
    [told(Counted(case_ref="d" * 32, number=number), number) for number in (1, 2)],
    [told(Moved(household_ref=HOME), version) for version in (1, 2)],
)


@pytest.fixture(autouse=True, scope="module")
def world() -> Iterator[None]:
    with told_world():
        yield


class Script:
    """A bus that delivers exactly the batches it was given, from one partition."""

    topic = "scripted"

    def __init__(self, batches: Sequence[Sequence[Record]]) -> None:
        self._batches = [list(batch) for batch in batches]
        self._offset = 0

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def publish(self, records: Sequence[Record]) -> None:
        raise AssertionError("nobody tells this bus anything")

    async def subscribe(self, group: str, start_at: StartAt) -> Subscription:
        await start_at(0)
        return self

    async def batch(self, limit: int, wait: float) -> list[Delivered]:
        if not self._batches:
            return []
        batch = self._batches.pop(0)
        found = [Delivered(0, self._offset + place, record) for place, record in enumerate(batch)]
        self._offset += len(batch)
        return found

    async def seek(self, partition: int, offset: int) -> None:
        raise AssertionError("nothing goes wrong here")

    async def close(self) -> None: ...


@st.composite
def in_order(draw: st.DrawFn) -> list[Envelope]:
    """Any interleaving that keeps each stream's order, with some facts said again."""
    left = [list(stream) for stream in STREAMS]
    said: list[Envelope] = []
    while any(left):
        stream = draw(st.sampled_from([stream for stream in left if stream]))
        said.append(stream.pop(0))
        if draw(st.integers(0, 4)) == 0:
            said.append(draw(st.sampled_from(said)))
    return said


@st.composite
def in_batches(draw: st.DrawFn, facts: st.SearchStrategy[list[Envelope]]) -> list[list[Record]]:
    """The facts cut into batches anywhere."""
    records = [encode(fact) for fact in draw(facts)]
    cuts = sorted(draw(st.sets(st.integers(1, len(records) - 1), max_size=6)))
    return [records[start:end] for start, end in zip([0, *cuts], [*cuts, len(records)], strict=True)]


in_any_order = st.permutations([fact for stream in STREAMS for fact in stream])


async def heard(batches: Sequence[Sequence[Record]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What a fresh service makes of these batches: its view and its inbox."""
    with TemporaryDirectory() as folder:
        async with listening(Path(folder)) as listener:
            consumer = Consumer(listener.kept, Script(batches))
            while await consumer.step():
                pass
            ledger = listener.kept.ledger
            todos = [(row["cause"], row["reaction"]) for row in await listener.rows(ledger.todo)]
            read = await listener.kept.database.read(lambda conn: view(conn, ledger, JOURNEY, CASE))
            everything = {**await listener.view(), "todo": sorted(todos), "read": read.model_dump_json()}
            return everything, await listener.rows(ledger.heard)


def result(batches: Sequence[Sequence[Record]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return asyncio.run(heard(batches))


@cache
def expected() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return result([[encode(fact) for stream in STREAMS for fact in stream]])


@settings(max_examples=25, deadline=None)
@given(batches=in_batches(in_order()))
def test_every_interleaving_gives_the_same_view(batches: list[list[Record]]) -> None:
    assert result(batches) == expected()


@settings(max_examples=25, deadline=None)
@given(batches=in_batches(in_any_order))
def test_every_order_at_all_gives_the_same_view(batches: list[list[Record]]) -> None:
    assert result(batches) == expected()


def test_a_lost_fact_shows() -> None:
    facts = [encode(fact) for stream in STREAMS for fact in stream]
    assert result([facts[1:]]) != expected()
    assert result([facts[:-1]]) != expected()


async def lived(listener: Listener) -> None:
    """Hear everything, and tell something oneself, as a unit does."""
    await listener.hear(*(fact for stream in STREAMS for fact in stream))
    ledger, fact = listener.kept.ledger, told(Granted(case_ref=CASE), 1)
    names = ("event_id", "subject", "version", "type", "effective", "recorded", "correlation", "data")
    row = {name: getattr(fact, name) for name in names}
    await listener.kept.database.write(lambda conn: conn.execute(insert(ledger.journal), row))
    await listener.kept.database.write(lambda conn: move(conn, ledger, JOURNEY, fact))


async def test_a_rebuild_equals_what_was_there(tmp_path: Path) -> None:
    async with listening(tmp_path) as listener:
        await lived(listener)
        kept, ledger = listener.kept, listener.kept.ledger
        live, todos = await listener.view(), await listener.rows(ledger.todo)
        assert len(live["facet"]) == 5

        await kept.database.write(lambda conn: conn.execute(update(ledger.facet).values(data={})))
        await kept.database.write(lambda conn: conn.execute(ledger.relation.delete()))
        assert await listener.view() != live
        assert await refold(kept.database, ledger, JOURNEY) == Refolded(3, 3, ())
        assert await listener.view() == live
        assert await listener.rows(ledger.todo) == todos

        await listener.hear(told(Counted(case_ref=CASE, number=30), 6))
        assert await listener.numbers() == [10, 20, 30]


async def test_the_journey_is_read_from_what_was_heard_and_told(tmp_path: Path) -> None:
    async with listening(tmp_path) as listener:
        await lived(listener)
        await listener.hear(told(Screened(case_ref=CASE, number=9), 9))
        read = await listener.kept.database.read(lambda conn: view(conn, listener.kept.ledger, JOURNEY, CASE))
    assert read.stage == "granted"
    assert read.next == ("grant",)
    assert read.behind == ("screening",)
    assert [(entry.source, entry.version) for entry in read.timeline] == [
        ("grants", 1),
        ("intake", 1),
        ("screening", 1),
        ("intake", 2),
        ("screening", 2),
        ("screening", 3),
        ("intake", 4),
        ("intake", 5),
    ]
    assert read.facets["intake"] == {"numbers": [10, 20], "moves": 0}
