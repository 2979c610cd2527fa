"""What grants makes of what others tell, fact by fact, without a database."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.grants.facets import (
    INTAKE,
    REFERRALS,
    SCREENING,
    GrantsFacet,
    IntakeFacet,
    ReferralsFacet,
    ScreeningFacet,
)
from services.grants.journey import JOURNEY, OWN, following, stage
from shared.contracts import grants, intake, referrals, screening
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.intake import ConsentPurpose
from shared.contracts.referrals import GoalResult
from shared.journey import Facet, Facets
from shared.model import Event
from shared.testing import ref
from tests.service.grants.desk import consented, entitled, goal, opened, trained
from tests.unit.grants.builders import DAY

CASE: dict[str, Any] = {"case_ref": ref("sok")}


def folded(facet: Facet, *events: Event) -> Any:
    """The facet after these facts."""
    state: Any = facet.model()
    for event in events:
        state = facet.steps[type(event)](state, event)
    return state


def known(*events: Event) -> IntakeFacet:
    found = folded(INTAKE, *events)
    assert isinstance(found, IntakeFacet)
    return found


def test_a_case_opens_closes_and_opens_again() -> None:
    closed = intake.CaseClosed(**CASE, day=DAY)
    assert known(opened("sok")).opened
    assert known(opened("sok"), closed).closed
    assert not known(opened("sok"), closed, intake.CaseReopened(**CASE, day=DAY)).closed
    moved = intake.CaseHouseholdChanged(**CASE, household_ref=ref("another"))
    assert known(opened("sok"), moved).household_ref == ref("another")


def test_a_missing_person_can_be_found() -> None:
    gone = intake.StayMissing(**CASE, stay_ref=ref("stay"), day=DAY)
    back = intake.StayFound(**CASE, stay_ref=ref("stay"), day=DAY)
    assert (known(gone).missing, known(gone, back).missing) == (True, False)


def test_a_suspicion_comes_and_goes() -> None:
    def suspected(implicated: bool) -> intake.CaseCaregiverImplicated:
        return intake.CaseCaregiverImplicated(
            **CASE, household_ref=ref("household"), person_ref=ref("uncle"), implicated=implicated
        )

    assert known(suspected(True), suspected(True)).implicated == (ref("uncle"),)
    assert known(suspected(True), suspected(False)).implicated == ()


def consent(**changes: Any) -> intake.ConsentGranted:
    return consented("sok").but(**changes)


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        (consent(), True),
        (consent(organisation_ref=ref("fund")), True),
        (consent(organisation_ref=ref("another")), False),
        (consent(valid_until=DAY), True),
        (consent(valid_until=DAY - timedelta(days=1)), False),
        (consent(purpose=ConsentPurpose.MEDIA), False),
    ],
)
def test_consent_is_for_grants_for_an_organisation_and_for_a_time(given: intake.ConsentGranted, holds: bool) -> None:
    assert known(given).consents_to(ref("fund"), DAY) is holds


def test_consent_ends_and_is_put_right() -> None:
    about: dict[str, Any] = {**CASE, "consent_ref": ref("consent sok"), "purpose": ConsentPurpose.GRANT}
    assert not known(consent(), intake.ConsentWithdrawn(**about)).consents
    later = intake.ConsentCorrected(**about, valid_until=date(2027, 1, 1))
    assert known(consent(), later).consents[0].valid_until == date(2027, 1, 1)
    assert known(later).consents == ()


def test_the_last_determination_says_what_is_entitled() -> None:
    amended = screening.DeterminationAmended(
        **CASE, determination_ref=ref("d"), body="NGO", deciders=2, entitlements=(), day=DAY
    )
    assert folded(SCREENING, entitled("sok")).entitlements == ("GRANT_ADULT",)
    assert folded(SCREENING, entitled("sok"), amended).entitlements == ()


def ended(result: GoalResult) -> referrals.GoalEnded:
    return referrals.GoalEnded(**CASE, goal_ref=ref("goal sok"), domain=goal("sok").domain, result=result, day=DAY)


def test_a_goal_asks_for_a_grant_until_it_is_dropped() -> None:
    assert folded(REFERRALS, goal("sok")).goals == (ref("goal sok"),)
    assert folded(REFERRALS, goal("sok"), ended(GoalResult.MET)).goals == (ref("goal sok"),)
    assert folded(REFERRALS, goal("sok"), ended(GoalResult.NO_LONGER_WANTED)).goals == ()
    assert folded(REFERRALS, goal("sok").but(service="SKL-FIN")).goals == ()
    void = referrals.GoalVoided(**CASE, goal_ref=ref("goal sok"), domain=goal("sok").domain, reason="DUPLICATE")
    assert folded(REFERRALS, goal("sok"), void).goals == ()


def test_training_counts_once_and_only_training() -> None:
    course = trained("sok")
    void = referrals.ServiceReferralVoided(
        **CASE,
        service_referral_ref=course.service_referral_ref,
        service="SKL-FIN",
        organisation_ref=course.organisation_ref,
        reason="WRONG_PERSON",
    )
    assert [one.service for one in folded(REFERRALS, course, course).training] == ["SKL-FIN"]
    assert folded(REFERRALS, course.but(service="EDU-ENROL")).training == ()
    assert folded(REFERRALS, course, void).training == ()


def facets(**own: Any) -> Facets:
    return Facets(
        intake=IntakeFacet(opened=True),
        screening=ScreeningFacet(entitlements=("GRANT_ADULT",)),
        referrals=ReferralsFacet(),
        grants=GrantsFacet(**own),
    )


def test_who_is_entitled_may_apply_when_nothing_runs() -> None:
    assert following(facets()) == ("draftApplication",)
    assert following(facets(stage="completed")) == ("draftApplication",)
    assert (following(facets(stage="active")), stage(facets(stage="active"))) == ((), "active")


def test_own_facts_are_all_seen() -> None:
    own = {kind for name, kind in CATALOGUE.items() if name.startswith("grants.") and kind.stream == "case"}
    assert own - {grants.CaseErasureConfirmed} == set(OWN.steps)
    signing = grants.InstalmentReleased(**CASE, application_ref=ref("a"), instalment_ref=ref("i"), number=1)
    assert folded(OWN, signing) == GrantsFacet()


def test_every_fact_is_heard_or_ignored_never_both() -> None:
    assert JOURNEY.hears | JOURNEY.ignores == set(CATALOGUE.values())
    assert not JOURNEY.hears & JOURNEY.ignores
