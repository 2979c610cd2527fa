"""Intake's own view of a case: home, bed and way home by its own facts; what others do, as far as intake acts on it.

A hand-over of a child waits for a fact that stands here, not in a table: screening's decision on the
receiver. Until it is heard there is none.
"""

from services.intake import facets as view
from services.intake.facets import Existence, InterviewView, PlanView, StayView
from shared.contracts import grants, intake, referrals, screening
from shared.journey import Facets, Journey
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
"""Hand-overs, people, households, organisations, groups and programmes: intake reads its own rows of them, or none."""

INNER_WORKINGS: frozenset[type[Event]] = frozenset(
    {
        screening.BestInterestsAssigned,
        screening.BestInterestsConfirmed,
        screening.BestInterestsObjected,
        screening.BestInterestsProposed,
        screening.BestInterestsReleased,
        screening.BestInterestsWithdrawn,
        screening.BestInterestsCorrected,
        screening.DeterminationCorrected,
        screening.DeterminationProposed,
        screening.DeterminationRejected,
        screening.OfficialFindingCorrected,
        screening.OfficialFindingRecorded,
        screening.OfficialFindingVoided,
        screening.DeterminationReleased,
        screening.DeterminationReviewOpened,
        screening.InterviewAnswersRecorded,
        screening.InterviewPaused,
        screening.InterviewResumed,
        referrals.FollowupCancelled,
        referrals.FollowupCorrected,
        referrals.FollowupVoided,
        referrals.GoalCorrected,
        referrals.GoalEnded,
        referrals.GoalSet,
        referrals.GoalVoided,
        referrals.MembershipAttended,
        referrals.MembershipCorrected,
        referrals.MembershipLeft,
        referrals.MembershipVoided,
        referrals.PlanCorrected,
        referrals.ServiceReferralAcknowledged,
        referrals.ServiceReferralCorrected,
        referrals.ServiceReferralDrafted,
        grants.ApplicationActive,
        grants.ApplicationAgreementSigned,
        grants.ApplicationAssessed,
        grants.ApplicationCorrected,
        grants.ApplicationDeferred,
        grants.ApplicationDisbursing,
        grants.ApplicationDrafted,
        grants.ApplicationEligibilityChecked,
        grants.ApplicationHolderExcepted,
        grants.ApplicationResumed,
        grants.ApplicationRevisionRequested,
        grants.ApplicationSentToCommittee,
        grants.ApplicationSuspended,
        grants.ApplicationVoided,
        grants.ApplicationVoted,
        grants.BusinessCeased,
        grants.BusinessCorrected,
        grants.BusinessPlanned,
        grants.BusinessVoided,
        grants.InstalmentCancelled,
        grants.InstalmentCorrected,
        grants.InstalmentEvidenced,
        grants.InstalmentHeld,
        grants.InstalmentPlanned,
        grants.InstalmentReceiptAdded,
        grants.InstalmentReceiptStruck,
        grants.InstalmentReconciled,
        grants.InstalmentReleased,
        grants.InstalmentResumed,
        grants.InstalmentVoided,
    }
)
"""How another service comes to its results; intake acts on the results."""


def stage(facets: Facets) -> str:
    """Where the case is, by the stages of reintegration practice. Never stored, never told."""
    own, screened, plan = (
        facets.of(view.IntakeFacet),
        facets.of(view.ScreeningFacet),
        facets.of(view.ReferralsFacet),
    )
    home = own.stay in (StayView.HANDED_OVER, StayView.LEFT_EARLY)
    reached = (
        ("closed", own.existence in (Existence.CLOSED, Existence.VOIDED)),
        ("monitoring", home and plan.followups_done > 0),
        ("integration", home and plan.plan is PlanView.BEGUN),
        ("pre_integration", home or screened.determined),
        ("screening", screened.interview not in (InterviewView.NONE, InterviewView.OPENED)),
        ("transit", own.stay is not StayView.NONE),
    )
    return next((name for name, here in reached if here), "intake")


def following(facets: Facets) -> tuple[str, ...]:
    """What intake may do next for this case."""
    own, screened = facets.of(view.IntakeFacet), facets.of(view.ScreeningFacet)
    may_go = not own.is_minor or screened.decided
    here = own.stay is StayView.ADMITTED
    chances = (
        ("admitStay", own.existence is Existence.OPEN and own.stay in (StayView.NONE, StayView.EXPECTED)),
        ("checkUrgentNeeds", here and not own.urgent_needs_checked),
        ("arrangeTravel", here and own.escorted is None),
        ("depart", here and own.escorted is not None and may_go),
        ("handOver", own.stay in (StayView.ADMITTED, StayView.DEPARTED) and may_go),
        ("reportFound", own.stay is StayView.MISSING),
    )
    return tuple(name for name, possible in chances if possible)


JOURNEY = Journey(
    source="intake",
    facets={"intake": view.OWN, "screening": view.SCREENING, "referrals": view.REFERRALS, "grants": view.GRANTS}
    | {"referrals/organisation": LEAVING},
    stage=stage,
    ignores=NOT_A_CASE | INNER_WORKINGS,
    next=following,
)
