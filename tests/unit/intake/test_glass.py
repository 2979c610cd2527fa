"""Given a danger, when staff outside the team look at a case, then it is for an hour, and somebody asks why."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.intake.glass.commands import BreakGlass, CloseGlass, ReviewGlass
from services.intake.glass.domain import decide
from services.intake.glass.state import Facts, Status
from shared.clock import working_day_after
from shared.errors import SignInAgain
from shared.testing import ref
from tests.unit.intake.given import CASE, DAY, ORGANISATION, OTHER, STAFF, refused, told

NOW = datetime(2026, 11, 4, 1, 0, tzinfo=UTC)
GLASS, LATER = ref("glass"), ref("later")
FACTS = Facts(
    glass_ref=GLASS, case_ref=CASE, by=STAFF, organisation_ref=ORGANISATION, now=NOW, today=DAY, factor_at=NOW
)
BY_ANOTHER = replace(FACTS, by=OTHER)
BREAK, CLOSE, REVIEW = (
    BreakGlass(reason="CHILD_MISSING", words="Seen at the bridge"),
    CloseGlass(),
    ReviewGlass(outcome="NEEDED"),
)
BROKEN = decide(None, BREAK, FACTS).state
OVER = decide(BROKEN, CLOSE, FACTS).state


def test_it_is_broken_for_an_hour_and_reviewed_by_somebody_else() -> None:
    assert told(decide(None, BREAK, FACTS)) == ["case.glass_broken"]
    assert (BROKEN.until, BROKEN.review_by) == (NOW + timedelta(minutes=60), date(2026, 11, 9))
    assert (told(decide(BROKEN, CLOSE, FACTS)), OVER.status) == (["case.glass_ended"], Status.OVER)
    assert told(decide(OVER, CLOSE, FACTS)) == []
    reviewed = decide(OVER, REVIEW, BY_ANOTHER)
    assert (told(reviewed), reviewed.own_matter) == ([], True)
    assert (reviewed.state.status, reviewed.state.outcome, reviewed.state.reviewed_by) == ("reviewed", "NEEDED", OTHER)
    assert told(decide(BROKEN, REVIEW, BY_ANOTHER)) == ["case.glass_ended"]
    assert decide(reviewed.state, REVIEW, BY_ANOTHER).state == decide(reviewed.state, CLOSE, FACTS).state


@pytest.mark.parametrize(
    ("age", "code"),
    [
        (None, "second_factor_missing"),
        (timedelta(minutes=10, milliseconds=1), "second_factor_too_old"),
        (timedelta(minutes=10), None),
    ],
)
def test_only_whoever_showed_a_second_factor_just_now_breaks_it(age: timedelta | None, code: str | None) -> None:
    facts = replace(FACTS, factor_at=None if age is None else NOW - age)
    if code is None:
        assert decide(None, BREAK, facts).events
        return
    with pytest.raises(SignInAgain) as wrong:
        decide(None, BREAK, facts)
    assert (wrong.value.status, wrong.value.code) == (403, code)


@pytest.mark.parametrize(
    ("state", "command", "facts", "code"),
    [
        (None, BREAK, replace(FACTS, voided=True), "case_not_open"),
        (None, BREAK, replace(FACTS, unended=((LATER, BROKEN),)), "glass_open_already"),
        (None, BREAK, replace(FACTS, unreviewed=3), "glass_reviews_missing"),
        (OVER, REVIEW, FACTS, "glass_second_person"),
        (decide(OVER, REVIEW, BY_ANOTHER).state, ReviewGlass(outcome="AVOIDABLE"), BY_ANOTHER, "not_allowed_in_status"),
    ],
)
def test_it_is_refused(state: Any, command: Any, facts: Facts, code: str) -> None:
    with refused(code):
        decide(state, command, facts)


def test_an_end_by_the_clock_that_nobody_told_yet_is_told_before_the_next() -> None:
    facts = replace(FACTS, now=BROKEN.until, glass_ref=LATER, unended=((GLASS, BROKEN),), factor_at=BROKEN.until)
    decided = decide(None, BREAK, facts)
    assert told(decided) == ["case.glass_ended", "case.glass_broken"]
    assert [event.glass_ref for event in decided.events] == [GLASS, LATER]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("day", "after"),
    [
        ("2026-11-02", "2026-11-05"),
        ("2026-11-05", "2026-11-10"),
        ("2026-11-07", "2026-11-11"),
        ("2026-11-08", "2026-11-11"),
    ],
)
def test_saturdays_and_sundays_are_no_working_days(day: str, after: str) -> None:
    assert working_day_after(date.fromisoformat(day), 3) == date.fromisoformat(after)
