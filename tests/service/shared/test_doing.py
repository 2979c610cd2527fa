"""To-dos: once in effect, in order per subject, and one that fails keeps no other subject waiting."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update

from shared.errors import NotFound, Refused, Unavailable
from shared.journey.todos import Todo
from shared.runtime import Kept
from shared.writing.asked import Moved
from shared.writing.doing import LONGEST_PAUSE, Doing, pause
from tests.support.listening import Listener
from tests.support.tale import CASE, NOW, tale

OTHER = "d" * 32


class Hand:
    """Carries to-dos out as a unit would, and fails when told to."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.trouble: dict[str, Exception] = {}

    async def __call__(self, kept: Kept, todo: Todo) -> None:
        if todo.subject in self.trouble:
            raise self.trouble[todo.subject]
        run = kept.reactions.bind(todo)

        def unit(conn: Any) -> None:
            run(self.done)
            conn.execute(delete(kept.ledger.todo).where(kept.ledger.todo.c.id == todo.id))

        await kept.database.write(unit)


async def drained(doing: Doing) -> None:
    while await doing.step():
        pass


async def deadline(listener: Listener, subject: str, due_at: datetime) -> None:
    row = {"cause": f"{subject}|{due_at}", "reaction": "look_again", "subject": subject, "due_at": due_at}
    await listener.write(listener.kept.ledger.todo, **row, attempts=0, data="{}")


async def test_reactions_run_once_and_in_order(listener: Listener) -> None:
    hand = Hand()
    await listener.hear(*tale(3))
    await drained(Doing(listener.kept, hand))
    assert hand.done == [("greet", number, f"intake-cccc-{number}") for number in (1, 2, 3)]
    assert await listener.rows(listener.kept.ledger.todo) == []


async def test_a_store_that_went_back_waits_without_being_in_trouble(listener: Listener) -> None:
    hand, standing = Hand(), listener.kept.standing
    await listener.hear(*tale(2))
    standing.contradicted["another"] = frozenset({standing.name})
    assert await Doing(listener.kept, hand).step() == 0
    standing.contradicted["another"] = frozenset()
    await drained(Doing(listener.kept, hand))
    assert len(hand.done) == 2


async def test_one_per_subject_at_a_time(listener: Listener) -> None:
    hand = Hand()
    await listener.hear(*tale(2), *tale(2, case=OTHER))
    assert await Doing(listener.kept, hand).step() == 2
    assert sorted(number for _, number, _ in hand.done) == [1, 1]


async def test_a_refusal_is_given_to_people(listener: Listener) -> None:
    hand = Hand()
    hand.trouble[f"case/{CASE}"] = Refused("already_open")
    await listener.hear(*tale(1), *tale(1, case=OTHER))
    await drained(Doing(listener.kept, hand))
    assert await listener.rows(listener.kept.ledger.todo) == []
    [attention] = await listener.rows(listener.kept.ledger.attention)
    del attention["id"], attention["ref"]
    assert attention == {
        "version": 1,
        "status": "open",
        "reason": None,
        "dismissed_by": None,
        "dismissed_at": None,
        "recorded_at": NOW,
        "updated_at": NOW,
        "subject": f"case/{CASE}",
        "cause": "intake-cccc-1",
        "reaction": "greet",
        "code": "already_open",
        "at": NOW,
    }
    assert [cause for _, _, cause in hand.done] == ["intake-dddd-1"]


async def test_of_one_cause_people_are_called_once(listener: Listener) -> None:
    hand, attention = Hand(), listener.kept.ledger.attention
    hand.trouble[f"case/{CASE}"] = Refused("already_open")
    for _ in range(2):
        await deadline(listener, f"case/{CASE}", NOW)
        await drained(Doing(listener.kept, hand))
    assert len(await listener.rows(attention)) == 1


@pytest.mark.parametrize("error", [ZeroDivisionError(), NotFound(), KeyError("greet"), Moved()])
async def test_any_other_error_backs_off_and_blocks_its_subject_only(listener: Listener, error: Exception) -> None:
    hand, doing = Hand(), None
    hand.trouble[f"case/{CASE}"] = error
    await listener.hear(*tale(2), *tale(2, case=OTHER))
    doing = Doing(listener.kept, hand)
    await drained(doing)
    assert [cause for _, _, cause in hand.done] == ["intake-dddd-1", "intake-dddd-2"]
    left = await listener.rows(listener.kept.ledger.todo)
    assert [(row["cause"], row["attempts"]) for row in left] == [("intake-cccc-1", 1), ("intake-cccc-2", 0)]
    assert left[0]["not_before"] == NOW + timedelta(seconds=1)

    listener.clock.forward(1)
    await drained(doing)
    assert (await listener.rows(listener.kept.ledger.todo))[0]["attempts"] == 2
    hand.trouble.clear()
    await drained(doing)
    assert len(hand.done) == 2
    listener.clock.forward(2)
    await drained(doing)
    assert [cause for _, _, cause in hand.done[2:]] == ["intake-cccc-1", "intake-cccc-2"]


@pytest.mark.parametrize("attempts", [0, 3, 15])
async def test_a_clock_that_was_ahead_keeps_no_to_do_waiting(listener: Listener, attempts: int) -> None:
    """It backs off as long as its pause is, whatever the clock said when it was tried."""
    hand, todo = Hand(), listener.kept.ledger.todo
    doing = Doing(listener.kept, hand)
    hand.trouble[f"case/{CASE}"] = ZeroDivisionError()
    await listener.hear(*tale(1))
    await listener.kept.database.write(lambda conn: conn.execute(update(todo).values(attempts=attempts)))
    listener.clock.forward(600)
    await drained(doing)
    listener.clock.forward(-600)
    hand.trouble.clear()
    await drained(doing)
    assert len(hand.done) == 1


async def test_trouble_with_the_store_costs_no_attempt_and_no_other_its_turn(listener: Listener) -> None:
    hand = Hand()
    hand.trouble[f"case/{CASE}"] = Unavailable("store_unavailable")
    await listener.hear(*tale(1), *tale(1, case=OTHER))
    doing = Doing(listener.kept, hand)
    for _ in range(5):
        with pytest.raises(Unavailable):
            await doing.step()
    [todo] = await listener.rows(listener.kept.ledger.todo)
    assert (todo["attempts"], todo["not_before"]) == (0, None)
    hand.trouble.clear()
    await drained(doing)
    assert [cause for _, _, cause in hand.done] == ["intake-dddd-1", "intake-cccc-1"]


async def test_a_deadline_waits_for_its_time_and_blocks_nobody(listener: Listener) -> None:
    hand = Hand()
    await deadline(listener, f"case/{CASE}", NOW + timedelta(hours=1))
    await listener.hear(*tale(1))
    doing = Doing(listener.kept, hand)
    await drained(doing)
    assert [name for name, *_ in hand.done] == ["greet"]
    listener.clock.forward(3600)
    await drained(doing)
    assert hand.done[1:] == [("look_again", f"case/{CASE}")]


def test_pauses_double_and_end() -> None:
    assert [pause(attempts).total_seconds() for attempts in (0, 1, 2, 5)] == [1, 2, 4, 32]
    assert pause(10_000) == LONGEST_PAUSE
