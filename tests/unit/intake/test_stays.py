"""Given a stay, when a command comes, then these facts, or this refusal."""

import inspect
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from services.intake.stays import domain
from services.intake.stays.commands import (
    AdmitStay,
    ArrangeTravel,
    CheckUrgentNeeds,
    CorrectStay,
    Depart,
    ExpectStay,
    HandOver,
    LeaveEarly,
    ReportFound,
    ReportMissing,
    StayCommand,
    VoidStay,
)
from services.intake.stays.domain import decide
from services.intake.stays.state import Bed, Facts, Receiver, Status
from shared.contracts.intake import ReceiverKind
from shared.testing import ref
from tests.unit.intake.given import CASE, DAY, ORGANISATION, OTHER, STAFF, refused, told

CHILD = Facts(stay_ref=ref("stay"), day=DAY, organisation_ref=ORGANISATION)
ADULT = replace(CHILD, child=False)
KIN = Receiver(ReceiverKind.KIN, OTHER)
ADMITTED = decide(None, AdmitStay(case_ref=CASE), CHILD).state
TO_AUNT = HandOver(receiver=ReceiverKind.KIN, receiver_ref=OTHER)


def test_somebody_is_expected_and_admitted_or_admitted_at_once() -> None:
    expected = decide(None, ExpectStay(case_ref=CASE), CHILD)
    assert told(expected) == ["stay.expected"]
    admitted = decide(expected.state, AdmitStay(case_ref=CASE), CHILD)
    assert told(admitted) == ["stay.admitted"]
    assert told(decide(None, AdmitStay(case_ref=CASE), CHILD)) == ["stay.admitted"]
    with refused("ref_in_use"):
        decide(expected.state, AdmitStay(case_ref=OTHER), CHILD)
    with refused("stay_already_open"):
        decide(None, AdmitStay(case_ref=CASE), replace(CHILD, other_stay_open=True))


def test_urgent_needs_are_met_or_waived_with_a_reason() -> None:
    met = decide(ADMITTED, CheckUrgentNeeds(needs=("FOOD",)), CHILD)
    assert told(met) == ["stay.urgent_needs_checked"]
    assert told(decide(met.state, CheckUrgentNeeds(needs=("FOOD",)), CHILD)) == []
    waived = decide(ADMITTED, CheckUrgentNeeds(waiver="MET_ELSEWHERE"), CHILD)
    assert waived.events[0].model_dump()["waived"] is True


def test_a_child_travels_escorted_and_only_after_a_decision() -> None:
    with refused("travel_not_arranged"):
        decide(ADMITTED, Depart(), CHILD)
    with refused("child_needs_escort"):
        decide(ADMITTED, ArrangeTravel(mode="BUS"), CHILD)
    escorted = decide(ADMITTED, ArrangeTravel(mode="BUS", escort_ref=STAFF), CHILD)
    assert told(escorted) == ["stay.travel_arranged"]
    assert told(decide(escorted.state, ArrangeTravel(mode="BUS", escort_ref=STAFF), CHILD)) == []
    with refused("best_interests_not_decided"):
        decide(escorted.state, Depart(), CHILD)
    assert told(decide(escorted.state, Depart(), replace(CHILD, decided=KIN))) == ["stay.departed"]
    alone = decide(ADMITTED, ArrangeTravel(mode="BUS"), ADULT).state
    with refused("child_needs_escort"):
        decide(alone, Depart(), replace(CHILD, decided=KIN))
    departed = decide(alone, Depart(), ADULT)
    assert told(departed) == ["stay.departed"]
    assert told(decide(departed.state, Depart(), ADULT)) == []


def test_h12_a_child_is_handed_over_only_to_the_decided_receiver_who_is_not_implicated() -> None:
    decided = replace(CHILD, decided=KIN)
    with refused("best_interests_not_decided"):
        decide(ADMITTED, TO_AUNT, CHILD)
    for wrong in (
        HandOver(receiver=ReceiverKind.SELF),
        HandOver(receiver=ReceiverKind.PARENT, receiver_ref=OTHER),
        HandOver(receiver=ReceiverKind.KIN, receiver_ref=STAFF),
    ):
        with refused("not_the_decided_receiver"):
            decide(ADMITTED, wrong, decided)
    with refused("receiver_implicated"):
        decide(ADMITTED, TO_AUNT, replace(decided, implicated=frozenset({OTHER})))
    excepted = replace(decided, decided=replace(KIN, exception=True), implicated=frozenset({OTHER}))
    assert told(decide(ADMITTED, TO_AUNT, excepted)) == ["stay.handed_over"]
    handed = decide(ADMITTED, TO_AUNT, decided)
    assert told(handed) == ["stay.handed_over"]
    assert told(decide(handed.state, TO_AUNT, decided)) == []
    shelter = replace(CHILD, decided=Receiver(ReceiverKind.RESIDENTIAL))
    to_shelter = HandOver(receiver=ReceiverKind.RESIDENTIAL, receiver_organisation_ref=ORGANISATION)
    assert told(decide(ADMITTED, to_shelter, shelter)) == ["stay.handed_over"]


def test_an_adult_needs_nobody_to_be_handed_over_to() -> None:
    assert told(decide(ADMITTED, HandOver(receiver=ReceiverKind.SELF), ADULT)) == ["stay.handed_over"]


def test_h30_an_adult_may_leave_from_everywhere_before_home() -> None:
    for status in (Status.EXPECTED, Status.ADMITTED, Status.DEPARTED):
        left = decide(ADMITTED.but(status=status), LeaveEarly(), ADULT)
        assert told(left) == ["stay.left_early"]
        assert told(decide(left.state, LeaveEarly(), ADULT)) == []


def test_a_child_who_leaves_alone_is_missing_at_once() -> None:
    missing = decide(ADMITTED, LeaveEarly(), CHILD)
    assert told(missing) == ["stay.missing"]
    assert told(decide(missing.state, ReportMissing(), CHILD)) == []
    assert told(decide(ADMITTED, ReportMissing(), ADULT)) == ["stay.missing"]
    assert told(decide(missing.state, ReportFound(), CHILD)) == ["stay.found"]


def test_a_stay_is_corrected_and_voided() -> None:
    assert told(decide(ADMITTED, CorrectStay(), CHILD)) == []
    assert told(decide(ADMITTED, CorrectStay(bed=Bed(room="Upper room")), CHILD)) == ["stay.corrected"]
    assert told(decide(ADMITTED, CorrectStay(organisation_ref=OTHER), CHILD)) == ["stay.corrected"]
    assert told(decide(ADMITTED, VoidStay(reason="DUPLICATE"), CHILD)) == ["stay.voided"]


def on(day: int, facts: Facts = ADULT) -> Facts:
    """The same, so many days after the case opened."""
    return replace(facts, opened=DAY, day=DAY + timedelta(days=day))


def test_nobody_gets_a_bed_before_the_case_was_opened() -> None:
    for begin in (ExpectStay(case_ref=CASE), AdmitStay(case_ref=CASE)):
        with refused("before_case_opened"):
            decide(None, begin, on(-1))
    expected = decide(None, ExpectStay(case_ref=CASE), on(0)).state
    for later in (AdmitStay(case_ref=CASE), LeaveEarly(), ReportMissing()):
        with refused("before_case_opened"):
            decide(expected, later, on(-1))


@pytest.mark.parametrize(
    "command", [CheckUrgentNeeds(), ArrangeTravel(mode="BUS"), Depart(), HandOver(receiver=ReceiverKind.SELF),
                LeaveEarly(), ReportMissing()],
)  # fmt: skip
def test_nothing_happens_at_a_stay_before_it_began(command: StayCommand) -> None:
    state = decide(None, AdmitStay(case_ref=CASE), on(2)).state
    with refused("before_stay_began"):
        decide(state, command, on(1))


def test_a_way_home_goes_in_the_order_of_its_days() -> None:
    state = decide(None, AdmitStay(case_ref=CASE), on(1)).state
    arranged = decide(state, ArrangeTravel(mode="BUS"), on(1)).state
    departed = decide(arranged, Depart(), on(4)).state
    assert (departed.since, departed.departed, departed.left) == (on(4).day, on(4).day, on(4).day)
    for home in (HandOver(receiver=ReceiverKind.SELF), LeaveEarly(), ReportMissing()):
        with refused("before_the_last_step"):
            decide(departed, home, on(3))
    handed = decide(departed, HandOver(receiver=ReceiverKind.SELF), on(5)).state
    assert (handed.ended, handed.left) == (on(5).day, on(4).day)
    missing = decide(state, ReportMissing(), on(3)).state
    assert missing.left == on(3).day
    with refused("before_the_last_step"):
        decide(missing, ReportFound(), on(2))
    found = decide(missing, ReportFound(), on(4)).state
    assert found.left is None
    with refused("before_the_last_step"):
        decide(found, LeaveEarly(), on(3))
    assert told(decide(found, CheckUrgentNeeds(), on(2))) == ["stay.urgent_needs_checked"]


def test_a_day_is_put_right_within_the_case_and_before_they_left() -> None:
    state = decide(None, AdmitStay(case_ref=CASE), on(2)).state
    with refused("before_case_opened"):
        decide(state, CorrectStay(day=on(-1).day), on(3))
    with refused("day_after_this_record"):
        decide(state, CorrectStay(day=on(4).day), on(3))
    left = decide(state, LeaveEarly(), on(4)).state
    with refused("after_stay_ended"):
        decide(left, CorrectStay(day=on(5).day), on(6))
    earlier = decide(state, CorrectStay(day=on(1).day), on(3)).state
    assert (earlier.day, earlier.since) == (on(1).day, on(1).day)
    assert told(decide(earlier, LeaveEarly(), on(1))) == ["stay.left_early"]


def test_no_rule_of_a_stay_asks_for_consent_screening_or_a_finding() -> None:
    asked = {field.name for field in fields(Facts)}
    assert asked == {
        "stay_ref", "day", "organisation_ref", "opened", "child", "too_young_to_ask", "decided", "implicated",
        "missing", "other_stay_open", "hosted_meanwhile",
    }  # fmt: skip
    assert "ConsentPurpose" not in inspect.getsource(domain)
