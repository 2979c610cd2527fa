"""Given a case, when somebody has an interest in it that is not their work's, then these facts, or this refusal."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.intake.cases.commands import AskConflictEnd, DeclareConflict, EndConflict, OpenCase, VoidCase
from services.intake.cases.conflicts import follow
from services.intake.cases.domain import decide
from services.intake.cases.state import Facts, Worker
from shared.contracts.intake import CaseConflictDeclared, CaseConflictEnded
from shared.journey.parts import Relation, made
from shared.model import Decided
from shared.testing import ref
from tests.unit.intake.given import CASE, DAY, ORGANISATION, OTHER, PERSON, STAFF, refused, told


def _by(staff: str) -> Facts:
    by = Worker(staff_ref=staff, organisation_ref=ORGANISATION, kind="TEAM")
    return Facts(case_ref=CASE, day=DAY, by=by, case_number="ABC-DEF-GHJK")


NOW = datetime(2026, 11, 4, tzinfo=UTC)
MINE, ANOTHERS = _by(STAFF), _by(OTHER)
OPENED = decide(None, OpenCase(person_ref=PERSON, country="VN"), MINE).state
COUSIN = ref("cousin")
DECLARE = DeclareConflict(staff_ref=COUSIN, organisation_ref=ORGANISATION, reason="RELATIVE")
DECLARED = decide(OPENED, DECLARE, MINE).state
ASK, END = AskConflictEnd(staff_ref=COUSIN), EndConflict(staff_ref=COUSIN)
ASKED = decide(DECLARED, ASK, MINE).state


def test_a_conflict_is_declared_once_and_ends_by_two_people() -> None:
    assert told(decide(OPENED, DECLARE, MINE)) == ["case.conflict_declared"]
    assert told(decide(DECLARED, DECLARE, MINE)) == []
    asked = decide(DECLARED, ASK, MINE)
    assert (told(asked), asked.own_matter) == ([], True)
    assert decide(ASKED, ASK, ANOTHERS).state == ASKED
    ended = decide(ASKED, END, ANOTHERS)
    assert (told(ended), ended.state) == (["case.conflict_ended"], OPENED)


@pytest.mark.parametrize(
    ("state", "command", "facts", "code"),
    [
        (OPENED, ASK, MINE, "no_conflict"),
        (OPENED, END, MINE, "no_conflict"),
        (DECLARED, END, ANOTHERS, "conflict_end_not_asked"),
        (ASKED, END, MINE, "conflict_second_person"),
        (decide(ASKED, DECLARE, ANOTHERS).state, END, ANOTHERS, "conflict_end_not_asked"),
        (decide(DECLARED, VoidCase(reason="DUPLICATE"), MINE).state, END, ANOTHERS, "conflict_end_not_asked"),
    ],
)
def test_nobody_ends_a_conflict_alone(state: Any, command: Any, facts: Facts, code: str) -> None:
    with refused(code):
        decide(state, command, facts)


def test_a_case_that_was_struck_out_keeps_its_bars_and_takes_more() -> None:
    voided = decide(OPENED, VoidCase(reason="DUPLICATE"), MINE).state
    assert told(decide(voided, DECLARE, MINE)) == ["case.conflict_declared"]
    assert decide(DECLARED, VoidCase(reason="DUPLICATE"), MINE).state.conflicts == DECLARED.conflicts


def test_a_bar_is_followed_in_each_case_and_ends_where_the_same_organisation_holds() -> None:
    assert follow(OPENED, DECLARE, MINE).state == DECLARED
    assert told(follow(OPENED, DECLARE, MINE)) == ["case.conflict_declared"]
    assert told(follow(DECLARED, DECLARE, MINE)) == []
    assert follow(OPENED, END, MINE) == Decided(OPENED)
    assert (told(follow(DECLARED, END, ANOTHERS)), follow(DECLARED, END, ANOTHERS).state) == (
        ["case.conflict_ended"],
        OPENED,
    )
    theirs = DECLARED.but(organisation_ref=ref("another house"))
    assert follow(theirs, END, ANOTHERS) == Decided(theirs)


def test_a_new_case_begins_with_the_bars_of_the_person() -> None:
    begun = decide(None, OpenCase(person_ref=PERSON, country="VN"), replace(MINE, conflicts=DECLARED.conflicts))
    assert told(begun) == ["case.opened", "case.conflict_declared", "case.assigned"]
    assert begun.state.conflicts == DECLARED.conflicts


def test_the_fact_bars_the_person_for_whomever_they_work() -> None:
    part = Relation(f"case/{CASE}", "intake", COUSIN, "", "BARRED")
    for kind, holds in ((CaseConflictDeclared, True), (CaseConflictEnded, False)):
        assert list(made(f"case/{CASE}", "intake", kind(case_ref=CASE, staff_ref=COUSIN), NOW)) == [(part, holds)]
