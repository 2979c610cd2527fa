"""What intake makes of each source's facts about a case: four models, and the pure steps that move them."""

from datetime import date
from enum import StrEnum

from services.intake.disclosures import domain as disclosures
from services.intake.disclosures.state import Handled, Providers
from shared.codes import labelled
from shared.contracts import grants, intake, referrals, screening
from shared.contracts.intake import AgeBasis, ConsentPurpose, ReceiverKind
from shared.ids import CaseRef, HandoverRef, HouseholdRef, OrganisationRef, PersonRef, Ref
from shared.journey import Facet, Step
from shared.model import Event, Model


@labelled("case_existence")
class Existence(StrEnum):
    """Whether there is a case at all."""

    UNKNOWN = "unknown"
    OPEN = "open"
    CLOSED = "closed"
    VOIDED = "voided"


@labelled("stay_view")
class StayView(StrEnum):
    """Where somebody is on the way home."""

    NONE = "none"
    EXPECTED = "expected"
    ADMITTED = "admitted"
    DEPARTED = "departed"
    HANDED_OVER = "handed_over"
    LEFT_EARLY = "left_early"
    MISSING = "missing"


@labelled("interview_view")
class InterviewView(StrEnum):
    """How far the interview is."""

    NONE = "none"
    OPENED = "opened"
    STARTED = "started"
    COMPLETED = "completed"
    REFUSED = "refused"
    STOPPED = "stopped"


@labelled("plan_view")
class PlanView(StrEnum):
    """How far the plan is."""

    NONE = "none"
    OPENED = "opened"
    AGREED = "agreed"
    BEGUN = "begun"
    CLOSED = "closed"


@labelled("grant_view")
class GrantView(StrEnum):
    """How far a grant is."""

    NONE = "none"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    COMPLETED = "completed"
    ENDED = "ended"


class Agreed(Model):
    """A consent that holds."""

    consent_ref: Ref
    purpose: ConsentPurpose
    organisation_ref: OrganisationRef | None = None


class IntakeFacet(Model):
    """What intake itself told."""

    existence: Existence = Existence.UNKNOWN
    opened: date | None = None
    organisation_ref: OrganisationRef | None = None
    is_minor: bool = True
    child_then: bool | None = None
    age_basis: AgeBasis | None = None
    previous_case_ref: CaseRef | None = None
    household_ref: HouseholdRef | None = None
    handover_ref: HandoverRef | None = None
    implicated: tuple[PersonRef, ...] = ()
    consents: tuple[Agreed, ...] = ()
    stay: StayView = StayView.NONE
    urgent_needs_checked: bool = False
    escorted: bool | None = None
    provisions: int = 0
    receiver: ReceiverKind | None = None


class ScreeningFacet(Handled):
    """What intake needs of screening: how far it is, how to treat somebody, and who may receive a child."""

    interview: InterviewView = InterviewView.NONE
    determined: bool = False
    decided: bool = False
    receiver: ReceiverKind | None = None
    receiver_ref: PersonRef | None = None
    receiver_organisation_ref: OrganisationRef | None = None
    exception: bool = False


class ReferralsFacet(Providers):
    """What intake needs of referrals: the plan, whose end ends the case, and who is asked for or gives a service."""

    plan: PlanView = PlanView.NONE
    deliveries: int = 0
    followups_done: int = 0
    followups_missed: int = 0


class GrantsFacet(Model):
    """Whether a grant is on its way."""

    application: GrantView = GrantView.NONE
    paid: int = 0


def changes(**fixed: object) -> Step:
    """A step that sets the facet's fields to these values, whatever the fact says beside its type."""
    return lambda facet, _event: facet.but(**fixed)


def takes(*names: str, **fixed: object) -> Step:
    """A step that takes these fields over from the fact, and sets the others."""
    return lambda facet, event: facet.but(**{name: getattr(event, name) for name in names}, **fixed)


def counts(name: str, by: int = 1) -> Step:
    """A step that counts."""
    return lambda facet, _event: facet.but(**{name: max(0, getattr(facet, name) + by)})


def noted(*kinds: type[Event]) -> dict[type[Event], Step]:
    """Facts that stand in the timeline and move nothing else here."""
    return {kind: lambda facet, _event: facet for kind in kinds}


def granted(facet: IntakeFacet, event: intake.ConsentGranted) -> IntakeFacet:
    agreed = Agreed(consent_ref=event.consent_ref, purpose=event.purpose, organisation_ref=event.organisation_ref)
    return facet.but(consents=(*facet.consents, agreed))


def ended(
    facet: IntakeFacet, event: intake.ConsentExpired | intake.ConsentWithdrawn | intake.ConsentVoided
) -> IntakeFacet:
    return facet.but(consents=tuple(held for held in facet.consents if held.consent_ref != event.consent_ref))


def implicated(facet: IntakeFacet, event: intake.CaseCaregiverImplicated) -> IntakeFacet:
    others = {person for person in facet.implicated if person != event.person_ref}
    return facet.but(implicated=tuple(sorted(others | ({event.person_ref} if event.implicated else set()))))


def age(facet: IntakeFacet, event: intake.CaseAgeEvaluated) -> IntakeFacet:
    return facet.but(child_then=event.child_then, is_minor=event.child_on_day, age_basis=event.basis)


def decided(facet: ScreeningFacet, event: screening.BestInterestsDecided) -> ScreeningFacet:
    return facet.but(
        decided=True,
        receiver=event.receiver,
        receiver_ref=event.person_ref,
        receiver_organisation_ref=event.organisation_ref,
        exception=event.exception,
    )


_WHO: dict[str, None] = dict.fromkeys(("receiver", "receiver_ref", "receiver_organisation_ref"))
NOBODY: dict[str, object] = {**_WHO, "decided": False, "exception": False}
UNDECIDED = changes(**NOBODY)


def as_decided_before(before: ScreeningFacet, now: ScreeningFacet) -> ScreeningFacet:
    """Screening lost facts: a child goes to nobody, unless it was decided so before; no instruction is forgotten."""
    same = all(getattr(before, name) == getattr(now, name) for name in NOBODY)
    kept = {} if same else NOBODY
    return now.but(handling=tuple(sorted({*before.handling, *now.handling})), **kept)


def protected(before: IntakeFacet, now: IntakeFacet) -> IntakeFacet:
    """Intake itself lost facts: whoever is missing or suspected stays so, and no consent that was ended holds again."""
    return now.but(
        stay=StayView.MISSING if before.stay is StayView.MISSING else now.stay,
        implicated=tuple(sorted({*before.implicated, *now.implicated})),
        consents=tuple(agreed for agreed in now.consents if agreed in before.consents),
    )


_OPENED = ("opened", "organisation_ref", "is_minor", "previous_case_ref", "household_ref", "handover_ref")
_ASKED = (intake.CaseAccessRequested, intake.CaseAccessGranted, intake.CaseAccessRefused)
_OFFERED = (intake.CaseTransferOffered, intake.CaseTransferDeclined, intake.CaseTransferWithdrawn)
_STAFF = (intake.CaseAssigned, intake.CaseReleased)
_WATCHED = (intake.CaseConflictDeclared, intake.CaseConflictEnded, intake.CaseGlassBroken, intake.CaseGlassEnded)
_BY_TWO = (intake.CaseReadingOpened, intake.CaseReadingEnded, intake.ConsentConfirmed)
_INFORMED = (intake.CaseInformed, intake.CaseInformingEnded)
_PUT_RIGHT = (intake.ConsentRefused, intake.ConsentCorrected, intake.StayProvisionCorrected, intake.StayCorrected)
_OVER = (referrals.ServiceReferralCompleted, referrals.ServiceReferralNotCompleted, referrals.ServiceReferralRevoked)
_NEVER = (referrals.ServiceReferralRejected, referrals.ServiceReferralExpired, referrals.ServiceReferralVoided)

OWN = Facet(
    IntakeFacet,
    {
        intake.CaseOpened: takes(*_OPENED, existence=Existence.OPEN),
        intake.CaseTransferAccepted: takes("organisation_ref"),
        intake.CaseHouseholdChanged: takes("household_ref"),
        intake.CaseCaregiverImplicated: implicated,
        intake.CaseAgeEvaluated: age,
        intake.CaseClosed: changes(existence=Existence.CLOSED),
        intake.CaseReopened: changes(existence=Existence.OPEN),
        intake.CaseCorrected: takes("is_minor", "opened", "handover_ref"),
        **dict.fromkeys((intake.CaseVoided, intake.CaseErased), changes(existence=Existence.VOIDED)),
        intake.ConsentGranted: granted,
        **dict.fromkeys((intake.ConsentExpired, intake.ConsentWithdrawn, intake.ConsentVoided), ended),
        intake.StayExpected: changes(stay=StayView.EXPECTED),
        intake.StayAdmitted: changes(stay=StayView.ADMITTED),
        intake.StayUrgentNeedsChecked: changes(urgent_needs_checked=True),
        intake.StayProvisionRecorded: counts("provisions"),
        intake.StayProvisionVoided: counts("provisions", by=-1),
        intake.StayTravelArranged: takes("escorted"),
        intake.StayDeparted: changes(stay=StayView.DEPARTED),
        intake.StayHandedOver: takes("receiver", stay=StayView.HANDED_OVER),
        intake.StayLeftEarly: changes(stay=StayView.LEFT_EARLY),
        intake.StayMissing: changes(stay=StayView.MISSING),
        intake.StayFound: changes(stay=StayView.ADMITTED),
        intake.StayVoided: changes(stay=StayView.NONE),
        **noted(*_ASKED, *_OFFERED, *_STAFF, *_WATCHED, *_BY_TWO, *_INFORMED, *_PUT_RIGHT),
    },
    protected,
)

SCREENING = Facet(
    ScreeningFacet,
    {
        screening.InterviewOpened: changes(interview=InterviewView.OPENED),
        screening.InterviewStarted: changes(interview=InterviewView.STARTED),
        screening.InterviewCompleted: changes(interview=InterviewView.COMPLETED),
        screening.InterviewRefused: changes(interview=InterviewView.REFUSED),
        screening.InterviewStopped: changes(interview=InterviewView.STOPPED),
        screening.InterviewVoided: changes(interview=InterviewView.NONE),
        screening.DeterminationSuggested: disclosures.suggested,
        screening.DeterminationMade: takes("handling", determined=True),
        screening.DeterminationAmended: takes("handling", determined=True),
        screening.DeterminationVoided: takes("handling", determined=False),
        screening.BestInterestsDecided: decided,
        screening.BestInterestsReopened: UNDECIDED,
        screening.BestInterestsVoided: UNDECIDED,
        **noted(screening.InterviewAssigned, screening.InterviewReleased, screening.InterviewCorrected),
        **noted(screening.DeterminationAssigned, screening.BestInterestsRequired),
    },
    as_decided_before,
)

REFERRALS = Facet(
    ReferralsFacet,
    {
        referrals.PlanOpened: changes(plan=PlanView.OPENED),
        referrals.PlanAgreed: changes(plan=PlanView.AGREED),
        referrals.PlanBegun: changes(plan=PlanView.BEGUN),
        referrals.PlanClosed: changes(plan=PlanView.CLOSED),
        referrals.PlanReopened: changes(plan=PlanView.BEGUN),
        referrals.PlanVoided: changes(plan=PlanView.NONE),
        referrals.ServiceReferralDelivered: counts("deliveries"),
        referrals.FollowupDone: counts("followups_done"),
        referrals.FollowupMissed: counts("followups_missed"),
        referrals.ServiceReferralAccepted: disclosures.accepted,
        **dict.fromkeys((*_OVER, *_NEVER), disclosures.ended),
        referrals.ServiceReferralSent: disclosures.asked,
        **noted(referrals.PlanAssigned, referrals.PlanReleased),
        **noted(referrals.MembershipJoined, referrals.FollowupPlanned),
        **noted(referrals.ServiceReferralSharingEnded, referrals.ServiceReferralWithdrawalAcknowledged),
    },
    disclosures.not_again,
)

GRANTS = Facet(
    GrantsFacet,
    {
        grants.ApplicationSubmitted: changes(application=GrantView.SUBMITTED),
        grants.ApplicationApproved: changes(application=GrantView.APPROVED),
        grants.ApplicationCompleted: changes(application=GrantView.COMPLETED),
        grants.ApplicationRejected: changes(application=GrantView.ENDED),
        grants.ApplicationCancelled: changes(application=GrantView.ENDED),
        grants.ApplicationTerminated: changes(application=GrantView.ENDED),
        grants.InstalmentPaid: counts("paid"),
        **noted(grants.ApplicationAssigned, grants.ApplicationReleased, grants.BusinessChecked),
    },
)
