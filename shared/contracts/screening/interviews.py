"""Facts of an interview. What was asked and answered never leaves screening; when exploitation began and ended does,
as months, because only intake can say whether that was a child.
"""

from typing import Annotated, ClassVar

from shared.codes import CodeOf
from shared.contracts.leaves import Assigned, Count, Day, Month, Released
from shared.contracts.screening.terms import VoidReason
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.model import Event


class _OfInterview(Event):
    stream: ClassVar[str] = "case"
    case_ref: CaseRef
    interview_ref: Ref


class InterviewOpened(_OfInterview):
    """Somebody who was admitted will be asked, if they agree."""

    type: ClassVar[str] = "screening.interview.opened.v1"
    organisation_ref: OrganisationRef
    day: Day


class InterviewAssigned(Assigned, _OfInterview):
    """Somebody now leads the interview."""

    type: ClassVar[str] = "screening.interview.assigned.v1"


class InterviewReleased(Released, _OfInterview):
    """Somebody no longer leads the interview."""

    type: ClassVar[str] = "screening.interview.released.v1"


class InterviewStarted(_OfInterview):
    """The first question was asked, with consent and after urgent needs were met."""

    type: ClassVar[str] = "screening.interview.started.v1"
    day: Day


class InterviewAnswersRecorded(_OfInterview):
    """Answers were written down in a sitting; how many, never which."""

    type: ClassVar[str] = "screening.interview.answers_recorded.v1"
    sitting: Count
    answers: Count


class InterviewPaused(_OfInterview):
    """The interview rests."""

    type: ClassVar[str] = "screening.interview.paused.v1"
    reason: Annotated[str, CodeOf("interview_pause_reason")]


class InterviewResumed(_OfInterview):
    """The interview goes on in another sitting."""

    type: ClassVar[str] = "screening.interview.resumed.v1"
    sitting: Count


class InterviewCompleted(_OfInterview):
    """All that the person wanted to say was asked; the months in which exploitation began and ended, where known."""

    type: ClassVar[str] = "screening.interview.completed.v1"
    day: Day
    sittings: Count
    first_month: Month | None = None
    last_month: Month | None = None


class InterviewRefused(_OfInterview):
    """The person does not want to be asked. Every kind of help stays open."""

    type: ClassVar[str] = "screening.interview.refused.v1"
    day: Day


class InterviewStopped(_OfInterview):
    """The interview ended before its end."""

    type: ClassVar[str] = "screening.interview.stopped.v1"
    day: Day
    reason: Annotated[str, CodeOf("interview_stop_reason")]
    first_month: Month | None = None
    last_month: Month | None = None


class InterviewCorrected(_OfInterview):
    """The months of exploitation were put right, and why."""

    type: ClassVar[str] = "screening.interview.corrected.v1"
    day: Day
    first_month: Month | None = None
    last_month: Month | None = None
    reason: Annotated[str, CodeOf("correction_reason")] | None = None


class InterviewVoided(_OfInterview):
    """The interview was entered in error."""

    type: ClassVar[str] = "screening.interview.voided.v1"
    reason: VoidReason
