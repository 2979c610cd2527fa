"""The case as referrals sees it: which facts it hears, which it does not, and the stage it makes of them.

Whatever belongs to a case's life is heard even where it changes nothing here, because it stands in the
timeline. How an interview went and how a committee voted is nobody's business here, and is ignored.
"""

from collections.abc import Iterable

from services.referrals import facets as view
from services.referrals.facets import GrantsFacet, IntakeFacet, ReferralsFacet, ScreeningFacet, noted
from services.referrals.plans import state as plans
from services.referrals.plans.commands import STATUSES
from shared.contracts import grants, intake, referrals, screening
from shared.journey import Facet, Facets, Journey, Step
from shared.journey.register import LEAVING
from shared.model import Event
from shared.statuses import next_operations


def _noted(*kinds: type[Event]) -> Iterable[tuple[type[Event], Step]]:
    return ((kind, noted) for kind in kinds)


INTAKE: dict[type[Event], Step] = {
    **dict(
        _noted(
            intake.CaseAccessGranted,
            intake.CaseAccessRefused,
            intake.CaseAccessRequested,
            intake.CaseAssigned,
            intake.CaseReleased,
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
            intake.StayExpected,
            intake.StayUrgentNeedsChecked,
            intake.StayProvisionRecorded,
            intake.StayProvisionCorrected,
            intake.StayProvisionVoided,
            intake.StayTravelArranged,
            intake.StayCorrected,
            intake.StayVoided,
        )
    ),
    intake.CaseOpened: view.opened,
    intake.CaseTransferAccepted: view.held,
    intake.CaseCorrected: view.put_right,
    intake.CaseAgeEvaluated: view.aged,
    **dict.fromkeys((intake.CaseClosed, intake.CaseVoided, intake.CaseErased), view.closed),
    intake.CaseReopened: view.reopened,
    intake.CaseHouseholdChanged: view.moved_household,
    intake.CaseCaregiverImplicated: view.implicated,
    intake.ConsentGranted: view.granted,
    intake.ConsentConfirmed: view.prolonged,
    intake.ConsentCorrected: view.prolonged,
    intake.ConsentWithdrawn: view.ended,
    intake.ConsentExpired: view.ended,
    intake.ConsentVoided: view.ended,
    intake.ConsentRefused: view.ended,
    intake.StayAdmitted: view.admitted,
    intake.StayDeparted: view.departed,
    intake.StayLeftEarly: view.departed,
    intake.StayHandedOver: view.handed_over,
    intake.StayMissing: view.missing,
    intake.StayFound: view.found,
}

SCREENING: dict[type[Event], Step] = {
    **dict(
        _noted(
            screening.InterviewOpened,
            screening.InterviewCompleted,
            screening.InterviewRefused,
            screening.InterviewStopped,
            screening.InterviewVoided,
            screening.BestInterestsAssigned,
            screening.BestInterestsConfirmed,
            screening.BestInterestsObjected,
            screening.BestInterestsProposed,
            screening.BestInterestsReleased,
            screening.BestInterestsWithdrawn,
            screening.BestInterestsRequired,
            screening.BestInterestsDecided,
            screening.BestInterestsReopened,
            screening.BestInterestsCorrected,
            screening.BestInterestsVoided,
            screening.DeterminationReviewOpened,
            screening.DeterminationCorrected,
        )
    ),
    screening.DeterminationSuggested: view.suggested,
    screening.DeterminationMade: view.determined,
    screening.DeterminationAmended: view.determined,
    screening.DeterminationVoided: view.determined,
}

GRANTS: dict[type[Event], Step] = {
    **dict(
        _noted(
            grants.ApplicationSubmitted,
            grants.ApplicationRejected,
            grants.ApplicationCancelled,
            grants.ApplicationSuspended,
            grants.ApplicationResumed,
            grants.ApplicationTerminated,
            grants.ApplicationCompleted,
            grants.BusinessPlanned,
            grants.BusinessChecked,
            grants.BusinessCeased,
            grants.BusinessCorrected,
            grants.BusinessVoided,
        )
    ),
    grants.ApplicationApproved: view.approved,
    grants.InstalmentPaid: view.paid,
}

OWN: dict[type[Event], Step] = {
    **dict(
        _noted(
            referrals.PlanAssigned,
            referrals.PlanReleased,
            referrals.PlanCorrected,
            referrals.GoalSet,
            referrals.GoalEnded,
            referrals.GoalCorrected,
            referrals.GoalVoided,
            referrals.ServiceReferralDrafted,
            referrals.ServiceReferralSent,
            referrals.ServiceReferralAcknowledged,
            referrals.ServiceReferralAccepted,
            referrals.ServiceReferralRejected,
            referrals.ServiceReferralCompleted,
            referrals.ServiceReferralNotCompleted,
            referrals.ServiceReferralRevoked,
            referrals.ServiceReferralExpired,
            referrals.ServiceReferralCorrected,
            referrals.ServiceReferralSharingEnded,
            referrals.ServiceReferralWithdrawalAcknowledged,
            referrals.ServiceReferralVoided,
            referrals.MembershipJoined,
            referrals.MembershipAttended,
            referrals.MembershipLeft,
            referrals.MembershipCorrected,
            referrals.MembershipVoided,
            referrals.FollowupCancelled,
            referrals.FollowupCorrected,
            referrals.FollowupVoided,
        )
    ),
    **dict.fromkeys(view.PLAN_AFTER, view.planned),
    referrals.ServiceReferralDelivered: view.helped,
    **dict.fromkeys((referrals.ServiceReferralRevoked, referrals.ServiceReferralVoided), view.taken_back),
    referrals.FollowupPlanned: view.visit_planned,
    referrals.FollowupDone: view.visited,
    referrals.FollowupMissed: view.missed,
}

IGNORED: frozenset[type[Event]] = frozenset(
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
        intake.HandoverConfirmed,
        intake.HandoverArrived,
        intake.HandoverReconciled,
        intake.HandoverClosed,
        intake.HandoverPostponed,
        intake.HandoverCancelled,
        intake.HandoverCorrected,
        intake.HandoverVoided,
        intake.LineAnswered,
        intake.LineReconciled,
        intake.LineCorrected,
        intake.LineVoided,
        intake.PersonHouseholdChanged,
        intake.PersonRegistered,
        intake.PersonCorrected,
        intake.PersonVoided,
        intake.HouseholdFormed,
        intake.HouseholdCorrected,
        intake.HouseholdVoided,
        intake.MemberAdded,
        intake.MemberLeft,
        screening.InterviewAssigned,
        screening.InterviewReleased,
        screening.InterviewStarted,
        screening.InterviewAnswersRecorded,
        screening.InterviewPaused,
        screening.InterviewResumed,
        screening.InterviewCorrected,
        screening.DeterminationAssigned,
        screening.DeterminationReleased,
        screening.DeterminationProposed,
        screening.DeterminationRejected,
        screening.OfficialFindingCorrected,
        screening.OfficialFindingRecorded,
        screening.OfficialFindingVoided,
        grants.ApplicationDrafted,
        grants.ApplicationAssigned,
        grants.ApplicationReleased,
        grants.ApplicationHolderExcepted,
        grants.ApplicationEligibilityChecked,
        grants.ApplicationAssessed,
        grants.ApplicationSentToCommittee,
        grants.ApplicationVoted,
        grants.ApplicationRevisionRequested,
        grants.ApplicationDeferred,
        grants.ApplicationAgreementSigned,
        grants.ApplicationDisbursing,
        grants.ApplicationActive,
        grants.ApplicationCorrected,
        grants.ApplicationVoided,
        grants.InstalmentPlanned,
        grants.InstalmentReleased,
        grants.InstalmentReceiptAdded,
        grants.InstalmentReceiptStruck,
        grants.InstalmentEvidenced,
        grants.InstalmentReconciled,
        grants.InstalmentHeld,
        grants.InstalmentResumed,
        grants.InstalmentCancelled,
        grants.InstalmentCorrected,
        grants.InstalmentVoided,
        grants.ProgrammeOpened,
        grants.ProgrammeClosed,
        grants.ProgrammeCorrected,
        grants.ProgrammeVoided,
        grants.FundsReserved,
        grants.FundsCommitted,
        grants.FundsSpent,
        grants.FundsReleased,
        referrals.OrganisationRegistered,
        referrals.OrganisationCapacityChanged,
        referrals.OrganisationSuspended,
        referrals.OrganisationReinstated,
        referrals.OrganisationClosed,
        referrals.OrganisationCorrected,
        referrals.OrganisationVoided,
        referrals.GroupFormed,
        referrals.GroupHeld,
        referrals.GroupClosed,
        referrals.GroupCorrected,
        referrals.GroupVoided,
        referrals.ProposalConfirmed,
        referrals.ProposalDeclined,
        referrals.ProposalMade,
        referrals.ProposalWithdrawn,
        referrals.StewardAppointed,
        referrals.StewardRemoved,
    }
)


def stage(facets: Facets) -> str:
    """Where the case is, as far as referrals can see."""
    home, own = facets.of(IntakeFacet), facets.of(ReferralsFacet)
    if own.plan is plans.Status.CLOSED or home.closed:
        return "closed"
    if home.home_on is not None:
        return "monitoring" if own.visits_done or own.visits_missed else "integration"
    if own.plan in (plans.Status.AGREED, plans.Status.ACTIVE):
        return "pre_integration"
    return "transit" if home.admitted else "intake"


def next_steps(facets: Facets) -> tuple[str, ...]:
    """What the plan may be asked now."""
    own = facets.of(ReferralsFacet)
    return ("openPlan",) if own.plan is None else next_operations(STATUSES, own.plan)


JOURNEY = Journey(
    source="referrals",
    facets={
        "intake": Facet(IntakeFacet, INTAKE, view.protected),
        "screening": Facet(ScreeningFacet, SCREENING, view.still_handled),
        "grants": Facet(GrantsFacet, GRANTS),
        "referrals": Facet(ReferralsFacet, OWN, view.still_taken_back),
        "referrals/organisation": LEAVING,
    },
    ignores=IGNORED,
    stage=stage,
    next=next_steps,
)
