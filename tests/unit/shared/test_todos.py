"""Reactions are known by name, and a to-do carries the fact it answers to."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from shared.errors import Poison
from shared.journey.todos import Heard, Reactions, Todo
from tests.support.tale import CASE, NOW, Counted, Granted, Screened, reactions, tale, told, told_world

FACT = tale(2)[1]


@pytest.fixture(autouse=True, scope="module")
def world() -> Iterator[None]:
    with told_world():
        yield


def planted(made: Reactions) -> Todo:
    [row] = made.rows(FACT)
    return Todo(1, row["cause"], row["reaction"], row["subject"], row["due_at"], row["attempts"], row["data"])


def test_a_fact_plants_its_reactions() -> None:
    made = reactions()
    todo = planted(made)
    assert (todo.cause, todo.reaction, todo.subject) == (FACT.event_id, "greet", f"case/{CASE}")
    assert made.to(Counted) == ("greet",)
    assert made.rows(told(Screened(case_ref=CASE, number=1), 1)) == []


def test_the_fact_comes_back_as_it_was() -> None:
    heard = planted(reactions()).heard
    assert heard == Heard(
        data=Counted(case_ref=CASE, number=2),
        source="intake",
        subject=FACT.subject,
        version=2,
        cause=FACT.event_id,
        effective=FACT.effective,
        recorded=FACT.recorded,
        correlation=FACT.correlation,
    )


def test_a_reaction_gets_the_fact_and_a_deadline_its_todo() -> None:
    made, unit = reactions(), list[Any]()
    made.bind(planted(made))(unit)
    made.bind(Todo(2, "cause", "look_again", "case/1", NOW, 0, "{}"))(unit)
    assert unit == [("greet", 2, FACT.event_id), ("look_again", "case/1")]


def test_a_broken_fact_is_noticed_when_it_is_heard_not_later() -> None:
    with pytest.raises(Poison):
        reactions().rows(replace(FACT, data="{}"))


def test_one_reaction_may_answer_to_several_facts() -> None:
    made = Reactions()

    @made.on(Counted, Granted)
    def note(unit: Any, event: Any) -> None: ...

    assert made.to(Counted) == made.to(Granted) == ("note",)


def test_two_of_one_name_are_refused() -> None:
    made = reactions()
    with pytest.raises(ValueError, match="greet"):
        made.due("greet")(lambda unit, todo: None)


def test_a_name_nobody_knows_is_an_error() -> None:
    with pytest.raises(KeyError):
        reactions().bind(Todo(1, "cause", "renamed", "case/1", None, 0, None))
