"""The rules of best interests that need no service around them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.screening.best_interests import commands as ask
from services.screening.best_interests.domain import decide
from services.screening.best_interests.state import BestInterests, Facts, Member, MemberRole, Status
from shared.contracts.screening import ReceiverKind
from shared.errors import Refused
from shared.testing import ref

DAY, LATER = date(2026, 11, 7), date(2027, 2, 7)
FACTS = Facts(ref=ref("best"), day=DAY, by=ref("chan"))
STATE = BestInterests(case_ref=ref("case"), status=Status.REQUIRED, cause="EVERY_CHILD", panel=False, required_on=DAY)
PAIR = (
    Member(staff_ref=ref("chan"), organisation_ref=ref("centre"), role=MemberRole.CASEWORKER),
    Member(staff_ref=ref("vanna"), organisation_ref=ref("centre"), role=MemberRole.SUPERVISOR),
)


def home(**change: Any) -> ask.DecideBestInterests:
    given = {"receiver": ReceiverKind.PARENT, "members": PAIR, "child_view": "Home.", "reasons": "Safe."}
    return ask.DecideBestInterests(**{**given, "review_day": LATER, **change})


def test_required_again_changes_only_towards_a_panel() -> None:
    again = ask.AddPanel(cause="EVERY_CHILD")
    assert decide(STATE, again, FACTS).events == ()
    panel = decide(STATE, again.but(panel=True, cause="UNACCOMPANIED"), FACTS)
    assert (panel.state.panel, panel.state.cause, len(panel.events)) == (True, "UNACCOMPANIED", 1)
    assert decide(panel.state, again, FACTS).events == ()
    assert decide(STATE, again, replace(FACTS, implicated=frozenset({ref("mother")}))).state.panel


def test_a_case_has_one() -> None:
    asked = ask.RequireBestInterests(case_ref=STATE.case_ref)
    with pytest.raises(Refused, match="case_has_a_decision_pending"):
        decide(None, asked, replace(FACTS, case_has_one=True))


def test_days_follow_one_another() -> None:
    asked = ask.RequireBestInterests(case_ref=STATE.case_ref)
    early = replace(FACTS, day=DAY - timedelta(days=1), case_opened=DAY)
    with pytest.raises(Refused, match="before_case_opened"):
        decide(None, asked, early)
    with pytest.raises(Refused, match="day_out_of_order"):
        decide(STATE, home(), early)
    done = decide(STATE, home(), FACTS).state
    again = ask.ReopenBestInterests(cause="AGENCIES_DISAGREE")
    with pytest.raises(Refused, match="day_out_of_order"):
        decide(done, again, early)
    assert decide(done, again, replace(early, heard=True)).state.status is Status.REQUIRED


def test_an_infant_has_no_view_but_a_reason_for_it() -> None:
    decided = decide(STATE, home(child_view=None, view_not_given="TOO_YOUNG"), FACTS)
    assert decided.state.status is Status.DECIDED


def test_an_option_cannot_be_chosen_and_set_aside() -> None:
    with pytest.raises(Refused, match="options_not_in_order"):
        decide(STATE, home(set_aside=(ReceiverKind.PARENT,)), FACTS)


def test_an_exception_is_told_as_such_and_nothing_more() -> None:
    suspected = Facts(ref=ref("best"), day=DAY, by=ref("chan"), implicated=frozenset({ref("mother")}))
    chair = Member(staff_ref=ref("rath"), organisation_ref=ref("dosvy"), role=MemberRole.SOCIAL_AFFAIRS, chair=True)
    told = decide(STATE, home(members=(chair, *PAIR), person_ref=ref("mother"), exception="Supervised."), suspected)
    event = told.events[0].model_dump()
    assert (event["exception"], event["panel"]) == (True, True)
    assert "Supervised." not in str(event)


def test_the_next_look_comes_after_the_decision() -> None:
    done = decide(STATE, home(), FACTS).state
    assert decide(done, ask.CorrectBestInterests(review_day=LATER), FACTS).events == ()
    with pytest.raises(Refused, match="review_day_passed"):
        decide(done, ask.CorrectBestInterests(review_day=DAY), FACTS)
