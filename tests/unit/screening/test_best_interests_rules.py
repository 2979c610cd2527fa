"""The rules of best interests that need no service around them."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.screening.best_interests import commands as ask
from services.screening.best_interests.domain import decide
from services.screening.best_interests.state import BestInterests, Facts, Member, MemberRole, Seat, Status
from shared.contracts.screening import ReceiverKind
from shared.errors import Refused
from shared.testing import ref

DAY, LATER = date(2026, 11, 7), date(2027, 2, 7)
CHAN, VANNA, RATH = (
    Seat(staff_ref=ref(name), organisation_ref=ref(house))
    for name, house in (("chan", "centre"), ("vanna", "centre"), ("rath", "dosvy"))
)
FACTS = Facts(ref=ref("best"), day=DAY, by=CHAN, role=MemberRole.CASEWORKER)
SECOND = replace(FACTS, by=VANNA, role=MemberRole.SUPERVISOR)
STATE = BestInterests(case_ref=ref("case"), status=Status.REQUIRED, cause="EVERY_CHILD", panel=False, required_on=DAY)
PAIR = (
    Member(staff_ref=ref("chan"), organisation_ref=ref("centre"), role=MemberRole.CASEWORKER),
    Member(staff_ref=ref("vanna"), organisation_ref=ref("centre"), role=MemberRole.SUPERVISOR),
)


def home(**change: Any) -> ask.ProposeBestInterests:
    given = {"receiver": ReceiverKind.PARENT, "members": PAIR, "child_view": "Home.", "reasons": "Safe."}
    return ask.ProposeBestInterests(**{**given, "review_day": LATER, **change})


def settled(**change: Any) -> BestInterests:
    """Proposed by one of two, and confirmed by the other."""
    return decide(decide(STATE, home(**change), FACTS).state, ask.ConfirmBestInterests(), SECOND).state


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
    done = settled()
    again = ask.ReopenBestInterests(cause="AGENCIES_DISAGREE")
    with pytest.raises(Refused, match="day_out_of_order"):
        decide(done, again, early)
    assert decide(done, again, replace(early, heard=True)).state.status is Status.REQUIRED


def test_an_infant_has_no_view_but_a_reason_for_it() -> None:
    decided = settled(child_view=None, view_not_given="TOO_YOUNG")
    assert decided.status is Status.DECIDED


def test_an_option_cannot_be_chosen_and_set_aside() -> None:
    with pytest.raises(Refused, match="options_not_in_order"):
        decide(STATE, home(set_aside=(ReceiverKind.PARENT,)), FACTS)


def test_an_exception_is_told_as_such_and_nothing_more() -> None:
    suspected = replace(FACTS, implicated=frozenset({ref("mother")}))
    chair = Member(staff_ref=ref("rath"), organisation_ref=ref("dosvy"), role=MemberRole.SOCIAL_AFFAIRS, chair=True)
    asked = decide(STATE, home(members=(chair, *PAIR), person_ref=ref("mother"), exception="Supervised."), suspected)
    second = decide(asked.state, ask.ConfirmBestInterests(), replace(SECOND, implicated=suspected.implicated))
    chairs = replace(suspected, by=RATH, role=MemberRole.SOCIAL_AFFAIRS, registered_as="SOCIAL_AFFAIRS")
    event = decide(second.state, ask.ConfirmBestInterests(), chairs).events[0].model_dump()
    assert (event["exception"], event["panel"]) == (True, True)
    assert "Supervised." not in str(event)


def test_the_next_look_comes_after_the_decision() -> None:
    done = settled()
    assert decide(done, ask.CorrectBestInterests(review_day=LATER), FACTS).events == ()
    with pytest.raises(Refused, match="day_out_of_order"):
        decide(done, ask.CorrectBestInterests(review_day=date(2099, 1, 1)), replace(FACTS, day=date(2015, 1, 1)))
    with pytest.raises(Refused, match="review_day_passed"):
        decide(done, ask.CorrectBestInterests(review_day=DAY), FACTS)


def test_somebody_who_is_suspected_meanwhile_receives_nobody_whoever_confirmed_before() -> None:
    asked = decide(STATE, home(person_ref=ref("aunt")), FACTS).state
    two = decide(asked, ask.ConfirmBestInterests(), replace(SECOND, implicated=frozenset({ref("aunt")})))
    assert (two.state.status, two.state.panel) == (Status.PROPOSED, True)
    chair = Member(staff_ref=ref("rath"), organisation_ref=ref("dosvy"), role=MemberRole.SOCIAL_AFFAIRS, chair=True)
    three = decide(STATE, home(person_ref=ref("aunt"), members=(chair, *PAIR)), FACTS).state
    three = decide(three, ask.ConfirmBestInterests(), SECOND).state
    last = replace(
        FACTS, by=RATH, role=MemberRole.SOCIAL_AFFAIRS, registered_as="MINISTRY", implicated=frozenset({ref("aunt")})
    )
    with pytest.raises(Refused, match="receiver_implicated"):
        decide(three.but(status=Status.PROPOSED, panel=True), ask.ConfirmBestInterests(), last)


def test_whoever_proposes_without_being_a_member_decides_nothing() -> None:
    asked = decide(STATE, home(), replace(FACTS, by=RATH)).state
    assert (asked.status, asked.confirmed) == (Status.PROPOSED, ())
    again = decide(asked, ask.ConfirmBestInterests(), FACTS).state
    assert decide(again, ask.ConfirmBestInterests(), FACTS) == decide(again, ask.ConfirmBestInterests(), FACTS)
    assert decide(again, ask.ConfirmBestInterests(), FACTS).events == ()
    assert again.status is Status.PROPOSED


def test_it_is_decided_on_the_day_of_the_latest_word() -> None:
    asked = decide(STATE, home(), replace(FACTS, by=RATH)).state
    later = decide(asked, ask.ConfirmBestInterests(), replace(FACTS, day=DAY + timedelta(days=2))).state
    done = decide(later, ask.ConfirmBestInterests(), replace(SECOND, day=DAY + timedelta(days=1)))
    assert (done.state.status, done.state.decided_on) == (Status.DECIDED, DAY + timedelta(days=2))
    with pytest.raises(Refused, match="day_out_of_order"):
        decide(later, ask.ConfirmBestInterests(), replace(SECOND, day=DAY - timedelta(days=1)))
