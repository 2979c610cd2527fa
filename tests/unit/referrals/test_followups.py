"""The rules of visits: planned, made, missed, and looked after when missed."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.referrals.followups import commands as ask
from services.referrals.followups.domain import decide
from services.referrals.followups.state import (
    Facts,
    Followup,
    Status,
    Timing,
    missed_in_a_row,
    needs_home_trace,
    timing,
)
from shared.contracts import referrals as told
from shared.contracts.referrals import FollowupKind
from shared.errors import Refused
from shared.testing import ref

DAY = date(2015, 12, 10)
FACTS = Facts(followup_ref=ref("visit"), day=DAY)
PLAN = ask.PlanFollowup(
    case_ref=ref("case"),
    kind=FollowupKind.SCHEDULED,
    due_on=DAY,
    opens_on=date(2015, 12, 3),
    closes_on=date(2015, 12, 17),
)
VISIT = decide(None, PLAN, FACTS).state
MADE = ask.RecordVisit(service="MON-VISIT", findings=("IN_SCHOOL", "SAFE_AT_HOME", "IN_SCHOOL"))


def types(events: tuple[object, ...]) -> list[type]:
    return [type(event) for event in events]


def test_a_visit_is_planned_once() -> None:
    assert types(decide(None, PLAN, FACTS).events) == [told.FollowupPlanned]
    with pytest.raises(Refused, match="not_allowed_in_status"):
        decide(VISIT, PLAN, FACTS)


def test_a_visit_without_a_window_is_due_on_its_day() -> None:
    extra = decide(None, ask.PlanFollowup(case_ref=ref("case"), due_on=DAY), FACTS).state
    assert (extra.kind, extra.opens_on, extra.closes_on) == (FollowupKind.EXTRA, DAY, DAY)


@pytest.mark.parametrize(
    ("command", "facts", "code"),
    [
        (PLAN.but(opens_on=date(2015, 12, 11)), FACTS, "window_without_the_day"),
        (PLAN.but(closes_on=date(2015, 12, 9)), FACTS, "window_without_the_day"),
        (PLAN, replace(FACTS, plan_open=False), "plan_not_open"),
    ],
)
def test_not_every_visit_is_planned(command: Any, facts: Facts, code: str) -> None:
    with pytest.raises(Refused, match=code):
        decide(None, command, facts)


@pytest.mark.parametrize(
    ("as_of", "status", "expected"),
    [
        (date(2015, 12, 2), Status.PLANNED, Timing.EARLY),
        (date(2015, 12, 3), Status.PLANNED, Timing.DUE),
        (date(2015, 12, 17), Status.PLANNED, Timing.DUE),
        (date(2015, 12, 18), Status.PLANNED, Timing.OVERDUE),
        (date(2015, 12, 18), Status.DONE, None),
    ],
)
def test_h21_how_a_visit_stands_is_a_question_about_a_day(as_of: date, status: Status, expected: Timing | None) -> None:
    assert timing(VISIT.but(status=status), as_of) is expected


def test_a_visit_that_was_made_keeps_what_was_found() -> None:
    done = decide(VISIT, MADE, replace(FACTS, day=date(2016, 1, 20)))
    assert (done.state.status, done.state.visited_on) == (Status.DONE, date(2016, 1, 20))
    assert done.state.findings == ("IN_SCHOOL", "SAFE_AT_HOME")
    assert types(done.events) == [told.FollowupDone]
    with pytest.raises(Refused, match="not_a_visit"):
        decide(VISIT, MADE.but(service="EDU-ENROL"), FACTS)


@pytest.mark.parametrize(
    ("missed_before", "kind", "trace"),
    [
        (0, FollowupKind.SCHEDULED, False),
        (1, FollowupKind.SCHEDULED, True),
        (1, FollowupKind.EXTRA, True),
        (2, FollowupKind.SCHEDULED, True),
        (1, FollowupKind.HOME_TRACE, False),
    ],
)
def test_h21_two_misses_in_a_row_ask_for_a_search(missed_before: int, kind: FollowupKind, trace: bool) -> None:
    missed = decide(
        VISIT.but(kind=kind), ask.MissVisit(reason="UNREACHABLE"), replace(FACTS, missed_before=missed_before)
    )
    assert missed.state.in_a_row == missed_before + 1
    assert types(missed.events) == [told.FollowupMissed]
    assert needs_home_trace(missed.state) is trace
    assert not needs_home_trace(VISIT)


def other(month: int, status: Status) -> Followup:
    return VISIT.but(due_on=date(2016, month, 1), status=status)


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        ([], 0),
        ([other(1, Status.MISSED), other(2, Status.MISSED)], 2),
        ([other(2, Status.MISSED), other(1, Status.DONE)], 1),
        ([other(1, Status.MISSED), other(2, Status.DONE)], 0),
        ([other(1, Status.MISSED), other(2, Status.VOIDED), other(3, Status.PLANNED)], 1),
        ([other(4, Status.MISSED), other(5, Status.MISSED)], 0),
    ],
)
def test_misses_are_counted_back_from_the_visit(visits: list[Followup], expected: int) -> None:
    assert missed_in_a_row(visits, date(2016, 4, 1)) == expected


def test_a_visit_moved_keeps_its_window() -> None:
    moved = decide(VISIT, ask.CorrectFollowup(due_on=date(2015, 12, 12)), FACTS)
    assert (moved.state.opens_on, moved.state.closes_on) == (date(2015, 12, 5), date(2015, 12, 19))
    assert types(moved.events) == [told.FollowupCorrected]
    assert decide(VISIT, ask.CorrectFollowup(due_on=DAY), FACTS).events == ()


def test_findings_are_corrected_only_of_a_visit_that_was_made() -> None:
    command = ask.CorrectFollowup(due_on=DAY, findings=("DEBT",))
    assert decide(decide(VISIT, MADE, FACTS).state, command, FACTS).state.findings == ("DEBT",)
    with pytest.raises(Refused, match="nothing_was_found_yet"):
        decide(VISIT, command, FACTS)


@pytest.mark.parametrize(
    ("before", "command", "after"),
    [
        (Status.PLANNED, ask.CancelFollowup(reason="CASE_CLOSING"), Status.CANCELLED),
        (Status.DONE, ask.VoidFollowup(reason="DUPLICATE"), Status.VOIDED),
    ],
)
def test_a_visit_is_cancelled_or_voided(before: Status, command: Any, after: Status) -> None:
    assert decide(VISIT.but(status=before), command, FACTS).state.status is after


@pytest.mark.parametrize("command", [MADE, ask.CancelFollowup(reason="OTHER"), ask.MissVisit(reason="STAFF")])
def test_a_visit_happens_once(command: Any) -> None:
    with pytest.raises(Refused, match="not_allowed_in_status"):
        decide(VISIT.but(status=Status.DONE), command, FACTS)
