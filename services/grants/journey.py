"""The case as grants sees it: that somebody may receive a grant, and how far the grant is."""

from services.grants import facets as view
from shared.contracts import grants, intake, referrals, screening
from shared.journey import Facet, Facets, Journey, Step
from shared.journey.register import LEAVING
from shared.model import Event

NOT_A_CASE: frozenset[type[Event]] = frozenset(
    {
        intake.CaseErasureConfirmed,
        intake.ErasureDecided,
        intake.ErasureHoldLifted,
        intake.ErasureRequested,
        intake.PersonErased,
        intake.PersonErasureConfirmed,
        screening.CaseErasureConfirmed,
        referrals.CaseErasureConfirmed,
        grants.CaseErasureConfirmed,
        intake.HandoverAnnounced,
        intake.HandoverArrived,
        intake.HandoverCancelled,
        intake.HandoverClosed,
        intake.HandoverConfirmed,
        intake.HandoverCorrected,
        intake.HandoverPostponed,
        intake.HandoverReconciled,
        intake.HandoverVoided,
        intake.HouseholdCorrected,
        intake.HouseholdFormed,
        intake.HouseholdVoided,
        intake.LineAnswered,
        intake.LineCorrected,
        intake.LineReconciled,
        intake.LineVoided,
        intake.MemberAdded,
        intake.MemberLeft,
        intake.PersonCorrected,
        intake.PersonHouseholdChanged,
        intake.PersonRegistered,
        intake.PersonVoided,
        referrals.GroupClosed,
        referrals.GroupCorrected,
        referrals.GroupFormed,
        referrals.GroupHeld,
        referrals.GroupVoided,
        referrals.OrganisationCapacityChanged,
        referrals.OrganisationClosed,
        referrals.OrganisationCorrected,
        referrals.OrganisationRegistered,
        referrals.OrganisationReinstated,
        referrals.OrganisationSuspended,
        referrals.OrganisationVoided,
        referrals.ProposalConfirmed,
        referrals.ProposalDeclined,
        referrals.ProposalMade,
        referrals.ProposalWithdrawn,
        referrals.StewardAppointed,
        referrals.StewardRemoved,
        grants.FundsCommitted,
        grants.FundsReleased,
        grants.FundsReserved,
        grants.FundsSpent,
        grants.ProgrammeClosed,
        grants.ProgrammeCorrected,
        grants.ProgrammeOpened,
        grants.ProgrammeVoided,
    }
)
"""Hand-overs, people, households, organisations, groups, and the budgets of our own programmes."""

NOT_FOR_MONEY: frozenset[type[Event]] = frozenset(
    {
        intake.CaseAccessGranted,
        intake.CaseAccessRefused,
        intake.CaseAccessRequested,
        intake.CaseAgeEvaluated,
        intake.CaseConflictDeclared,
        intake.CaseConflictEnded,
        intake.CaseGlassBroken,
        intake.CaseGlassEnded,
        intake.CaseReadingOpened,
        intake.CaseReadingEnded,
        intake.CaseInformed,
        intake.CaseInformingEnded,
        intake.CaseTransferDeclined,
        intake.CaseTransferOffered,
        intake.CaseTransferWithdrawn,
        intake.StayCorrected,
        intake.StayExpected,
        intake.StayProvisionCorrected,
        intake.StayProvisionRecorded,
        intake.StayProvisionVoided,
        intake.StayTravelArranged,
        intake.StayUrgentNeedsChecked,
        intake.StayVoided,
        referrals.FollowupCancelled,
        referrals.FollowupCorrected,
        referrals.FollowupPlanned,
        referrals.FollowupVoided,
        referrals.MembershipAttended,
        referrals.MembershipCorrected,
        referrals.MembershipJoined,
        referrals.MembershipLeft,
        referrals.MembershipVoided,
        referrals.PlanCorrected,
        referrals.ServiceReferralAccepted,
        referrals.ServiceReferralAcknowledged,
        referrals.ServiceReferralCorrected,
        referrals.ServiceReferralSharingEnded,
        referrals.ServiceReferralWithdrawalAcknowledged,
        referrals.ServiceReferralDrafted,
        referrals.ServiceReferralExpired,
        referrals.ServiceReferralRejected,
        referrals.ServiceReferralRevoked,
        referrals.ServiceReferralSent,
        screening.BestInterestsAssigned,
        screening.BestInterestsConfirmed,
        screening.BestInterestsObjected,
        screening.BestInterestsProposed,
        screening.BestInterestsReleased,
        screening.BestInterestsWithdrawn,
        screening.BestInterestsCorrected,
        screening.BestInterestsDecided,
        screening.BestInterestsReopened,
        screening.BestInterestsRequired,
        screening.BestInterestsVoided,
        screening.DeterminationAssigned,
        screening.DeterminationReleased,
        screening.DeterminationCorrected,
        screening.DeterminationProposed,
        screening.DeterminationRejected,
        screening.OfficialFindingCorrected,
        screening.OfficialFindingRecorded,
        screening.OfficialFindingVoided,
        screening.DeterminationReviewOpened,
        screening.DeterminationSuggested,
        screening.InterviewAnswersRecorded,
        screening.InterviewAssigned,
        screening.InterviewCompleted,
        screening.InterviewCorrected,
        screening.InterviewOpened,
        screening.InterviewPaused,
        screening.InterviewRefused,
        screening.InterviewReleased,
        screening.InterviewResumed,
        screening.InterviewStarted,
        screening.InterviewStopped,
        screening.InterviewVoided,
    }
)
"""Facts that neither open nor close the way to a grant. Relations are kept of them all the same."""

OWN_CASE_FACTS: tuple[type[Event], ...] = (
    grants.ApplicationAgreementSigned,
    grants.ApplicationAssessed,
    grants.ApplicationAssigned,
    grants.ApplicationCorrected,
    grants.ApplicationDeferred,
    grants.ApplicationEligibilityChecked,
    grants.ApplicationHolderExcepted,
    grants.ApplicationReleased,
    grants.ApplicationRevisionRequested,
    grants.ApplicationSentToCommittee,
    grants.ApplicationSubmitted,
    grants.ApplicationVoted,
    grants.BusinessCeased,
    grants.BusinessCorrected,
    grants.BusinessPlanned,
    grants.BusinessVoided,
    grants.InstalmentCorrected,
    grants.InstalmentEvidenced,
    grants.InstalmentPlanned,
    grants.InstalmentReceiptAdded,
    grants.InstalmentReceiptStruck,
    grants.InstalmentReleased,
)
"""Our own facts that move nothing here and stand in the timeline."""


def at(stage: str) -> Step:
    """The grant is that far now."""

    def step(facet: view.GrantsFacet, _: Event) -> view.GrantsFacet:
        return facet.but(stage=stage)

    return step


def counted(name: str) -> Step:
    """One more of these."""

    def step(facet: view.GrantsFacet, _: Event) -> view.GrantsFacet:
        return facet.but(**{name: getattr(facet, name) + 1})

    return step


def approved(facet: view.GrantsFacet, _: grants.ApplicationApproved) -> view.GrantsFacet:
    return facet.but(stage="approved", approved=facet.approved + 1)


def stopped(name: str) -> Step:
    """Of what the fact names by that field, nothing is paid."""

    def step(facet: view.GrantsFacet, event: Event) -> view.GrantsFacet:
        return facet.but(stopped=tuple(sorted({*facet.stopped, getattr(event, name)})))

    return step


def goes_on(name: str) -> Step:
    """It may be paid again."""

    def step(facet: view.GrantsFacet, event: Event) -> view.GrantsFacet:
        return facet.but(stopped=tuple(ref for ref in facet.stopped if ref != getattr(event, name)))

    return step


def ended(facet: view.GrantsFacet, event: Event) -> view.GrantsFacet:
    """The grant is over, and no more of it is paid."""
    return facet.but(stage="ended", stopped=stopped("application_ref")(facet, event).stopped)


MOVING: dict[type[Event], Step] = {
    grants.ApplicationDrafted: at("applying"),
    grants.ApplicationApproved: approved,
    grants.ApplicationDisbursing: at("disbursing"),
    grants.ApplicationActive: at("active"),
    grants.ApplicationCompleted: at("completed"),
    grants.ApplicationRejected: at("ended"),
    **dict.fromkeys((grants.ApplicationTerminated, grants.ApplicationCancelled, grants.ApplicationVoided), ended),
    grants.ApplicationSuspended: stopped("application_ref"),
    grants.ApplicationResumed: goes_on("application_ref"),
    **dict.fromkeys(
        (grants.InstalmentHeld, grants.InstalmentCancelled, grants.InstalmentVoided), stopped("instalment_ref")
    ),
    grants.InstalmentResumed: goes_on("instalment_ref"),
    grants.InstalmentPaid: counted("paid"),
    grants.InstalmentReconciled: counted("reconciled"),
    grants.BusinessChecked: counted("visits"),
}

OWN = Facet(view.GrantsFacet, {**dict.fromkeys(OWN_CASE_FACTS, view.noted), **MOVING}, view.still_paid)


def stage(facets: Facets) -> str:
    """How far the latest grant of the case is."""
    return facets.of(view.GrantsFacet).stage


def following(facets: Facets) -> tuple[str, ...]:
    """What grants may do next in this case."""
    case = facets.of(view.IntakeFacet)
    may_apply = case.opened and not case.closed and not case.missing and facets.of(view.ScreeningFacet).entitlements
    return ("draftApplication",) if may_apply and stage(facets) in ("none", "completed", "ended") else ()


JOURNEY = Journey(
    source="grants",
    facets={
        "intake": view.INTAKE,
        "screening": view.SCREENING,
        "referrals": view.REFERRALS,
        "referrals/organisation": LEAVING,
        "grants": OWN,
    },
    ignores=NOT_A_CASE | NOT_FOR_MONEY,
    stage=stage,
    next=following,
)
