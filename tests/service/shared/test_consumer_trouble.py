"""Poison is parked with what is behind it and nothing else; a store that fails loses nothing."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from shared.errors import Unavailable
from shared.events.envelope import Envelope, encode
from shared.events.record import Record
from shared.storage import Work
from tests.support.listening import Listener
from tests.support.opened import opened
from tests.support.tale import CASE, Counted, Refuted, Screened, tale, told

SUBJECT = f"case/{CASE}"
OTHER = "d" * 32


def broken(fact: Envelope, value: bytes = b'{"case_ref":') -> Record:
    return replace(encode(fact), value=value)


@pytest.mark.parametrize(
    ("headers", "value", "why"),
    [
        ({}, b"{", "bad_body"),
        ({}, b"[]", "bad_body"),
        ({}, b"", "bad_envelope"),
        ({}, b"\xff\xfe", "bad_envelope"),
        ({}, b'{"case_ref":"c","number":1}', "bad_body"),
        ({}, b'{"case_ref":"' + OTHER.encode() + b'","number":1}', "wrong_subject"),
        ({}, b'{"case_ref":"' + CASE.encode() + b'","number":-1}', "bad_body"),
        ({}, b"[" * 100_000, "bad_body"),
        ({"ce_type": "intake.tale.counted.v2"}, None, "unknown_type"),
        ({"ce_type": "intake.tale.sung.v1"}, None, "unknown_type"),
        ({"ce_type": "screening.tale.screened.v1"}, None, "foreign_type"),
        ({"ce_type": ""}, None, "bad_envelope"),
        ({"ce_time": "yesterday"}, None, "bad_envelope"),
        ({"ce_effectivetime": "2015-11-04T10:00:00"}, None, "bad_envelope"),
        ({"ce_specversion": "0.3"}, None, "unknown_envelope"),
        ({"ce_id": "a\x00b"}, None, "bad_envelope"),
    ],
)
async def test_a_poison_parks_what_is_behind_it_and_nothing_else(
    listener: Listener, headers: dict[str, str], value: bytes | None, why: str
) -> None:
    one, two, three = tale(3)
    good = encode(two)
    poison = Record(good.key, {**good.headers, **headers}, good.value if value is None else value)
    await listener.bus.publish([encode(one), poison, encode(three), *map(encode, tale(2, case=OTHER))])
    await listener.drain()
    assert await listener.numbers() == [1]
    assert await listener.numbers(f"case/{OTHER}") == [1, 2]
    parked = [row for row in await listener.rows(listener.kept.ledger.heard) if row["status"] == "parked"]
    assert [(row["version"], row["why"]) for row in parked] == [(2, why), (3, "behind")]
    assert opened(listener.kept, parked[0]).value == poison.value


async def test_a_step_that_raises_parks_its_stream(listener: Listener) -> None:
    await listener.hear(
        told(Refuted(case_ref=CASE), 1), told(Counted(case_ref=CASE, number=2), 2), *tale(1, case=OTHER)
    )
    rows = [row for row in await listener.rows(listener.kept.ledger.heard) if row["subject"] == SUBJECT]
    assert [(row["version"], row["status"], row["why"]) for row in rows] == [
        (1, "parked", "step_failed"),
        (2, "parked", "behind"),
    ]
    assert await listener.numbers(f"case/{OTHER}") == [1]
    assert [row["subject"] for row in await listener.rows(listener.kept.ledger.facet)] == [f"case/{OTHER}"]


async def test_a_parked_version_that_comes_again_changes_nothing(listener: Listener) -> None:
    await listener.bus.publish([broken(tale(1)[0]), encode(tale(2)[1])])
    await listener.drain()
    before = await listener.everything()
    listener.clock.forward(60)
    second = listener.another()
    await listener.forbid_writing()
    await listener.kept.database.write(lambda conn: conn.execute(listener.kept.ledger.bus_offset.delete()))
    assert await second.step() == 2
    assert await listener.everything() == before


async def test_other_bytes_for_a_parked_version_replace_it_and_are_tried(listener: Listener) -> None:
    one, two, three = tale(3)
    await listener.bus.publish([encode(one), broken(two), encode(three)])
    await listener.drain()
    await listener.bus.publish([broken(two, b"still broken")])
    await listener.drain()
    poison = (await listener.rows(listener.kept.ledger.heard))[1]
    assert opened(listener.kept, poison).value == b"still broken"
    await listener.hear(two)
    assert await listener.numbers() == [1, 2, 3]
    assert set((await listener.statuses()).values()) == {"applied"}


async def test_a_gap_behind_a_poison_is_held_once_the_poison_is_mended(listener: Listener) -> None:
    one, two, _, four = tale(4)
    await listener.bus.publish([encode(one), broken(two), encode(four)])
    await listener.drain()
    assert await listener.statuses() == {1: "applied", 2: "parked", 4: "parked"}
    await listener.hear(two)
    assert await listener.statuses() == {1: "applied", 2: "applied", 4: "held"}


async def test_redriving_tries_again_in_order(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = [told(Refuted(case_ref=CASE), 1), told(Counted(case_ref=CASE, number=2), 2)]
    await listener.hear(*facts)
    before = await listener.everything()
    assert await listener.consumer.redrive(SUBJECT) == 0
    assert await listener.everything() == before

    steps: Any = listener.kept.journey.facets["intake"].steps
    monkeypatch.setitem(steps, Refuted, lambda facet, event: facet.but(numbers=(*facet.numbers, 99)))
    assert await listener.consumer.redrive(SUBJECT) == 2
    assert await listener.numbers() == [99, 2]
    assert len(await listener.rows(listener.kept.ledger.todo)) == 1


async def test_a_poison_is_not_tried_again_until_asked(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    await listener.hear(told(Refuted(case_ref=CASE), 1))
    steps: Any = listener.kept.journey.facets["intake"].steps
    monkeypatch.setitem(steps, Refuted, lambda facet, event: facet)
    await listener.hear(told(Counted(case_ref=CASE, number=2), 2))
    assert await listener.statuses() == {1: "parked", 2: "parked"}
    assert await listener.consumer.redrive(SUBJECT) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"ce_source": ""},
        {"ce_source": "intake"},
        {"ce_subject": "case"},
        {"ce_subject": f"case/{CASE}\x00"},
        {"ce_sequence": "0"},
        {"ce_sequence": "one"},
        {"ce_sequence": "99999999999"},
    ],
)
async def test_a_record_without_a_stream_is_parked_by_its_place(listener: Listener, headers: dict[str, str]) -> None:
    good = encode(tale(1)[0])
    await listener.bus.publish([Record(good.key, {**good.headers, **headers}, good.value), good])
    await listener.drain()
    assert await listener.numbers() == [1]
    parked = (await listener.rows(listener.kept.ledger.heard))[1]
    place = parked["subject"].split("/")
    assert (parked["source"], parked["version"], parked["why"]) == ("unreadable", 1, "unreadable")
    assert (place[0], place[2]) == (listener.bus.topic, "0")
    assert opened(listener.kept, parked).headers == {**good.headers, **headers}


async def test_a_record_the_store_cannot_take_is_parked_alone(listener: Listener) -> None:
    clash = told(Counted(case_ref=OTHER, number=1), 1, event_id="intake-cccc-1")
    await listener.hear(*tale(2), clash, *tale(2, case="b" * 32))
    assert await listener.numbers() == [1, 2]
    assert await listener.numbers("case/" + "b" * 32) == [1, 2]
    parked = [row for row in await listener.rows(listener.kept.ledger.heard) if row["status"] == "parked"]
    assert [(row["subject"], row["why"]) for row in parked] == [(f"case/{OTHER}", "unwritable")]


@pytest.mark.parametrize("trouble", [Unavailable("store_unavailable"), OperationalError("", {}, Exception("locked"))])
async def test_trouble_with_the_store_parks_nothing_and_is_met_again(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    await listener.consumer.step()
    await listener.bus.publish([encode(fact) for fact in tale(2)])
    write = listener.kept.database.write

    async def failing(work: Work[Any]) -> Any:
        def worked_then_lost(conn: Connection) -> None:
            work(conn)
            raise trouble

        return await write(worked_then_lost)

    with monkeypatch.context() as patch:
        patch.setattr(listener.kept.database, "write", failing)
        for _ in range(3):
            with pytest.raises(type(trouble)):
                await listener.consumer.step()
    assert await listener.rows(listener.kept.ledger.heard) == []
    await listener.drain()
    assert await listener.numbers() == [1, 2]


async def test_an_answer_lost_after_the_commit_does_no_harm(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    await listener.consumer.step()
    await listener.bus.publish([encode(fact) for fact in tale(2)])
    write = listener.kept.database.write

    async def committed_but_silent(work: Work[Any]) -> Any:
        await write(work)
        raise Unavailable("store_unavailable")

    with monkeypatch.context() as patch, pytest.raises(Unavailable):
        patch.setattr(listener.kept.database, "write", committed_but_silent)
        await listener.consumer.step()
    before = await listener.everything()
    await listener.drain()
    assert await listener.everything() == before
    await listener.hear(told(Screened(case_ref=CASE, number=7), 1))
    assert await listener.numbers(source="screening") == [7]
