"""Given a stay, when a command comes, then these facts, or this refusal."""

import inspect
from dataclasses import fields, replace

import pytest

from services.intake.stays import domain
from services.intake.stays.domain import (
    STATUSES,
    AdmitStay,
    ArrangeTravel,
    Bed,
    CheckUrgentNeeds,
    CorrectStay,
    Depart,
    ExpectStay,
    Facts,
    HandOver,
    LeaveEarly,
    Receiver,
    ReportFound,
    ReportMissing,
    Status,
    Stay,
    VoidStay,
    decide,
)  # fmt: skip
from shared.contracts.intake import ReceiverKind
from shared.model import Command
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
    assert told(decide(expected.state, ExpectStay(case_ref=CASE), CHILD)) == []
    admitted = decide(expected.state, AdmitStay(case_ref=CASE), CHILD)
    assert told(admitted) == ["stay.admitted"]
    assert told(decide(admitted.state, AdmitStay(case_ref=CASE), CHILD)) == []
    assert told(decide(None, AdmitStay(case_ref=CASE), CHILD)) == ["stay.admitted"]
    with refused("stay_of_another_case"):
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


def test_no_rule_of_a_stay_asks_for_consent_screening_or_a_finding() -> None:
    asked = {field.name for field in fields(Facts)}
    assert asked == {
        "stay_ref", "day", "organisation_ref", "child", "too_young_to_ask", "decided", "implicated", "other_stay_open",
    }  # fmt: skip
    assert "ConsentPurpose" not in inspect.getsource(domain)


def test_a_command_without_a_rule_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    class Strange(Command):
        pass

    monkeypatch.setitem(STATUSES.allowed, Status.ADMITTED, frozenset({Strange}))
    with pytest.raises(AssertionError):
        decide(Stay.model_validate(ADMITTED.model_dump()), Strange(), CHILD)
