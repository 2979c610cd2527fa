"""The rules of requests for a service."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.referrals.service_referrals import commands as ask
from services.referrals.service_referrals import gates
from services.referrals.service_referrals.domain import decide
from services.referrals.service_referrals.gates import Gate
from services.referrals.service_referrals.state import OPEN, Facts, ServiceReferral, Status
from shared.contracts import referrals as told
from shared.contracts.referrals import Acknowledgement
from shared.errors import Refused
from shared.testing import ref

DAY, TODAY = date(2015, 11, 12), date(2015, 11, 14)
FACTS = Facts(
    service_referral_ref=ref("request"),
    day=DAY,
    today=TODAY,
    organisation_ref=ref("house"),
    gate=Gate(share_consent=True),
    delivery_ref=ref("given"),
)
DRAFT = ask.DraftServiceReferral(case_ref=ref("case"), service="EDU-ENROL", organisation_ref=ref("school"))
DELIVER = ask.DeliverService(quantity=2, unit="PIECE", acknowledgement=Acknowledgement.CAREGIVER)
CORRECT = ask.CorrectServiceReferral(service="EDU-ENROL", organisation_ref=ref("school"))


def request(status: Status = Status.DRAFT, **changes: Any) -> ServiceReferral:
    return decide(None, DRAFT, FACTS).state.but(status=status, **changes)


def gated(**gate: Any) -> Facts:
    return replace(FACTS, gate=replace(FACTS.gate, **gate))


def types(events: tuple[object, ...]) -> list[type]:
    return [type(event) for event in events]


def test_a_request_is_drafted_once() -> None:
    drafted = decide(None, DRAFT, FACTS)
    assert types(drafted.events) == [told.ServiceReferralDrafted]
    for status in (Status.DRAFT, Status.SENT):
        with pytest.raises(Refused, match="not_allowed_in_status"):
            decide(request(status), DRAFT, FACTS)


@pytest.mark.parametrize(
    ("gate", "code"), [({"plan_open": False}, "plan_not_open"), ({"offered": False}, "service_not_offered")]
)
def test_not_everything_is_drafted(gate: dict[str, bool], code: str) -> None:
    with pytest.raises(Refused, match=code):
        decide(None, DRAFT, gated(**gate))


def test_a_request_is_sent_with_a_day_to_answer() -> None:
    sent = decide(request(), ask.SendServiceReferral(), FACTS)
    assert (sent.state.sent_on, sent.state.respond_by) == (DAY, date(2015, 11, 28))
    assert sent.state.asked_ref == ref("school")
    assert types(sent.events) == [told.ServiceReferralSent]
    with pytest.raises(Refused, match="answer_due_in_the_past"):
        decide(request(), ask.SendServiceReferral(respond_by=date(2015, 11, 13)), FACTS)


@pytest.mark.parametrize(
    ("gate", "code"),
    [
        ({"share_consent": False}, "consent_to_share_missing"),
        ({"entitled": False}, "entitlement_missing"),
        ({"forbidden_by": "NO_FAMILY_CONTACT"}, "handling_forbids"),
        ({"offered": False}, "service_not_offered"),
    ],
)
def test_h11_what_stops_a_send(gate: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        decide(request(), ask.SendServiceReferral(), gated(**gate))


def test_help_in_our_own_house_needs_no_consent_to_share() -> None:
    inside = request(organisation_ref=ref("house"))
    assert decide(inside, ask.SendServiceReferral(), gated(share_consent=False)).state.status is Status.SENT


@pytest.mark.parametrize(
    ("before", "command", "after", "fact"),
    [
        (Status.SENT, ask.AcknowledgeServiceReferral(), Status.ACKNOWLEDGED, told.ServiceReferralAcknowledged),
        (Status.ACKNOWLEDGED, ask.AcceptServiceReferral(), Status.ACCEPTED, told.ServiceReferralAccepted),
        (
            Status.SENT,
            ask.RejectServiceReferral(reason="NO_CAPACITY"),
            Status.REJECTED,
            told.ServiceReferralRejected,
        ),
        (Status.IN_DELIVERY, ask.CompleteServiceReferral(), Status.COMPLETED, told.ServiceReferralCompleted),
        (
            Status.ACCEPTED,
            ask.EndServiceReferral(reason="MOVED"),
            Status.NOT_COMPLETED,
            told.ServiceReferralNotCompleted,
        ),
        (Status.DRAFT, ask.RevokeServiceReferral(reason="OTHER"), Status.REVOKED, told.ServiceReferralRevoked),
        (Status.COMPLETED, ask.VoidServiceReferral(reason="DUPLICATE"), Status.VOIDED, told.ServiceReferralVoided),
    ],
)
def test_a_request_moves(before: Status, command: Any, after: Status, fact: type) -> None:
    decided = decide(request(before), command, FACTS)
    assert decided.state.status is after
    assert types(decided.events) == [fact]
    ended = after not in OPEN and after is not Status.VOIDED
    assert (decided.state.ended_on, decided.state.reason) == (
        DAY if ended else None,
        getattr(command, "reason", None) if ended else None,
    )


def test_help_is_given_more_than_once() -> None:
    once = decide(request(Status.ACCEPTED), DELIVER, FACTS)
    assert types(once.events) == [told.ServiceReferralDelivered]
    twice = decide(once.state, DELIVER, replace(FACTS, day=date(2015, 11, 12)))
    assert (twice.state.status, twice.state.deliveries, twice.state.last_delivered_on) == (Status.IN_DELIVERY, 2, DAY)
    with pytest.raises(Refused, match="before_the_request"):
        decide(once.state, DELIVER, replace(FACTS, day=date(2015, 11, 11)))


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SENT, Status.REJECTED, Status.COMPLETED])
def test_nothing_is_given_before_it_was_accepted_or_after_its_end(status: Status) -> None:
    with pytest.raises(Refused, match="not_allowed_in_status"):
        decide(request(status), DELIVER, FACTS)


@pytest.mark.parametrize("status", [Status.ACCEPTED, Status.IN_DELIVERY, Status.COMPLETED])
def test_the_sender_may_not_edit_after_acceptance(status: Status) -> None:
    with pytest.raises(Refused, match="not_allowed_in_status"):
        decide(request(status), CORRECT.but(service="EDU-MATERIAL"), FACTS)


def test_a_request_is_corrected_before_that() -> None:
    assert decide(request(), CORRECT, FACTS).events == ()
    assert types(decide(request(), CORRECT.but(note="grade three"), FACTS).events) == [told.ServiceReferralCorrected]
    moved = CORRECT.but(organisation_ref=ref("another"))
    assert decide(request(), moved, FACTS).state.organisation_ref == ref("another")
    with pytest.raises(Refused, match="already_sent"):
        decide(request(Status.SENT), moved, FACTS)
    with pytest.raises(Refused, match="service_not_offered"):
        decide(request(), moved, gated(offered=False))


@pytest.mark.parametrize(
    ("status", "respond_by", "expires"),
    [
        (Status.SENT, date(2015, 11, 13), True),
        (Status.ACKNOWLEDGED, date(2015, 11, 13), True),
        (Status.ACCEPTED, date(2015, 11, 13), False),
    ],
)
def test_only_what_waits_expires(status: Status, respond_by: date, expires: bool) -> None:
    decided = decide(request(status, respond_by=respond_by), ask.ExpireServiceReferral(), FACTS)
    assert types(decided.events) == ([told.ServiceReferralExpired] if expires else [])


@pytest.mark.parametrize("respond_by", [TODAY, None])
def test_nothing_expires_before_its_day_has_passed(respond_by: date | None) -> None:
    with pytest.raises(Refused, match="not_due"):
        decide(request(Status.SENT, respond_by=respond_by), ask.ExpireServiceReferral(), FACTS)


def test_a_request_that_never_was_does_not_expire() -> None:
    with pytest.raises(Refused, match="not_allowed_in_status"):
        decide(None, ask.ExpireServiceReferral(), FACTS)


@pytest.mark.parametrize("service", ["FOOD-MEAL", "ACC-TRANSIT", "MED-CHECK", "TRV-HOME", "PSY-COUNSEL", "EDU-ENROL"])
def test_basic_help_waits_for_no_finding(service: str) -> None:
    assert gates.entitled(service, ())
    assert gates.forbidden_by(service, ("NO_FAMILY_CONTACT", "SEPARATE_ROOM")) is None


def test_gates_ask_for_entitlements_and_heed_instructions() -> None:
    assert not gates.entitled("SKL-TVET", ("EDUCATION",))
    assert gates.entitled("SKL-TVET", ("SKILLS_TRAINING",))
    assert gates.forbidden_by("PLC-REUNIFY", ("NO_FAMILY_PLACEMENT", "NO_FAMILY_CONTACT")) == "NO_FAMILY_CONTACT"


def test_training_and_enrolment_are_recognised_by_their_code() -> None:
    assert [told.is_training(code) for code in ("SKL-TVET", "EDU-ENROL")] == [True, False]
    assert [told.is_enrolment(code) for code in ("EDU-ENROL", "EDU-MATERIAL")] == [True, False]
