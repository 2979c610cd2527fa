"""What each source's facts make of a case here: one model per source, moved by pure steps.

A person is a child here until intake says otherwise, and nothing is entitled until screening says so;
what was found is never told, so it cannot be heard.
"""

from typing import TypeVar

from services.referrals.plans import state as plans
from shared.clock import earlier
from shared.contracts import grants, intake, referrals, screening
from shared.contracts.intake import ConsentPurpose
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import Finding, ServiceCode
from shared.contracts.screening import Entitlement, Handling
from shared.ids import HouseholdRef, OrganisationRef, PersonRef, Ref
from shared.model import Event, Model

F = TypeVar("F", bound=Model)


class Share(Model):
    """A consent to share with one organisation."""

    consent_ref: Ref
    organisation_ref: OrganisationRef
    valid_until: Day | None = None


class IntakeFacet(Model):
    """What intake told of the case."""

    opened_on: Day | None = None
    organisation_ref: OrganisationRef | None = None
    closed: bool = False
    child: bool = True
    household_ref: HouseholdRef | None = None
    implicated: tuple[PersonRef, ...] = ()
    shares: tuple[Share, ...] = ()
    admitted: bool = False
    departed_on: Day | None = None
    handed_over_on: Day | None = None
    missing: bool = False

    @property
    def home_on(self) -> Day | None:
        """The day of reintegration: the hand-over at home or, without one, the departure."""
        return self.handed_over_on or self.departed_on

    def may_share(self, organisation_ref: OrganisationRef, today: Day) -> bool:
        """Is there a consent to share with that organisation which holds today?"""
        return any(
            share.organisation_ref == organisation_ref and (share.valid_until is None or today <= share.valid_until)
            for share in self.shares
        )


class ScreeningFacet(Model):
    """What screening lets the person have, and how they are to be treated."""

    entitlements: tuple[Entitlement, ...] = ()
    handling: tuple[Handling, ...] = ()


class GrantsFacet(Model):
    """How many grants were approved and instalments paid: visits ask about them."""

    approved: Count = 0
    paid: Count = 0


class Help(Model):
    """How often and when last a service was given."""

    service: ServiceCode
    times: Count
    last_on: Day


class ReferralsFacet(Model):
    """What referrals itself told of the case. `taken_back` are requests that nobody may act on any more."""

    plan: plans.Status | None = None
    help: tuple[Help, ...] = ()
    visits_planned: Count = 0
    visits_done: Count = 0
    visits_missed: Count = 0
    last_findings: tuple[Finding, ...] = ()
    taken_back: tuple[Ref, ...] = ()


def protected(before: IntakeFacet, now: IntakeFacet) -> IntakeFacet:
    """Intake lost facts: a child stays one, whoever is missing or suspected stays so, no ended consent holds again."""
    until = {share.consent_ref: share.valid_until for share in before.shares}
    return now.but(
        child=before.child or now.child,
        missing=before.missing or now.missing,
        implicated=tuple(sorted({*before.implicated, *now.implicated})),
        shares=tuple(
            share.but(valid_until=earlier(share.valid_until, until[share.consent_ref]))
            for share in now.shares
            if share.consent_ref in until
        ),
    )


def still_handled(before: ScreeningFacet, now: ScreeningFacet) -> ScreeningFacet:
    """Screening lost facts: how somebody is to be treated is not forgotten."""
    return now.but(handling=tuple(sorted({*before.handling, *now.handling})))


def still_taken_back(before: ReferralsFacet, now: ReferralsFacet) -> ReferralsFacet:
    """Referrals itself lost facts: what was taken back stays so."""
    return now.but(taken_back=tuple(sorted({*before.taken_back, *now.taken_back})))


def taken_back(
    facet: ReferralsFacet, event: referrals.ServiceReferralRevoked | referrals.ServiceReferralVoided
) -> ReferralsFacet:
    """Nobody is to give that service to this person on that request."""
    return facet.but(taken_back=tuple(sorted({*facet.taken_back, event.service_referral_ref})))


def noted(facet: F, event: Event) -> F:
    """A fact that stands in the timeline and changes nothing here."""
    return facet


def opened(facet: IntakeFacet, event: intake.CaseOpened) -> IntakeFacet:
    """A case begins; whoever might be a child is one."""
    return facet.but(
        opened_on=event.opened,
        organisation_ref=event.organisation_ref,
        child=event.is_minor,
        household_ref=event.household_ref,
    )


def held(facet: IntakeFacet, event: intake.CaseTransferAccepted) -> IntakeFacet:
    """Another organisation holds the case now."""
    return facet.but(organisation_ref=event.organisation_ref)


def put_right(facet: IntakeFacet, event: intake.CaseCorrected) -> IntakeFacet:
    """The details of the case were wrong."""
    return facet.but(opened_on=event.opened, child=event.is_minor)


def aged(facet: IntakeFacet, event: intake.CaseAgeEvaluated) -> IntakeFacet:
    """Intake says whether the person is a child now."""
    return facet.but(child=event.child_on_day)


def closed(facet: IntakeFacet, event: intake.CaseClosed | intake.CaseErased | intake.CaseVoided) -> IntakeFacet:
    """The case is over."""
    return facet.but(closed=True)


def reopened(facet: IntakeFacet, event: intake.CaseReopened) -> IntakeFacet:
    """The case goes on."""
    return facet.but(closed=False)


def moved_household(facet: IntakeFacet, event: intake.CaseHouseholdChanged) -> IntakeFacet:
    """The person lives with others now."""
    return facet.but(household_ref=event.household_ref)


def implicated(facet: IntakeFacet, event: intake.CaseCaregiverImplicated) -> IntakeFacet:
    """A caregiver is suspected of exploiting, or no longer is."""
    others = set(facet.implicated) - {event.person_ref}
    return facet.but(implicated=tuple(sorted(others | {event.person_ref} if event.implicated else others)))


def _without(facet: IntakeFacet, consent_ref: Ref) -> tuple[Share, ...]:
    return tuple(share for share in facet.shares if share.consent_ref != consent_ref)


def granted(facet: IntakeFacet, event: intake.ConsentGranted) -> IntakeFacet:
    """Somebody may share with that organisation."""
    if event.purpose is not ConsentPurpose.SHARE or event.organisation_ref is None:
        return facet
    share = Share(consent_ref=event.consent_ref, organisation_ref=event.organisation_ref, valid_until=event.valid_until)
    return facet.but(shares=(*_without(facet, event.consent_ref), share))


def prolonged(facet: IntakeFacet, event: intake.ConsentCorrected | intake.ConsentConfirmed) -> IntakeFacet:
    """Until when a consent holds was wrong, or an exception was confirmed."""
    return facet.but(
        shares=tuple(
            share.but(valid_until=event.valid_until) if share.consent_ref == event.consent_ref else share
            for share in facet.shares
        )
    )


def ended(
    facet: IntakeFacet,
    event: intake.ConsentWithdrawn | intake.ConsentExpired | intake.ConsentVoided | intake.ConsentRefused,
) -> IntakeFacet:
    """From now on nothing more is shared on that ground."""
    return facet.but(shares=_without(facet, event.consent_ref))


def admitted(facet: IntakeFacet, event: intake.StayAdmitted) -> IntakeFacet:
    """Somebody has a bed."""
    return facet.but(admitted=True)


def departed(facet: IntakeFacet, event: intake.StayDeparted | intake.StayLeftEarly) -> IntakeFacet:
    """Somebody set out for home, or chose to go."""
    return facet.but(departed_on=event.day)


def handed_over(facet: IntakeFacet, event: intake.StayHandedOver) -> IntakeFacet:
    """Somebody was received at home."""
    return facet.but(handed_over_on=event.day)


def missing(facet: IntakeFacet, event: intake.StayMissing) -> IntakeFacet:
    """A child is being looked for."""
    return facet.but(missing=True)


def found(facet: IntakeFacet, event: intake.StayFound) -> IntakeFacet:
    """The child is back."""
    return facet.but(missing=False)


def determined(
    facet: ScreeningFacet,
    event: screening.DeterminationMade | screening.DeterminationAmended | screening.DeterminationVoided,
) -> ScreeningFacet:
    """What holds of the whole case, after the last finding."""
    return facet.but(entitlements=event.entitlements, handling=event.handling)


def suggested(facet: ScreeningFacet, event: screening.DeterminationSuggested) -> ScreeningFacet:
    """A suggestion entitles to nothing, but protects at once; it never takes a protection away."""
    return facet.but(handling=tuple(sorted({*facet.handling, *event.handling})))


def approved(facet: GrantsFacet, event: grants.ApplicationApproved) -> GrantsFacet:
    """A grant will be given."""
    return facet.but(approved=facet.approved + 1)


def paid(facet: GrantsFacet, event: grants.InstalmentPaid) -> GrantsFacet:
    """Part of a grant was given."""
    return facet.but(paid=facet.paid + 1)


PLAN_AFTER: dict[type[Event], plans.Status] = {
    referrals.PlanOpened: plans.Status.OPENED,
    referrals.PlanAgreed: plans.Status.AGREED,
    referrals.PlanBegun: plans.Status.ACTIVE,
    referrals.PlanClosed: plans.Status.CLOSED,
    referrals.PlanReopened: plans.Status.OPENED,
    referrals.PlanVoided: plans.Status.VOIDED,
}


def planned(facet: ReferralsFacet, event: Event) -> ReferralsFacet:
    """How far the plan is. An agreement signed anew does not stop the work that has begun."""
    after = PLAN_AFTER[type(event)]
    if facet.plan is plans.Status.ACTIVE and after is plans.Status.AGREED:
        return facet
    return facet.but(plan=after)


def helped(facet: ReferralsFacet, event: referrals.ServiceReferralDelivered) -> ReferralsFacet:
    """Some help was given."""
    before = next((one for one in facet.help if one.service == event.service), None)
    last = max(event.day, before.last_on) if before else event.day
    help_ = Help(service=event.service, times=before.times + 1 if before else 1, last_on=last)
    others = [one for one in facet.help if one.service != event.service]
    return facet.but(help=tuple(sorted([*others, help_], key=lambda one: one.service)))


def visit_planned(facet: ReferralsFacet, event: referrals.FollowupPlanned) -> ReferralsFacet:
    """A visit is to be made."""
    return facet.but(visits_planned=facet.visits_planned + 1)


def visited(facet: ReferralsFacet, event: referrals.FollowupDone) -> ReferralsFacet:
    """Somebody visited."""
    return facet.but(visits_done=facet.visits_done + 1, last_findings=event.findings)


def missed(facet: ReferralsFacet, event: referrals.FollowupMissed) -> ReferralsFacet:
    """A visit could not be made."""
    return facet.but(visits_missed=facet.visits_missed + 1)
