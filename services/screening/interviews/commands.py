"""What may be asked of an interview, and which of it each status allows."""

from typing import Annotated

from pydantic import Field

from services.screening.interviews.state import Language, Room, Source, Status, Value
from shared.clock import Moment
from shared.codes import CodeOf
from shared.given import GivenMonth
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef
from shared.model import C0, C3, Command, Correction, Given, Name, Narrative, StatusTable, left_out

PauseReason = Annotated[str, CodeOf("interview_pause_reason")]
StopReason = Annotated[str, CodeOf("interview_stop_reason")]
VoidReason = Annotated[str, CodeOf("void_reason")]


class OpenInterview(Command):
    """Somebody should be asked, if they agree."""

    ref: Ref | None = None
    case_ref: CaseRef


class AssignInterview(Command):
    """Give the interview to somebody."""

    staff_ref: StaffRef
    organisation_ref: OrganisationRef


class ReleaseInterview(Command):
    """The lead no longer does it."""

    reason: Annotated[str, CodeOf("release_reason")]


class StartInterview(Command):
    """Ask the first question. `observation_only`: too young to be asked, so only seen and heard from others."""

    room: Room
    observation_only: bool = False


class AnswerLine(Given):
    """One answer. `ref` is the client's: the same line sent twice is one answer."""

    ref: Ref
    question: C0[Annotated[Name, Field(max_length=60)]]
    value: C3[Value]
    source: C3[Source]
    effective_at: Moment | None = None
    quote: C3[Narrative | None] = None
    quote_language: Language | None = None


class RecordAnswers(Command):
    """Answers of the running sitting."""

    answers: Annotated[tuple[AnswerLine, ...], Field(min_length=1, max_length=300)]


class PauseInterview(Command):
    """Let it rest."""

    reason: PauseReason


class ResumeInterview(Command):
    """Go on in another sitting."""

    room: Room


class CompleteInterview(Command):
    """All was asked that the person wanted to answer."""

    first_month: GivenMonth | None = None
    last_month: GivenMonth | None = None


class RefuseInterview(Command):
    """The person does not want to be asked."""


class StopInterview(Command):
    """It ends before its end."""

    reason: StopReason
    first_month: GivenMonth | None = None
    last_month: GivenMonth | None = None


class CorrectInterview(Correction):
    """Put the months of exploitation right, and say why."""

    reason: Annotated[str, CodeOf("correction_reason")]
    first_month: GivenMonth | None = left_out()
    last_month: GivenMonth | None = left_out()


class VoidInterview(Command):
    """Entered in error."""

    reason: VoidReason


InterviewCommand = (
    OpenInterview
    | AssignInterview
    | ReleaseInterview
    | StartInterview
    | RecordAnswers
    | PauseInterview
    | ResumeInterview
    | CompleteInterview
    | RefuseInterview
    | StopInterview
    | CorrectInterview
    | VoidInterview
)

STATUSES = StatusTable(
    "interview",
    opening=frozenset({OpenInterview}),
    allowed={
        Status.OPENED: frozenset({AssignInterview, ReleaseInterview, StartInterview, RefuseInterview, VoidInterview}),
        Status.IN_PROGRESS: frozenset(
            {AssignInterview, RecordAnswers, PauseInterview, CompleteInterview, StopInterview, VoidInterview}
        ),
        Status.PAUSED: frozenset({AssignInterview, ReleaseInterview, ResumeInterview, StopInterview, VoidInterview}),
        Status.COMPLETED: frozenset({CorrectInterview, VoidInterview}),
        Status.STOPPED: frozenset({CorrectInterview, VoidInterview}),
        Status.REFUSED: frozenset({VoidInterview}),
        Status.VOIDED: frozenset(),
    },
    withheld={CompleteInterview: lambda row: not row["answers"]},
)
