"""Given a case, when a command comes, then these facts, or this refusal."""

from datetime import date, timedelta
from typing import Any

from services.intake.cases.commands import (
    STATUSES,
    AssignCase,
    CloseCase,
    CorrectCase,
    EvaluateAge,
    JoinHousehold,
    OpenCase,
    ReleaseCase,
    ReopenCase,
    VoidCase,
)
from services.intake.cases.detention import Detention
from services.intake.cases.domain import decide
from services.intake.cases.state import Facts, Status, Worker
from shared.contracts.intake import AgeBasis, CaseCaregiverImplicated
from shared.testing import ref
from tests.unit.intake.given import CASE, DAY, ORGANISATION, OTHER, PERSON, STAFF, refused, told

ME = Worker(staff_ref=STAFF, organisation_ref=ORGANISATION, kind="TEAM")
FACTS = Facts(case_ref=CASE, day=DAY, by=ME, case_number="ABC-DEF-GHJK")
OPEN = OpenCase(person_ref=PERSON, country="VN", handover_ref=ref("group"))
HOME = ref("home")
OPENED = decide(None, OPEN, FACTS).state


def but(**changes: Any) -> Facts:
    return Facts(**{**vars(FACTS), **changes})


def test_a_case_is_opened_by_who_then_works_on_it() -> None:
    decided = decide(None, OPEN, FACTS)
    assert told(decided) == ["case.opened", "case.assigned"]
    assert decided.state.workers == (ME,)
    assert decided.state.is_minor


def test_what_is_open_is_not_opened_again() -> None:
    with refused("not_allowed_in_status"):
        decide(OPENED, OPEN.but(country="KH"), FACTS)


def test_a_second_open_case_for_the_same_handover_is_refused() -> None:
    with refused("case_already_open"):
        decide(None, OPEN, but(open_for_same_handover=True))


def test_a_case_begins_with_what_is_known_of_the_household() -> None:
    decided = decide(None, OPEN, but(household_ref=HOME, implicated=(OTHER,), previous_case_ref=ref("before")))
    assert told(decided) == ["case.opened", "case.assigned", "case.caregiver_implicated"]
    assert decided.state.previous_case_ref == ref("before")


def test_joining_a_household_tells_the_home_and_each_change_of_suspicion() -> None:
    joined = decide(OPENED, JoinHousehold(household_ref=HOME, implicated=(OTHER,)), FACTS)
    assert told(joined) == ["case.household_changed", "case.caregiver_implicated"]
    assert told(decide(joined.state, JoinHousehold(household_ref=HOME, implicated=(OTHER,)), FACTS)) == []
    cleared = decide(joined.state, JoinHousehold(household_ref=HOME), FACTS)
    assert [event.implicated for event in cleared.events if isinstance(event, CaseCaregiverImplicated)] == [False]
    left = decide(joined.state, JoinHousehold(household_ref=None), FACTS)
    assert told(left) == ["case.household_changed"]


def test_staff_come_and_go_but_somebody_stays() -> None:
    new: dict[str, Any] = {"staff_ref": OTHER, "organisation_ref": ORGANISATION, "kind": "TEAM"}
    assigned = decide(OPENED, AssignCase(**new), FACTS)
    assert told(assigned) == ["case.assigned"]
    assert told(decide(assigned.state, AssignCase(**new), FACTS)) == []
    released = decide(assigned.state, ReleaseCase(**new), FACTS)
    assert told(released) == ["case.released"]
    assert told(decide(released.state, ReleaseCase(**new), FACTS)) == []
    with refused("nobody_left"):
        decide(released.state, ReleaseCase.model_validate(ME.working.model_dump()), FACTS)


def test_an_age_is_told_once_and_again_only_when_the_answer_changes() -> None:
    months = EvaluateAge(first_month="2026-08", last_month="2026-10")
    answered = decide(OPENED, months, FACTS)
    assert told(answered) == ["case.age_evaluated"]
    assert answered.state.child_then is True
    assert told(decide(answered.state, months, FACTS)) == []
    adult = decide(answered.state, months, but(child_on_day=False, basis=AgeBasis.DOCUMENT))
    assert told(adult) == ["case.age_evaluated"]
    assert (adult.state.is_minor, adult.state.child_then) == (False, True)


def test_the_case_closes_with_its_plan_and_reopens() -> None:
    closed = decide(OPENED, CloseCase(), FACTS)
    assert told(closed) == ["case.closed"]
    assert told(decide(closed.state, CloseCase(), FACTS)) == []
    moved = decide(closed.state, JoinHousehold(household_ref=HOME), FACTS)
    assert told(moved) == ["case.household_changed"]
    reopened = decide(closed.state, ReopenCase(), FACTS)
    assert told(reopened) == ["case.reopened"]
    assert (reopened.state.status, reopened.state.closed) == (Status.OPEN, None)


def test_details_are_corrected_and_the_rest_stays() -> None:
    held = Detention(place="POLICE_STATION", began_on=date(2026, 9, 1), ended_on=date(2026, 11, 3))
    corrected = decide(OPENED, CorrectCase(detentions=(held,)), FACTS)
    assert told(corrected) == ["case.corrected"]
    assert corrected.state.country == "VN"
    assert told(decide(corrected.state, CorrectCase(detentions=(held,)), FACTS)) == []


def test_a_void_case_hears_nothing_more() -> None:
    voided = decide(OPENED, VoidCase(reason="DUPLICATE"), FACTS)
    assert told(voided) == ["case.released", "case.voided"]
    assert voided.state.workers == ()
    with refused("not_allowed_in_status"):
        decide(voided.state, CorrectCase(), FACTS)


def test_what_only_the_service_itself_does_is_not_offered() -> None:
    offered = STATUSES.next(Status.OPEN)
    assert "CloseCase" not in offered and "JoinHousehold" not in offered and "AssignCase" in offered


def test_nobody_works_on_a_case_before_it_was_opened() -> None:
    early = but(day=DAY - timedelta(days=1))
    other: dict[str, Any] = {"staff_ref": OTHER, "organisation_ref": ORGANISATION, "kind": "TEAM"}
    with refused("before_case_opened"):
        decide(OPENED, AssignCase(**other), early)
    both = decide(OPENED, AssignCase(**other), FACTS).state
    with refused("before_case_opened"):
        decide(both, ReleaseCase(**other), early)


def test_a_case_opens_again_no_earlier_than_it_was_closed() -> None:
    closed = decide(OPENED, CloseCase(), FACTS).state
    with refused("before_case_closed"):
        decide(closed, ReopenCase(), but(day=DAY - timedelta(days=1)))
    with refused("day_after_this_record"):
        decide(closed, CorrectCase(opened=DAY + timedelta(days=1)), but(day=DAY + timedelta(days=2)))
    with refused("day_after_this_record"):
        decide(OPENED, CorrectCase(opened=DAY + timedelta(days=1)), FACTS)


def test_whoever_came_home_was_held_no_longer() -> None:
    held = (Detention(began_on=DAY - timedelta(days=9), ended_on=DAY + timedelta(days=1)),)
    with refused("detention_after_return"):
        decide(None, OPEN.but(detentions=held), FACTS)
    with refused("detention_after_return"):
        decide(OPENED, CorrectCase(detentions=held), FACTS)
    until = (Detention(began_on=DAY - timedelta(days=9), ended_on=DAY),)
    assert told(decide(OPENED, CorrectCase(detentions=until), FACTS)) == ["case.corrected"]
    with refused("detention_after_return"):
        decide(OPENED.but(detentions=until), CorrectCase(opened=DAY - timedelta(days=1)), FACTS)
