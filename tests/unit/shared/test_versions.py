"""A fact told in a version of long ago is read in the words of today, by whoever reads it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from shared.errors import Poison
from shared.events.envelope import decode, encode
from shared.journey import advance, blank
from shared.journey.todos import Reactions, Todo
from shared.reference.pages import events_page
from shared.writing.unit import Unit
from tests.support.tale import CASE, STAFF, Granted, told
from tests.support.weighing import (
    IN_TODAYS_WORDS,
    JOURNEY,
    THREE,
    VERSIONS,
    GrantedByHand,
    Weighed,
    WeighedInKilograms,
    knowing,
)


@pytest.fixture(autouse=True)
def world() -> Iterator[None]:
    with knowing(*VERSIONS):
        yield


def test_every_version_is_read_in_the_words_of_today() -> None:
    read = [decode(encode(fact)) for fact in THREE]
    assert [fact.event for fact in read] == IN_TODAYS_WORDS
    assert {fact.kind for fact in read} == {Weighed}
    assert [fact.type for fact in read] == [version.type for version in VERSIONS], "what was told stays as it was told"
    assert read == list(THREE)


def test_one_step_serves_them_all() -> None:
    progress = blank(JOURNEY, THREE[0].stream)
    for fact in THREE:
        progress = advance(JOURNEY, progress, fact)
    assert progress.facet is not None
    assert progress.facet.model_dump()["numbers"] == (2000, 750, -30)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "intake.tale.weighed.v4"}, "unknown_type"),
        ({"source": "grants"}, "foreign_type"),
        ({"data": json.dumps({"case_ref": CASE, "grams": 2})}, "bad_body"),
        ({"data": json.dumps({"case_ref": STAFF, "kilograms": 2})}, "wrong_subject"),
    ],
)
def test_an_old_version_is_looked_at_as_closely_as_a_new_one(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Poison) as poison:
        _ = replace(THREE[0], **change).event
    assert poison.value.code == code


def test_a_field_added_to_an_old_version_is_ignored() -> None:
    said = {"case_ref": CASE, "kilograms": 2, "dry": "who knows"}
    assert replace(THREE[0], data=json.dumps(said)).event == IN_TODAYS_WORDS[0]


def test_a_reaction_planted_long_ago_is_carried_out_in_the_words_of_today() -> None:
    reactions, seen = Reactions(), []

    @reactions.on(Weighed)
    def store(unit: Any, event: Any) -> None:
        seen.append(event.data)

    (row,) = reactions.rows(THREE[0])
    assert json.loads(row["data"])["type"] == WeighedInKilograms.type
    columns = {name: row[name] for name in ("cause", "reaction", "subject", "due_at", "attempts", "data")}
    reactions.bind(Todo(id=1, **columns))(None)
    assert seen == IN_TODAYS_WORDS[:1]


def test_an_old_version_is_told_no_more() -> None:
    unit = cast(Unit, SimpleNamespace(versions={f"case/{CASE}": 1}, told=[]))
    Unit.tell(unit, Granted(case_ref=CASE))
    with pytest.raises(AssertionError, match="no more"):
        Unit.tell(unit, GrantedByHand(case_ref=CASE))
    assert len(unit.told) == 1


def test_the_page_of_events_names_what_is_read_as_a_fact() -> None:
    page = events_page({version.type: version for version in VERSIONS}, [JOURNEY])
    assert page.count("### ") == 1
    assert f"Received by: grants. Also read as this: `{VERSIONS[0].type}`, `{VERSIONS[1].type}`." in page


def test_a_version_that_does_not_say_what_it_becomes_is_not_read_as_anything() -> None:
    assert told(Granted(case_ref=CASE), 1).kind is Granted
    with pytest.raises(NotImplementedError):
        Granted(case_ref=CASE).upcast()
