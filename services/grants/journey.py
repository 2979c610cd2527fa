"""The case as grants sees it: that somebody may receive a grant, and how far the grant is."""

from services.grants import facets as view
from shared.contracts import intake, referrals, screening
from shared.contracts.catalogue import CATALOGUE
from shared.journey import Facets, Journey
from shared.model import Event

NOT_A_CASE = frozenset(kind for kind in CATALOGUE.values() if kind.stream != "case")
"""Hand-overs, people, households, organisations, groups, and the budgets of our own programmes."""

NOT_FOR_MONEY: frozenset[type[Event]] = frozenset(
    {
        intake.CaseAgeEvaluated,
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
        referrals.ServiceReferralDrafted,
        referrals.ServiceReferralExpired,
        referrals.ServiceReferralRejected,
        referrals.ServiceReferralRevoked,
        referrals.ServiceReferralSent,
        screening.BestInterestsCorrected,
        screening.BestInterestsDecided,
        screening.BestInterestsReopened,
        screening.BestInterestsRequired,
        screening.BestInterestsVoided,
        screening.DeterminationAssigned,
        screening.DeterminationCorrected,
        screening.DeterminationProposed,
        screening.DeterminationRejected,
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
        "grants": view.OWN,
    },
    ignores=NOT_A_CASE | NOT_FOR_MONEY,
    stage=stage,
    next=following,
)
