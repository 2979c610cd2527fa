"""The events of screening: that somebody was asked, that somebody decided, and to whom a child may go.

No event says what was found. Grants and referrals gate on entitlements, everybody heeds handling instructions, and the
cause of both stays in screening.
"""

from shared.contracts.screening.best_interests import (
    BestInterestsCorrected,
    BestInterestsDecided,
    BestInterestsReopened,
    BestInterestsRequired,
    BestInterestsVoided,
)
from shared.contracts.screening.determinations import (
    DeterminationAmended,
    DeterminationAssigned,
    DeterminationCorrected,
    DeterminationMade,
    DeterminationProposed,
    DeterminationRejected,
    DeterminationReleased,
    DeterminationReviewOpened,
    DeterminationSuggested,
    DeterminationVoided,
)
from shared.contracts.screening.interviews import (
    InterviewAnswersRecorded,
    InterviewAssigned,
    InterviewCompleted,
    InterviewCorrected,
    InterviewOpened,
    InterviewPaused,
    InterviewRefused,
    InterviewReleased,
    InterviewResumed,
    InterviewStarted,
    InterviewStopped,
    InterviewVoided,
)
from shared.contracts.screening.official_findings import (
    OfficialFindingCorrected,
    OfficialFindingRecorded,
    OfficialFindingVoided,
)
from shared.contracts.screening.terms import (
    AmendmentReason,
    Body,
    Entitlement,
    Handling,
    ReceiverKind,
    VoidReason,
)

__all__ = [
    "AmendmentReason",
    "BestInterestsCorrected",
    "BestInterestsDecided",
    "BestInterestsReopened",
    "BestInterestsRequired",
    "BestInterestsVoided",
    "Body",
    "DeterminationAmended",
    "DeterminationAssigned",
    "DeterminationCorrected",
    "DeterminationMade",
    "DeterminationProposed",
    "DeterminationRejected",
    "DeterminationReleased",
    "DeterminationReviewOpened",
    "DeterminationSuggested",
    "DeterminationVoided",
    "Entitlement",
    "Handling",
    "InterviewAnswersRecorded",
    "InterviewAssigned",
    "InterviewCompleted",
    "InterviewCorrected",
    "InterviewOpened",
    "InterviewPaused",
    "InterviewRefused",
    "InterviewReleased",
    "InterviewResumed",
    "InterviewStarted",
    "InterviewStopped",
    "InterviewVoided",
    "OfficialFindingCorrected",
    "OfficialFindingRecorded",
    "OfficialFindingVoided",
    "ReceiverKind",
    "VoidReason",
]
