"""Screening's own view of a case: its steps by its own facts, and what intake told of the person.

Of referrals only the directory is heard: which body somebody decides for. What happens with a finding afterwards must
not colour it.
"""

from services.screening import facets as view
from services.screening.facets import InterviewView
from shared.contracts import grants, intake, referrals, screening
from shared.journey import Facet, Facets, Journey
from shared.journey.register import STEPS
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
    }
)
"""Hand-overs, people and households."""

AFTERWARDS: frozenset[type[Event]] = frozenset(
    {
        referrals.FollowupCancelled,
        referrals.FollowupCorrected,
        referrals.FollowupDone,
        referrals.FollowupMissed,
        referrals.FollowupPlanned,
        referrals.FollowupVoided,
        referrals.GoalCorrected,
        referrals.GoalEnded,
        referrals.GoalSet,
        referrals.GoalVoided,
        referrals.GroupClosed,
        referrals.GroupCorrected,
        referrals.GroupFormed,
        referrals.GroupHeld,
        referrals.GroupVoided,
        referrals.MembershipAttended,
        referrals.MembershipCorrected,
        referrals.MembershipJoined,
        referrals.MembershipLeft,
        referrals.MembershipVoided,
        referrals.OrganisationCapacityChanged,
        referrals.OrganisationReinstated,
        referrals.OrganisationSuspended,
        referrals.ProposalConfirmed,
        referrals.ProposalDeclined,
        referrals.ProposalMade,
        referrals.ProposalWithdrawn,
        referrals.StewardAppointed,
        referrals.StewardRemoved,
        referrals.PlanAgreed,
        referrals.PlanAssigned,
        referrals.PlanBegun,
        referrals.PlanClosed,
        referrals.PlanCorrected,
        referrals.PlanOpened,
        referrals.PlanReleased,
        referrals.PlanReopened,
        referrals.PlanVoided,
        referrals.ServiceReferralAccepted,
        referrals.ServiceReferralAcknowledged,
        referrals.ServiceReferralCompleted,
        referrals.ServiceReferralCorrected,
        referrals.ServiceReferralSharingEnded,
        referrals.ServiceReferralWithdrawalAcknowledged,
        referrals.ServiceReferralDelivered,
        referrals.ServiceReferralDrafted,
        referrals.ServiceReferralExpired,
        referrals.ServiceReferralNotCompleted,
        referrals.ServiceReferralRejected,
        referrals.ServiceReferralRevoked,
        referrals.ServiceReferralSent,
        referrals.ServiceReferralVoided,
        grants.ApplicationActive,
        grants.ApplicationAgreementSigned,
        grants.ApplicationApproved,
        grants.ApplicationAssessed,
        grants.ApplicationAssigned,
        grants.ApplicationCancelled,
        grants.ApplicationCompleted,
        grants.ApplicationCorrected,
        grants.ApplicationDeferred,
        grants.ApplicationDisbursing,
        grants.ApplicationDrafted,
        grants.ApplicationEligibilityChecked,
        grants.ApplicationHolderExcepted,
        grants.ApplicationRejected,
        grants.ApplicationReleased,
        grants.ApplicationResumed,
        grants.ApplicationRevisionRequested,
        grants.ApplicationSentToCommittee,
        grants.ApplicationSubmitted,
        grants.ApplicationSuspended,
        grants.ApplicationTerminated,
        grants.ApplicationVoided,
        grants.ApplicationVoted,
        grants.BusinessCeased,
        grants.BusinessChecked,
        grants.BusinessCorrected,
        grants.BusinessPlanned,
        grants.BusinessVoided,
        grants.FundsCommitted,
        grants.FundsReleased,
        grants.FundsReserved,
        grants.FundsSpent,
        grants.InstalmentCancelled,
        grants.InstalmentCorrected,
        grants.InstalmentEvidenced,
        grants.InstalmentHeld,
        grants.InstalmentPaid,
        grants.InstalmentPlanned,
        grants.InstalmentReceiptAdded,
        grants.InstalmentReceiptStruck,
        grants.InstalmentReconciled,
        grants.InstalmentReleased,
        grants.InstalmentResumed,
        grants.InstalmentVoided,
        grants.ProgrammeClosed,
        grants.ProgrammeCorrected,
        grants.ProgrammeOpened,
        grants.ProgrammeVoided,
    }
)
"""Help and money. They follow from a finding and never lead to one."""

WITHOUT_EFFECT: frozenset[type[Event]] = frozenset(
    {
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
        intake.ConsentRefused,
        intake.StayCorrected,
        intake.StayDeparted,
        intake.StayExpected,
        intake.StayFound,
        intake.StayHandedOver,
        intake.StayLeftEarly,
        intake.StayMissing,
        intake.StayProvisionCorrected,
        intake.StayProvisionRecorded,
        intake.StayProvisionVoided,
        intake.StayTravelArranged,
        intake.StayVoided,
        screening.BestInterestsAssigned,
        screening.BestInterestsConfirmed,
        screening.BestInterestsReleased,
        screening.InterviewAnswersRecorded,
        screening.InterviewAssigned,
        screening.InterviewCorrected,
        screening.InterviewReleased,
        screening.DeterminationAssigned,
        screening.DeterminationReleased,
        screening.DeterminationCorrected,
        screening.OfficialFindingCorrected,
        screening.OfficialFindingRecorded,
        screening.OfficialFindingVoided,
    }
)
"""Facts that change nothing for an interview or a decision. Relations are kept of them all the same."""


def registered(
    facet: view.DirectoryFacet, event: referrals.OrganisationRegistered | referrals.OrganisationCorrected
) -> view.DirectoryFacet:
    """The directory says of which kind an organisation is."""
    return facet.but(kind=event.kind)


def struck_out(facet: view.DirectoryFacet, _: object) -> view.DirectoryFacet:
    """The entry is closed, or was made in error."""
    return facet.but(kind=None)


def authority_of_both(before: view.DirectoryFacet, now: view.DirectoryFacet) -> view.DirectoryFacet:
    """The directory lost facts: an organisation speaks as what it was registered before and is now, or as nothing."""
    return now if before.kind == now.kind else now.but(kind=None)


DIRECTORY = Facet(
    view.DirectoryFacet,
    {
        referrals.OrganisationRegistered: registered,
        referrals.OrganisationCorrected: registered,
        referrals.OrganisationClosed: struck_out,
        referrals.OrganisationVoided: struck_out,
        **STEPS,
    },
    authority_of_both,
)


def stage(facets: Facets) -> str:
    """Where the case is on its way from admission to a receiver. Never stored, never told."""
    own, known = facets.of(view.ScreeningFacet), facets.of(view.IntakeFacet)
    reached = (
        ("under_review", own.under_review),
        ("best_interests", own.best_interests_open),
        ("determined", bool(own.determined)),
        ("deciding", bool(own.suggested)),
        ("interviewed", own.interview in (InterviewView.COMPLETED, InterviewView.REFUSED, InterviewView.STOPPED)),
        ("interview", own.interview in (InterviewView.IN_PROGRESS, InterviewView.PAUSED)),
        ("to_be_interviewed", own.interview is InterviewView.OPENED),
        ("admitted", known.centre is not None),
    )
    return next((name for name, here in reached if here), "awaited")


def following(facets: Facets) -> tuple[str, ...]:
    """What screening may do next for this case."""
    own, known = facets.of(view.ScreeningFacet), facets.of(view.IntakeFacet)
    may_ask = known.urgent_needs_met and known.agreed(intake.ConsentPurpose.INTERVIEW)
    ended = own.interview in (InterviewView.COMPLETED, InterviewView.REFUSED, InterviewView.STOPPED)
    chances = (
        ("startInterview", own.interview is InterviewView.OPENED and may_ask),
        ("refuseInterview", own.interview is InterviewView.OPENED),
        ("completeInterview", own.interview is InterviewView.IN_PROGRESS),
        ("resumeInterview", own.interview is InterviewView.PAUSED and may_ask),
        ("suggestDetermination", ended and not own.suggested),
        ("makeDetermination", bool(own.suggested) and not own.determined and not own.proposed),
        ("confirmDetermination", own.proposed),
        ("amendDetermination", own.under_review and not own.proposed),
        ("reviewDetermination", bool(own.determined) and not own.under_review),
        ("proposeBestInterests", own.best_interests_open and not own.best_interests_proposed),
        ("confirmBestInterests", own.best_interests_proposed),
    )
    return tuple(name for name, possible in chances if possible)


JOURNEY = Journey(
    source="screening",
    facets={"screening": view.OWN, "intake": view.INTAKE, "referrals/organisation": DIRECTORY},
    stage=stage,
    ignores=NOT_A_CASE | AFTERWARDS | WITHOUT_EFFECT,
    next=following,
)
