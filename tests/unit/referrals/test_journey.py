"""What referrals makes of what it hears."""

from datetime import date
from typing import Any

import pytest

from services.referrals import facets as view
from services.referrals.facets import GrantsFacet, IntakeFacet, ReferralsFacet, ScreeningFacet
from services.referrals.journey import JOURNEY, next_steps, stage
from services.referrals.plans.state import Status
from shared.contracts import intake, referrals, screening
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.intake import ConsentPurpose, ReceiverKind
from shared.contracts.referrals import Acknowledgement, FollowupKind
from shared.journey import Facets
from shared.model import Event
from shared.testing import ref

DAY = date(2015, 11, 4)
CASE: dict[str, Any] = {"case_ref": ref("case")}
SHARE: dict[str, Any] = {
    **CASE,
    "consent_ref": ref("consent"),
    "purpose": ConsentPurpose.SHARE,
    "organisation_ref": ref("school"),
}
STAY: dict[str, Any] = {**CASE, "stay_ref": ref("stay"), "day": DAY}
FOUND: dict[str, Any] = {**CASE, "determination_ref": ref("determination"), "day": DAY}
OPENED = intake.CaseOpened(**CASE, organisation_ref=ref("house"), country="VN", is_minor=False, opened=DAY)


def after(source: str, *events: Event) -> Any:
    declared = JOURNEY.facets[source]
    facet: Any = declared.model()
    for event in events:
        facet = declared.steps[type(event)](facet, event)
    return facet


def facets(home: IntakeFacet | None = None, own: ReferralsFacet | None = None) -> Facets:
    return Facets(intake=home or IntakeFacet(), referrals=own or ReferralsFacet())


def test_everything_that_exists_is_heard_or_ignored() -> None:
    assert JOURNEY.hears | JOURNEY.ignores == set(CATALOGUE.values())
    assert not JOURNEY.hears & JOURNEY.ignores


def test_a_person_is_a_child_until_intake_says_otherwise() -> None:
    assert IntakeFacet().child
    assert not after("intake", OPENED).child
    evaluated = intake.CaseAgeEvaluated(
        **CASE, child_then=True, child_on_day=True, basis=intake.AgeBasis.PRESUMED, as_of=DAY
    )
    assert after("intake", OPENED, evaluated).child
    corrected = intake.CaseCorrected(**CASE, country="VN", is_minor=True, opened=date(2015, 11, 3))
    assert after("intake", OPENED, corrected) == IntakeFacet(
        opened_on=date(2015, 11, 3), organisation_ref=ref("house"), child=True
    )


@pytest.mark.parametrize(
    ("ending", "today", "may"),
    [
        ((), DAY, True),
        ((intake.ConsentCorrected(**SHARE, valid_until=DAY),), DAY, True),
        ((intake.ConsentCorrected(**SHARE, valid_until=DAY),), date(2015, 11, 5), False),
        ((intake.ConsentCorrected(**{**SHARE, "consent_ref": ref("other")}, valid_until=DAY),), date(2016, 1, 1), True),
        ((intake.ConsentWithdrawn(**SHARE),), DAY, False),
        ((intake.ConsentExpired(**SHARE),), DAY, False),
        ((intake.ConsentVoided(**SHARE, reason="PRACTICE"),), DAY, False),
    ],
)
def test_h11_a_consent_to_share_holds_for_one_recipient_until_it_ends(
    ending: tuple[Event, ...], today: date, may: bool
) -> None:
    heard = after("intake", intake.ConsentGranted(**SHARE), *ending)
    assert heard.may_share(ref("school"), today) is may
    assert not heard.may_share(ref("another school"), today)


@pytest.mark.parametrize("change", [{"purpose": ConsentPurpose.MEDICAL}, {"organisation_ref": None}])
def test_other_consents_share_nothing(change: dict[str, Any]) -> None:
    assert after("intake", intake.ConsentGranted(**{**SHARE, **change})).shares == ()


def test_a_caregiver_may_be_implicated_and_cleared() -> None:
    said = {**CASE, "household_ref": ref("household"), "person_ref": ref("father")}
    suspected = intake.CaseCaregiverImplicated(**said, implicated=True)
    assert after("intake", suspected).implicated == (ref("father"),)
    assert after("intake", suspected, intake.CaseCaregiverImplicated(**said, implicated=False)).implicated == ()


def test_the_day_of_return_is_the_hand_over_where_there_was_one() -> None:
    departed = intake.StayDeparted(**STAY)
    received = intake.StayHandedOver(**{**STAY, "day": date(2015, 11, 6)}, receiver=ReceiverKind.KIN)
    assert after("intake", departed).home_on == DAY
    assert after("intake", received, departed).home_on == date(2015, 11, 6)


def test_a_child_is_missing_until_found() -> None:
    assert after("intake", intake.StayMissing(**STAY)).missing
    assert not after("intake", intake.StayMissing(**STAY), intake.StayFound(**STAY)).missing


def test_a_case_ends_goes_on_and_moves_household() -> None:
    ended = intake.CaseClosed(**CASE, day=DAY)
    assert after("intake", ended).closed
    assert not after("intake", ended, intake.CaseReopened(**CASE, day=DAY)).closed
    moved = intake.CaseHouseholdChanged(**CASE, household_ref=ref("household"))
    assert after("intake", moved).household_ref == ref("household")


def test_a_suggestion_protects_and_entitles_to_nothing() -> None:
    suggested = screening.DeterminationSuggested(**FOUND, body="NGO", handling=("SEPARATE_ROOM",))
    assert after("screening", suggested) == ScreeningFacet(handling=("SEPARATE_ROOM",))
    made = screening.DeterminationMade(**FOUND, body="NGO", deciders=1, entitlements=("EDUCATION",))
    assert after("screening", suggested, made) == ScreeningFacet(entitlements=("EDUCATION",))


def test_grants_are_counted() -> None:
    once = view.paid(view.approved(GrantsFacet(), None), None)  # type: ignore[arg-type]
    assert once == GrantsFacet(approved=1, paid=1)


def given(service: str, day: date) -> referrals.ServiceReferralDelivered:
    return referrals.ServiceReferralDelivered(
        **CASE,
        service_referral_ref=ref("request"),
        service=service,
        organisation_ref=ref("school"),
        delivery_ref=ref(f"{service}{day}"),
        quantity=1,
        unit="PIECE",
        day=day,
        acknowledgement=Acknowledgement.WRITTEN,
    )


def test_help_is_counted_by_service() -> None:
    heard = after("referrals", given("NFI-KIT", DAY), given("FOOD-PACK", DAY), given("NFI-KIT", date(2015, 11, 1)))
    assert [(help_.service, help_.times, help_.last_on) for help_ in heard.help] == [
        ("FOOD-PACK", 1, DAY),
        ("NFI-KIT", 2, DAY),
    ]


def test_visits_are_counted() -> None:
    visit: dict[str, Any] = {**CASE, "followup_ref": ref("visit"), "kind": FollowupKind.SCHEDULED}
    heard = after(
        "referrals",
        referrals.FollowupPlanned(**visit, due_on=DAY),
        referrals.FollowupMissed(**visit, reason="MOVED", in_a_row=1, day=DAY),
        referrals.FollowupDone(**visit, service="MON-CALL", findings=("DEBT",), day=DAY),
    )
    assert (heard.visits_planned, heard.visits_missed, heard.visits_done) == (1, 1, 1)
    assert heard.last_findings == ("DEBT",)


def test_an_agreement_signed_anew_leaves_the_plan_active() -> None:
    plan: dict[str, Any] = {**CASE, "plan_ref": ref("plan"), "day": DAY}
    agreed = referrals.PlanAgreed(**plan, signatories=(), goals=1)
    assert after("referrals", agreed).plan is Status.AGREED
    assert after("referrals", agreed, referrals.PlanBegun(**plan), agreed).plan is Status.ACTIVE


@pytest.mark.parametrize(
    ("home", "own", "expected"),
    [
        ({}, {}, "intake"),
        ({"admitted": True}, {"plan": Status.OPENED}, "transit"),
        ({"admitted": True}, {"plan": Status.AGREED}, "pre_integration"),
        ({"departed_on": DAY}, {"plan": Status.ACTIVE}, "integration"),
        ({"departed_on": DAY}, {"visits_done": 1}, "monitoring"),
        ({"departed_on": DAY}, {"visits_missed": 1}, "monitoring"),
        ({"closed": True}, {}, "closed"),
        ({}, {"plan": Status.CLOSED}, "closed"),
    ],
)
def test_the_stage_follows_from_the_facets(home: dict[str, Any], own: dict[str, Any], expected: str) -> None:
    assert stage(facets(IntakeFacet(**home), ReferralsFacet(**own))) == expected


def test_what_comes_next_is_what_the_plan_may_hear() -> None:
    assert next_steps(facets()) == ("openPlan",)
    assert "closePlan" in next_steps(facets(own=ReferralsFacet(plan=Status.ACTIVE)))


def test_facts_that_change_nothing_here_are_noted() -> None:
    arranged = intake.StayTravelArranged(**STAY, mode="BUS", escorted=True)
    assert after("intake", intake.StayAdmitted(**STAY, organisation_ref=ref("house")), arranged).admitted
