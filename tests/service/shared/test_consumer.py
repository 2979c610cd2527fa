"""Records in, rows out: exactly once in effect, in order, and from one reader only."""

from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from shared.bus.consumer import Consumer
from tests.support.listening import Listener, listening
from tests.support.opened import opened
from tests.support.tale import (
    CASE,
    NOW,
    ORGANISATION,
    STAFF,
    Counted,
    Granted,
    Moved,
    TaleAssigned,
    TaleReleased,
    Whispered,
    tale,
    told,
)

SUBJECT = f"case/{CASE}"
OTHER = "d" * 32


async def test_facts_in_order_move_the_facet(listener: Listener) -> None:
    await listener.hear(*tale(3))
    assert await listener.numbers() == [1, 2, 3]
    [facet] = await listener.rows(listener.kept.ledger.facet)
    assert (facet["subject"], facet["source"], facet["version"]) == (SUBJECT, "intake", 3)
    first = (await listener.rows(listener.kept.ledger.heard))[0]
    assert (first["status"], first["type"], first["heard_at"]) == ("applied", Counted.type, NOW)
    assert (first["raw"], first["headers"], first["why"]) == (None, None, None)
    assert await listener.rows(listener.kept.ledger.stream) == [{"subject": SUBJECT, "version": 0, "restored": None}]


async def test_a_duplicate_changes_nothing_at_all(listener: Listener) -> None:
    await listener.hear(*tale(3), *tale(5)[4:])
    before = await listener.everything()
    listener.clock.forward(3600)
    again = listener.another()
    await listener.forbid_writing()
    await listener.kept.database.write(lambda conn: conn.execute(listener.kept.ledger.bus_offset.delete()))
    assert await again.step() == 4
    assert await listener.everything() == before


async def test_a_gap_holds_its_stream_only_and_heals(listener: Listener) -> None:
    one, two, three, four = tale(4)
    await listener.hear(one, three, four, *tale(2, case=OTHER))
    assert await listener.numbers() == [1]
    assert await listener.numbers(f"case/{OTHER}") == [1, 2]
    held = [row for row in await listener.rows(listener.kept.ledger.heard) if row["status"] == "held"]
    assert [(row["version"], row["why"]) for row in held] == [(3, "gap"), (4, "gap")]
    assert opened(listener.kept, held[0]).value == three.data.encode()
    assert held[0]["data"] is None

    listener.clock.forward(60)
    await listener.hear(two)
    assert await listener.numbers() == [1, 2, 3, 4]
    healed = [row for row in await listener.rows(listener.kept.ledger.heard) if row["subject"] == SUBJECT]
    assert {row["status"] for row in healed} == {"applied"}
    assert all(row["raw"] is None and row["headers"] is None and row["why"] is None for row in healed)


async def test_the_same_facts_backwards_give_the_same_view(listener: Listener, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    async with listening(tmp_path / "other") as straight:
        await straight.hear(*tale(6))
        for fact in reversed(tale(6)):
            await listener.hear(fact)
        assert await listener.view() == await straight.view()


async def test_an_ignored_fact_counts_as_applied_without_a_step(listener: Listener) -> None:
    await listener.hear(told(Whispered(case_ref=CASE), 1), told(Counted(case_ref=CASE, number=2), 2))
    assert await listener.numbers() == [2]
    assert await listener.statuses() == {1: "applied", 2: "applied"}


async def test_own_facts_are_dropped(listener: Listener) -> None:
    await listener.hear(told(Granted(case_ref=CASE), 1))
    assert await listener.everything() == {"heard": [], "facet": [], "relation": [], "todo": [], "stream": []}


async def test_other_streams_have_facets_of_their_own(listener: Listener) -> None:
    home = "e" * 32
    await listener.hear(told(Moved(household_ref=home), 1), told(Moved(household_ref=home), 2))
    [facet] = await listener.rows(listener.kept.ledger.facet)
    assert (facet["subject"], facet["data"]["moves"]) == (f"household/{home}", 2)


async def test_who_works_on_a_case_is_kept(listener: Listener) -> None:
    who = {"case_ref": CASE, "staff_ref": STAFF, "organisation_ref": ORGANISATION}
    await listener.hear(told(TaleAssigned(kind="TEAM", **who), 1), told(TaleAssigned(kind="PLAN", **who), 2))
    relation = listener.kept.ledger.relation
    assert [row["kind"] for row in await listener.rows(relation)] == ["PLAN", "TEAM"]
    await listener.hear(told(TaleReleased(kind="TEAM", **who), 3), told(TaleAssigned(kind="PLAN", **who), 4))
    assert [(row["subject"], row["source"], row["kind"]) for row in await listener.rows(relation)] == [
        (SUBJECT, "intake", "PLAN")
    ]


async def test_a_fact_plants_its_reactions_once(listener: Listener) -> None:
    await listener.hear(*tale(2), *tale(2))
    todos = await listener.rows(listener.kept.ledger.todo)
    assert [(row["cause"], row["reaction"], row["subject"], row["due_at"]) for row in todos] == [
        ("intake-cccc-1", "greet", SUBJECT, None),
        ("intake-cccc-2", "greet", SUBJECT, None),
    ]


async def test_a_restarted_consumer_goes_on_where_it_was(listener: Listener) -> None:
    await listener.hear(*tale(2))
    await listener.consumer.close()
    await listener.hear(*tale(4)[2:])
    assert await listener.numbers() == [1, 2, 3, 4]


async def test_a_reader_that_lost_its_partition_writes_nothing(listener: Listener) -> None:
    await listener.hear(*tale(1))
    zombie = listener.another()
    assert await zombie.step() == 0
    await listener.hear(*tale(3)[1:])
    before = await listener.everything()
    assert await zombie.step() == 2
    assert await listener.everything() == before
    await listener.hear(*tale(5)[3:])
    assert await zombie.step() + await zombie.step() == 2
    assert await listener.numbers() == [1, 2, 3, 4, 5]
    await zombie.close()


async def test_the_fence_holds_even_when_the_inbox_would_let_it_pass(listener: Listener) -> None:
    await listener.hear(*tale(1))
    told_off: list[str] = []
    zombie = Consumer(listener.kept, listener.bus, lambda _: told_off.append("applied"))
    assert await zombie.step() == 0
    await listener.hear(*tale(3)[1:])
    for table in (listener.kept.ledger.heard, listener.kept.ledger.facet, listener.kept.ledger.todo):
        await listener.kept.database.write(partial(Connection.execute, statement=table.delete()))
    await zombie.step()
    assert await listener.rows(listener.kept.ledger.heard) == []
    assert told_off == []
    await zombie.close()
