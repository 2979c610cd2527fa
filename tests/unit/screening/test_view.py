"""Screening's view of a case: what each fact of intake and of its own changes."""

from datetime import date
from typing import Any

from services.screening import facets as view
from services.screening.facets import IntakeFacet, InterviewView, ScreeningFacet
from services.screening.journey import JOURNEY
from shared.contracts import intake, screening
from shared.contracts.intake import AgeBasis, ConsentPurpose
from shared.journey import Facets
from shared.model import Event
from shared.testing import ref

DAY = date(2026, 11, 5)
CASE: dict[str, Any] = {"case_ref": ref("case")}
DETERMINATION: dict[str, Any] = {**CASE, "determination_ref": ref("determination")}
BEST: dict[str, Any] = {**CASE, "best_interests_ref": ref("best")}


def heard(*events: Event) -> IntakeFacet:
    facet = IntakeFacet()
    for event in events:
        facet = view.INTAKE.steps[type(event)](facet, event)
    return facet


def told(*events: Event) -> ScreeningFacet:
    facet = ScreeningFacet()
    for event in events:
        facet = view.OWN.steps[type(event)](facet, event)
    return facet


def stage(own: ScreeningFacet, known: IntakeFacet | None = None) -> str:
    return JOURNEY.stage(Facets({"screening": own, "intake": known or IntakeFacet()}))


OPENED = intake.CaseOpened(**CASE, organisation_ref=ref("centre"), country="VN", is_minor=False, opened=DAY)


def test_unknown_is_a_child_until_intake_says_otherwise() -> None:
    assert IntakeFacet().is_minor
    assert not heard(OPENED).is_minor
    assert heard(OPENED).child_then is None
    corrected = intake.CaseCorrected(**CASE, country="VN", is_minor=True, opened=DAY)
    assert heard(OPENED, corrected).is_minor
    age = intake.CaseAgeEvaluated(**CASE, child_then=True, child_on_day=False, basis=AgeBasis.DETERMINED, as_of=DAY)
    assert (heard(age).child_then, heard(age).child_on_day) == (True, False)


def test_a_case_closes_reopens_and_moves() -> None:
    closed = heard(OPENED, intake.CaseClosed(**CASE, day=DAY))
    assert not closed.open
    again = intake.CaseReopened(**CASE, day=DAY)
    moved = intake.CaseHouseholdChanged(**CASE, household_ref=ref("household"))
    after = heard(OPENED, intake.CaseClosed(**CASE, day=DAY), again, moved)
    assert (after.open, after.household_ref) == (True, ref("household"))


def test_consent_holds_until_it_is_taken_back() -> None:
    consent: dict[str, Any] = {**CASE, "consent_ref": ref("consent"), "purpose": ConsentPurpose.INTERVIEW}
    held = heard(intake.ConsentGranted(**consent))
    assert held.agreed(ConsentPurpose.INTERVIEW)
    assert not held.agreed(ConsentPurpose.SHARE)
    gone = heard(intake.ConsentGranted(**consent), intake.ConsentWithdrawn(**consent))
    assert not gone.agreed(ConsentPurpose.INTERVIEW)


def test_a_suspicion_comes_and_goes() -> None:
    about = {**CASE, "household_ref": ref("household"), "person_ref": ref("mother")}
    suspected = intake.CaseCaregiverImplicated(**about, implicated=True)
    assert heard(suspected, suspected).implicated == (ref("mother"),)
    assert heard(suspected, intake.CaseCaregiverImplicated(**about, implicated=False)).implicated == ()


def test_the_stages_of_screening() -> None:
    suggested = screening.DeterminationSuggested(**DETERMINATION, body="NGO", day=DAY)
    proposed = screening.DeterminationProposed(**DETERMINATION, body="NGO", day=DAY)
    made = screening.DeterminationMade(**DETERMINATION, body="NGO", deciders=1, day=DAY)
    review = screening.DeterminationReviewOpened(**DETERMINATION, body="NGO", reason="COMPLAINT", day=DAY)
    amended = screening.DeterminationAmended(**DETERMINATION, body="NGO", deciders=1, day=DAY)
    voided = screening.DeterminationVoided(**DETERMINATION, reason="PRACTICE")
    assert stage(ScreeningFacet()) == "awaited"
    assert stage(ScreeningFacet(interview=InterviewView.PAUSED)) == "interview"
    assert stage(ScreeningFacet(interview=InterviewView.REFUSED)) == "interviewed"
    assert stage(told(suggested)) == "deciding"
    assert told(suggested, proposed).proposed
    assert not told(suggested, proposed, screening.DeterminationRejected(**DETERMINATION, body="NGO", day=DAY)).proposed
    assert stage(told(suggested, made)) == "determined"
    assert stage(told(suggested, made, review)) == "under_review"
    assert stage(told(suggested, made, review, amended)) == "determined"
    assert told(suggested, made, voided) == ScreeningFacet()


def test_a_receiver_is_known_until_the_decision_is_looked_at_again() -> None:
    required = screening.BestInterestsRequired(**BEST, cause="EVERY_CHILD", panel=False, day=DAY)
    decided = screening.BestInterestsDecided(
        **BEST, receiver=screening.ReceiverKind.KIN, panel=False, deciders=2, review_day=DAY, day=DAY
    )
    later = screening.BestInterestsCorrected(**BEST, review_day=date(2027, 1, 1))
    assert stage(told(required)) == "best_interests"
    assert told(required, decided).receiver is screening.ReceiverKind.KIN
    assert told(required, decided, later).review_day == date(2027, 1, 1)
    assert told(required, decided, screening.BestInterestsVoided(**BEST, reason="PRACTICE")).receiver is None
