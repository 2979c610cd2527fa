"""What may be asked of an interview. The fields of a command are the body of its request."""

from typing import Annotated

from pydantic import Field

from services.screening.interviews.state import Language, Room, Source, Value
from shared.clock import Moment
from shared.codes import CodeOf
from shared.given import GivenMonth
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef
from shared.model import C0, C3, Command, Correction, Given, Name, Narrative, left_out

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

    effective_at: Moment | None = None
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

    effective_at: Moment | None = None
    reason: PauseReason


class ResumeInterview(Command):
    """Go on in another sitting."""

    effective_at: Moment | None = None
    room: Room


class CompleteInterview(Command):
    """All was asked that the person wanted to answer."""

    effective_at: Moment | None = None
    first_month: GivenMonth | None = None
    last_month: GivenMonth | None = None


class RefuseInterview(Command):
    """The person does not want to be asked."""

    effective_at: Moment | None = None


class StopInterview(Command):
    """It ends before its end."""

    effective_at: Moment | None = None
    reason: StopReason
    first_month: GivenMonth | None = None
    last_month: GivenMonth | None = None


class CorrectInterview(Correction):
    """Put the months of exploitation right."""

    first_month: GivenMonth | None = left_out()
    last_month: GivenMonth | None = left_out()


class VoidInterview(Command):
    """Entered in error."""

    reason: VoidReason
