"""What each source's facts make of a case here: pure steps, one facet per source.

An entitlement comes without its cause, and so nothing here could tell why somebody is entitled. Consent
is counted for grant papers alone.
"""

from typing import Any

from shared.clock import earlier
from shared.contracts import intake, referrals, screening
from shared.contracts.intake import ConsentPurpose
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import ServiceCode
from shared.contracts.screening import Entitlement
from shared.ids import HouseholdRef, OrganisationRef, PersonRef, Ref
from shared.journey import Facet, Step
from shared.model import C0, C1, Event, Model

GRANT = "GRANT-BIZ"


class GrantConsent(Model):
    """A consent to grant papers, for one organisation or for any."""

    consent_ref: Ref
    organisation_ref: OrganisationRef | None = None
    valid_until: Day | None = None


class IntakeFacet(Model):
    """What intake told of the case."""

    opened: bool = False
    organisation_ref: OrganisationRef | None = None
    opened_on: Day | None = None
    closed: bool = False
    missing: bool = False
    household_ref: HouseholdRef | None = None
    implicated: tuple[PersonRef, ...] = ()
    consents: tuple[GrantConsent, ...] = ()

    def consents_to(self, organisation_ref: OrganisationRef, today: Day) -> bool:
        """Is there a consent to grant papers at that organisation which holds today?"""
        return any(
            consent.organisation_ref in (None, organisation_ref)
            and (consent.valid_until is None or today <= consent.valid_until)
            for consent in self.consents
        )


class ScreeningFacet(Model):
    """What the person may have, as screening published it last."""

    entitlements: C1[tuple[Entitlement, ...]] = ()


class Training(Model):
    """A course that was given."""

    service_referral_ref: Ref
    service: ServiceCode


class ReferralsFacet(Model):
    """The goals that ask for a grant, and the courses that were given."""

    goals: tuple[Ref, ...] = ()
    training: tuple[Training, ...] = ()


class GrantsFacet(Model):
    """What grants itself told of the case. `stopped` are the grants and instalments of which nothing is to be paid."""

    stage: C0[str] = "none"
    approved: Count = 0
    paid: Count = 0
    reconciled: Count = 0
    visits: Count = 0
    stopped: C0[tuple[Ref, ...]] = ()


def protected(before: IntakeFacet, now: IntakeFacet) -> IntakeFacet:
    """Intake lost facts: a closed case stays so, like whoever is missing or suspected; no ended consent holds again."""
    until = {consent.consent_ref: consent.valid_until for consent in before.consents}
    return now.but(
        closed=before.closed or now.closed,
        missing=before.missing or now.missing,
        implicated=(*now.implicated, *(ref for ref in before.implicated if ref not in now.implicated)),
        consents=tuple(
            consent.but(valid_until=earlier(consent.valid_until, until[consent.consent_ref]))
            for consent in now.consents
            if consent.consent_ref in until
        ),
    )


def still_paid(before: GrantsFacet, now: GrantsFacet) -> GrantsFacet:
    """Grants itself lost facts: what was paid was paid, and what was held back or ended is not paid."""
    stopped = tuple(sorted({*before.stopped, *now.stopped}))
    return now.but(paid=max(before.paid, now.paid), stopped=stopped)


def noted(facet: object, _: Event) -> Any:
    """Kept in the timeline; changes nothing here."""
    return facet


def opened(facet: IntakeFacet, event: intake.CaseOpened) -> IntakeFacet:
    home, holder = event.household_ref, event.organisation_ref
    return facet.but(opened=True, opened_on=event.opened, household_ref=home, organisation_ref=holder)


def case_corrected(facet: IntakeFacet, event: intake.CaseCorrected) -> IntakeFacet:
    return facet.but(opened_on=event.opened)


def case_closed(facet: IntakeFacet, _: intake.CaseClosed | intake.CaseErased | intake.CaseVoided) -> IntakeFacet:
    return facet.but(closed=True)


def case_reopened(facet: IntakeFacet, _: intake.CaseReopened) -> IntakeFacet:
    return facet.but(closed=False)


def household_changed(facet: IntakeFacet, event: intake.CaseHouseholdChanged) -> IntakeFacet:
    return facet.but(household_ref=event.household_ref)


def implicated(facet: IntakeFacet, event: intake.CaseCaregiverImplicated) -> IntakeFacet:
    others = tuple(ref for ref in facet.implicated if ref != event.person_ref)
    return facet.but(implicated=(*others, event.person_ref) if event.implicated else others)


def consented(facet: IntakeFacet, event: Any) -> IntakeFacet:
    if event.purpose is not ConsentPurpose.GRANT:
        return facet
    known = any(consent.consent_ref == event.consent_ref for consent in facet.consents)
    if not isinstance(event, intake.ConsentGranted) and not known:
        return facet
    consent = GrantConsent(
        consent_ref=event.consent_ref, organisation_ref=event.organisation_ref, valid_until=event.valid_until
    )
    return _unconsented(facet, event.consent_ref, consent)


def consent_ended(
    facet: IntakeFacet,
    event: intake.ConsentRefused | intake.ConsentExpired | intake.ConsentWithdrawn | intake.ConsentVoided,
) -> IntakeFacet:
    return _unconsented(facet, event.consent_ref)


def _unconsented(facet: IntakeFacet, consent_ref: Ref, *instead: GrantConsent) -> IntakeFacet:
    others = tuple(consent for consent in facet.consents if consent.consent_ref != consent_ref)
    return facet.but(consents=(*others, *instead))


def missing(facet: IntakeFacet, _: intake.StayMissing) -> IntakeFacet:
    return facet.but(missing=True)


def found(facet: IntakeFacet, _: intake.StayFound) -> IntakeFacet:
    return facet.but(missing=False)


def entitled(
    facet: ScreeningFacet,
    event: screening.DeterminationMade | screening.DeterminationAmended | screening.DeterminationVoided,
) -> ScreeningFacet:
    return facet.but(entitlements=event.entitlements)


def goal_set(facet: ReferralsFacet, event: referrals.GoalSet | referrals.GoalCorrected) -> ReferralsFacet:
    others = tuple(ref for ref in facet.goals if ref != event.goal_ref)
    return facet.but(goals=(*others, event.goal_ref) if event.service == GRANT else others)


def goal_dropped(facet: ReferralsFacet, event: referrals.GoalEnded | referrals.GoalVoided) -> ReferralsFacet:
    if isinstance(event, referrals.GoalEnded) and event.result == "MET":
        return facet
    return facet.but(goals=tuple(ref for ref in facet.goals if ref != event.goal_ref))


def trained(
    facet: ReferralsFacet, event: referrals.ServiceReferralDelivered | referrals.ServiceReferralCompleted
) -> ReferralsFacet:
    given = Training(service_referral_ref=event.service_referral_ref, service=event.service)
    if not referrals.is_training(event.service) or given in facet.training:
        return facet
    return facet.but(training=(*facet.training, given))


def not_trained(
    facet: ReferralsFacet, event: referrals.ServiceReferralNotCompleted | referrals.ServiceReferralVoided
) -> ReferralsFacet:
    left = tuple(given for given in facet.training if given.service_referral_ref != event.service_referral_ref)
    return facet.but(training=left)


_INTAKE: dict[type[Event], Step] = {
    intake.CaseOpened: opened,
    intake.CaseTransferAccepted: lambda facet, event: facet.but(organisation_ref=event.organisation_ref),
    intake.CaseCorrected: case_corrected,
    **dict.fromkeys((intake.CaseClosed, intake.CaseErased, intake.CaseVoided), case_closed),
    intake.CaseReopened: case_reopened,
    intake.CaseHouseholdChanged: household_changed,
    intake.CaseCaregiverImplicated: implicated,
    **dict.fromkeys((intake.ConsentGranted, intake.ConsentConfirmed, intake.ConsentCorrected), consented),
    **dict.fromkeys(
        (intake.ConsentRefused, intake.ConsentExpired, intake.ConsentWithdrawn, intake.ConsentVoided), consent_ended
    ),
    intake.StayMissing: missing,
    intake.StayFound: found,
    **dict.fromkeys(
        (
            intake.CaseAssigned,
            intake.CaseReleased,
            intake.StayAdmitted,
            intake.StayDeparted,
            intake.StayHandedOver,
            intake.StayLeftEarly,
        ),
        noted,
    ),
}

_SCREENING: dict[type[Event], Step] = dict.fromkeys(
    (screening.DeterminationMade, screening.DeterminationAmended, screening.DeterminationVoided), entitled
)

_REFERRALS: dict[type[Event], Step] = {
    referrals.GoalSet: goal_set,
    referrals.GoalCorrected: goal_set,
    referrals.GoalEnded: goal_dropped,
    referrals.GoalVoided: goal_dropped,
    referrals.ServiceReferralDelivered: trained,
    referrals.ServiceReferralCompleted: trained,
    referrals.ServiceReferralNotCompleted: not_trained,
    referrals.ServiceReferralVoided: not_trained,
    **dict.fromkeys(
        (
            referrals.PlanOpened,
            referrals.PlanAssigned,
            referrals.PlanReleased,
            referrals.PlanAgreed,
            referrals.PlanBegun,
            referrals.PlanClosed,
            referrals.PlanReopened,
            referrals.PlanVoided,
            referrals.FollowupDone,
            referrals.FollowupMissed,
        ),
        noted,
    ),
}

INTAKE = Facet(IntakeFacet, _INTAKE, protected)
SCREENING = Facet(ScreeningFacet, _SCREENING)
REFERRALS = Facet(ReferralsFacet, _REFERRALS)
