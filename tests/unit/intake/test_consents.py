"""Given a consent or none, when a command comes, then this fact, or this refusal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.intake.consents.commands import (
    ConfirmConsent,
    CorrectConsent,
    ExpireConsent,
    GrantConsent,
    RefuseConsent,
    VoidConsent,
    WithdrawConsent,
)
from services.intake.consents.domain import assent_needed, decide
from services.intake.consents.state import Assent, Facts, Giver, Informed, Signature
from shared.contracts.intake import ConsentPurpose
from shared.testing import ref
from tests.unit.intake.given import CASE, DAY, ORGANISATION, OTHER, PERSON, STAFF, refused, told

TOLD = Informed(**dict.fromkeys(Informed.model_fields, True))
NOON = datetime(DAY.year, DAY.month, DAY.day, 5, tzinfo=UTC)
CHILD = Facts(consent_ref=ref("consent"), day=DAY, today=DAY, by=STAFF, now=NOON, age=13, person_ref=PERSON)
ADULT = replace(CHILD, child=False, age=40)
BY_SELF = GrantConsent(
    case_ref=CASE, purpose=ConsentPurpose.INTERVIEW, giver=Giver.SELF, informed=TOLD, signature=Signature.WRITTEN
)
FOR_CHILD = BY_SELF.but(giver=Giver.CAREGIVER, giver_ref=OTHER, assent=Assent.ASSENT)
GRANTED = decide(None, BY_SELF, ADULT).state


def test_an_adult_consents_alone() -> None:
    assert told(decide(None, BY_SELF, ADULT)) == ["consent.granted"]
    with refused("adult_consents_alone"):
        decide(None, FOR_CHILD, ADULT)


@pytest.mark.parametrize("missing", sorted(Informed.model_fields))
def test_all_seven_things_must_have_been_told(missing: str) -> None:
    with refused("not_informed"):
        decide(None, BY_SELF.but(informed=TOLD.but(**{missing: False})), ADULT)


def test_a_consent_is_informed_and_signed_and_a_spoken_one_has_a_witness() -> None:
    with refused("not_informed"):
        decide(None, BY_SELF.but(informed=None), ADULT)
    with refused("not_signed"):
        decide(None, BY_SELF.but(signature=None), ADULT)
    spoken = BY_SELF.but(signature=Signature.VERBAL_WITNESSED)
    with refused("witness_missing"):
        decide(None, spoken, ADULT)
    assert told(decide(None, spoken.but(witness="Chum Sovann"), ADULT)) == ["consent.granted"]


@pytest.mark.parametrize(
    ("age", "needed"),
    [
        (0, Assent.NOT_ASKED_YOUNG),
        (5, Assent.NOT_ASKED_YOUNG),
        (6, Assent.WILLING),
        (11, Assent.WILLING),
        (12, Assent.ASSENT),
        (14, Assent.ASSENT),
        (15, Assent.WRITTEN_ASSENT),
        (17, Assent.WRITTEN_ASSENT),
    ],
)
def test_a_child_agrees_by_age(age: int, needed: Assent) -> None:
    assert assent_needed(age) is needed
    less = tuple(Assent)[tuple(Assent).index(needed) - 1]
    with refused("assent_missing"):
        decide(None, FOR_CHILD.but(assent=less), replace(CHILD, age=age))
    assert told(decide(None, FOR_CHILD.but(assent=needed), replace(CHILD, age=age))) == ["consent.granted"]


def test_h12_who_may_permit_for_a_child() -> None:
    for giver in (None, Giver.SELF):
        with refused("child_needs_permission"):
            decide(None, FOR_CHILD.but(giver=giver), CHILD)
    for nobody in (None, PERSON):
        with refused("caregiver_not_named"):
            decide(None, FOR_CHILD.but(giver_ref=nobody), CHILD)
    with refused("caregiver_implicated"):
        decide(None, FOR_CHILD, replace(CHILD, implicated=frozenset({OTHER})))
    officer = FOR_CHILD.but(giver=Giver.SOCIAL_AFFAIRS_OFFICER, giver_ref=None)
    with refused("not_the_officer"):
        decide(None, officer, CHILD)
    assert told(decide(None, officer, replace(CHILD, officer=True))) == ["consent.granted"]


def test_sharing_names_its_recipient_and_one_consent_holds_at_a_time() -> None:
    with refused("recipient_not_named"):
        decide(None, BY_SELF.but(purpose=ConsentPurpose.SHARE), ADULT)
    shared = BY_SELF.but(purpose=ConsentPurpose.SHARE, organisation_ref=ORGANISATION)
    assert told(decide(None, shared, ADULT)) == ["consent.granted"]
    with refused("consent_already_granted"):
        decide(None, BY_SELF, replace(ADULT, active=True))
    with refused("not_allowed_in_status"):
        decide(GRANTED, BY_SELF.but(purpose=ConsentPurpose.STORE), ADULT)


def test_an_exception_by_law_is_named_and_never_serves_research_or_media() -> None:
    danger = GrantConsent(case_ref=CASE, purpose=ConsentPurpose.MEDICAL, exception="DANGER_TO_LIFE")
    decided = decide(None, danger, CHILD)
    assert decided.events[0].model_dump()["exception"] == "DANGER_TO_LIFE"
    with refused("no_exception_for_this_purpose"):
        decide(None, danger.but(purpose=ConsentPurpose.MEDIA), CHILD)


def test_an_exception_lasts_a_day_unless_a_second_person_confirms_it_in_time() -> None:
    danger = GrantConsent(case_ref=CASE, purpose=ConsentPurpose.MEDICAL, exception="DANGER_TO_LIFE")
    begun, tomorrow = decide(None, danger, CHILD), DAY + timedelta(days=1)
    assert begun.events[0].model_dump()["valid_until"] == tomorrow
    other, day_later = replace(CHILD, by=ref("another")), NOON + timedelta(hours=24)
    with refused("exception_second_person"):
        decide(begun.state, ConfirmConsent(), CHILD)
    with refused("exception_confirmed_too_late"):
        decide(begun.state, ConfirmConsent(), replace(other, now=day_later))
    with refused("exception_not_confirmed"):
        decide(begun.state, CorrectConsent(valid_until=None), CHILD)
    assert told(decide(begun.state, ExpireConsent(), replace(CHILD, now=day_later - timedelta(seconds=1)))) == []
    assert told(decide(begun.state, ExpireConsent(), replace(CHILD, now=day_later))) == ["consent.expired"]
    confirmed = decide(begun.state, ConfirmConsent(), other)
    assert confirmed.events[0].model_dump()["valid_until"] is None
    assert told(decide(confirmed.state, ConfirmConsent(), other)) == []
    assert told(decide(confirmed.state, ExpireConsent(), replace(CHILD, now=day_later, today=tomorrow))) == []


def test_an_exception_that_is_asked_for_until_a_day_lasts_until_that_day_and_no_longer() -> None:
    danger = GrantConsent(case_ref=CASE, purpose=ConsentPurpose.MEDICAL, exception="COURT_ORDER")
    asked = DAY + timedelta(days=30)
    begun = decide(None, danger.but(valid_until=asked), CHILD).state
    assert begun.valid_until == DAY + timedelta(days=1)
    assert decide(begun, ConfirmConsent(), replace(CHILD, by=ref("another"))).state.valid_until == asked
    assert decide(None, danger.but(valid_until=DAY), CHILD).state.valid_until == DAY


def test_what_somebody_agreed_to_waits_for_nobody_else() -> None:
    with refused("nothing_to_confirm"):
        decide(GRANTED, ConfirmConsent(), replace(ADULT, by=ref("another")))


def test_refusing_is_an_outcome() -> None:
    no = RefuseConsent(case_ref=CASE, purpose=ConsentPurpose.INTERVIEW)
    decided = decide(None, no, CHILD)
    assert told(decided) == ["consent.refused"]
    with refused("withdraw_instead"):
        decide(None, no, replace(CHILD, active=True))


def test_h11_withdrawing_holds_at_once_and_twice_is_once() -> None:
    withdrawn = decide(GRANTED, WithdrawConsent(), ADULT)
    assert told(withdrawn) == ["consent.withdrawn"]
    assert told(decide(withdrawn.state, WithdrawConsent(), ADULT)) == []


def test_a_consent_ends_by_recorded_time_rechecked_when_due() -> None:
    with refused("ends_before_it_begins"):
        decide(None, BY_SELF.but(valid_until=DAY - timedelta(days=1)), ADULT)
    dated = decide(None, BY_SELF.but(valid_until=DAY), ADULT).state
    assert told(decide(dated, ExpireConsent(), ADULT)) == []
    later = replace(ADULT, today=DAY + timedelta(days=1))
    assert told(decide(dated, ExpireConsent(), later)) == ["consent.expired"]
    longer = decide(dated, CorrectConsent(valid_until=None), ADULT)
    assert told(longer) == ["consent.corrected"]
    assert told(decide(longer.state, CorrectConsent(valid_until=None), ADULT)) == []
    assert told(decide(longer.state, ExpireConsent(), later)) == []
    with refused("ends_before_it_begins"):
        decide(dated, CorrectConsent(valid_until=DAY - timedelta(days=9)), ADULT)


def test_a_consent_entered_in_error_is_void() -> None:
    assert told(decide(GRANTED, VoidConsent(reason="WRONG_PERSON"), ADULT)) == ["consent.voided"]


def test_an_answer_is_not_older_than_the_case_and_not_younger_than_its_withdrawal() -> None:
    early = replace(ADULT, opened=DAY, day=DAY - timedelta(days=1))
    for answer in (BY_SELF, RefuseConsent(case_ref=CASE, purpose=ConsentPurpose.STORE)):
        with refused("before_case_opened"):
            decide(None, answer, early)
    with refused("before_consent_given"):
        decide(GRANTED, WithdrawConsent(), early)


def test_the_last_day_of_what_ended_otherwise_decides_nothing() -> None:
    later = replace(ADULT, today=DAY + timedelta(days=1))
    for ended in (WithdrawConsent(), VoidConsent(reason="WRONG_PERSON")):
        state = decide(GRANTED.but(valid_until=DAY), ended, ADULT).state
        assert told(decide(state, ExpireConsent(), later)) == []
