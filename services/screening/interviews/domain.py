"""The rules of an interview: needs before questions, in private, with consent, in as many sittings as it takes.

The surprise: whoever refuses is never asked why, and nothing else depends on it. An interview is judged by who may be
in the room; what the answers mean is not its affair.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from services.screening.interviews import commands
from services.screening.interviews.state import Interview, Room, Source, Status
from shared.contracts import screening as told
from shared.contracts.leaves import Month
from shared.errors import Refused
from shared.ids import OrganisationRef, Ref, StaffRef
from shared.model import Command, Decided, Event, StatusTable

NEVER_IN_THE_ROOM = frozenset({"FAMILY_MEMBER", "GROUP_LEADER", "FELLOW_TRAVELLER"})
SUPPORT = frozenset({"SUPPORT_PERSON", "SOCIAL_WORKER", "SOCIAL_AFFAIRS_OFFICER"})

WITHOUT_ASKING = frozenset({Source.OBSERVED, Source.THIRD_PARTY})
"""All that is left below the age at which anybody is interviewed."""

STATUSES = StatusTable(
    "interview",
    opening=frozenset({commands.OpenInterview}),
    allowed={
        Status.OPENED: frozenset(
            {
                commands.AssignInterview,
                commands.ReleaseInterview,
                commands.StartInterview,
                commands.RefuseInterview,
                commands.VoidInterview,
            }
        ),
        Status.IN_PROGRESS: frozenset(
            {
                commands.AssignInterview,
                commands.RecordAnswers,
                commands.PauseInterview,
                commands.CompleteInterview,
                commands.StopInterview,
                commands.VoidInterview,
            }
        ),
        Status.PAUSED: frozenset(
            {
                commands.AssignInterview,
                commands.ReleaseInterview,
                commands.ResumeInterview,
                commands.StopInterview,
                commands.VoidInterview,
            }
        ),
        Status.COMPLETED: frozenset({commands.CorrectInterview, commands.VoidInterview}),
        Status.STOPPED: frozenset({commands.CorrectInterview, commands.VoidInterview}),
        Status.REFUSED: frozenset({commands.VoidInterview}),
        Status.VOIDED: frozenset(),
    },
)


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    ref: Ref
    day: date
    organisation_ref: OrganisationRef
    urgent_needs_met: bool = False
    consent_held: bool = False
    child: bool = True
    too_young_to_ask: bool = False
    caregiver_implicated: bool = False
    form: str = ""
    stored: int = 0
    case_has_one: bool = False


def decide(state: Interview | None, command: Command, facts: Facts) -> Decided[Interview]:
    """What becomes of an interview."""
    if state is not None and _holds(state, command):
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, commands.OpenInterview):
        return _open(command, facts)
    assert state is not None
    match command:
        case commands.AssignInterview() | commands.ReleaseInterview():
            return _staff(state, command, facts)
        case commands.StartInterview() | commands.ResumeInterview():
            return _sit_down(state, command, facts)
        case commands.RecordAnswers():
            return _record(state, facts)
        case commands.PauseInterview(reason=reason):
            paused = told.InterviewPaused(case_ref=state.case_ref, interview_ref=facts.ref, reason=reason)
            return Decided(state.but(status=Status.PAUSED), (paused,))
        case commands.CompleteInterview() | commands.StopInterview() | commands.RefuseInterview():
            return _end(state, command, facts)
        case commands.CorrectInterview():
            return _correct(state, command, facts)
    assert isinstance(command, commands.VoidInterview)
    voided = told.InterviewVoided(case_ref=state.case_ref, interview_ref=facts.ref, reason=command.reason)
    return Decided(state.but(status=Status.VOIDED), (voided,))


def line_refusal(state: Interview, line: commands.AnswerLine, questions: frozenset[str]) -> str | None:
    """Why a line cannot be taken, as a code; None when it can."""
    if line.question not in questions:
        return "question_unknown"
    if state.observation_only and line.source not in WITHOUT_ASKING:
        return "too_young_to_be_asked"
    if line.quote is not None and line.quote_language is None:
        return "quote_without_language"
    return None


def _holds(state: Interview, command: Command) -> bool:
    """The same again, when it is so already, decides nothing."""
    match command:
        case commands.OpenInterview(case_ref=case_ref):
            return state.case_ref == case_ref
        case commands.AssignInterview(staff_ref=staff, organisation_ref=organisation):
            return (state.lead, state.lead_organisation_ref) == (staff, organisation)
        case commands.RefuseInterview():
            return state.status is Status.REFUSED
        case _:
            return False


def _open(command: commands.OpenInterview, facts: Facts) -> Decided[Interview]:
    if facts.case_has_one:
        raise Refused("case_has_an_interview")
    interview = Interview(
        case_ref=command.case_ref, organisation_ref=facts.organisation_ref, status=Status.OPENED, opened=facts.day
    )
    opened = told.InterviewOpened(
        case_ref=command.case_ref, interview_ref=facts.ref, organisation_ref=facts.organisation_ref, day=facts.day
    )
    return Decided(interview, (opened,))


def _staff(
    state: Interview, command: commands.AssignInterview | commands.ReleaseInterview, facts: Facts
) -> Decided[Interview]:
    released: tuple[Event, ...] = ()
    if state.lead is not None and state.lead_organisation_ref is not None:
        released = (_relation(told.InterviewReleased, state, facts, state.lead, state.lead_organisation_ref),)
    if isinstance(command, commands.ReleaseInterview):
        if not released:
            raise Refused("nobody_assigned")
        return Decided(state.but(lead=None, lead_organisation_ref=None), released)
    staff, organisation = command.staff_ref, command.organisation_ref
    assigned = _relation(told.InterviewAssigned, state, facts, staff, organisation)
    return Decided(state.but(lead=staff, lead_organisation_ref=organisation), (*released, assigned))


def _relation(
    kind: type[told.InterviewAssigned] | type[told.InterviewReleased],
    state: Interview,
    facts: Facts,
    staff: StaffRef,
    organisation: OrganisationRef,
) -> Event:
    return kind(
        case_ref=state.case_ref,
        interview_ref=facts.ref,
        staff_ref=staff,
        organisation_ref=organisation,
        kind="SCREENING",
    )


def _sit_down(
    state: Interview, command: commands.StartInterview | commands.ResumeInterview, facts: Facts
) -> Decided[Interview]:
    if not facts.urgent_needs_met:
        raise Refused("urgent_needs_first")
    if not facts.consent_held:
        raise Refused("consent_needed", purpose="INTERVIEW")
    _check_room(command.room, facts)
    sitting = state.sitting + 1
    sat = state.but(status=Status.IN_PROGRESS, sitting=sitting, room=command.room)
    if isinstance(command, commands.ResumeInterview):
        resumed = told.InterviewResumed(case_ref=state.case_ref, interview_ref=facts.ref, sitting=sitting)
        return Decided(sat, (resumed,))
    if facts.too_young_to_ask and not command.observation_only:
        raise Refused("too_young_to_be_asked")
    started = told.InterviewStarted(case_ref=state.case_ref, interview_ref=facts.ref, day=facts.day)
    return Decided(sat.but(form=facts.form, observation_only=command.observation_only), (started,))


def _check_room(room: Room, facts: Facts) -> None:
    present = set(room.present)
    if room.interpreter_of_same_group:
        raise Refused("interpreter_from_same_group")
    if present & NEVER_IN_THE_ROOM or (facts.caregiver_implicated and "CAREGIVER" in present):
        raise Refused("not_in_private")
    if facts.child and not present & SUPPORT:
        raise Refused("support_person_needed")


def _record(state: Interview, facts: Facts) -> Decided[Interview]:
    if not facts.stored:
        return Decided(state)
    recorded = told.InterviewAnswersRecorded(
        case_ref=state.case_ref, interview_ref=facts.ref, sitting=state.sitting, answers=facts.stored
    )
    return Decided(state.but(answers=state.answers + facts.stored), (recorded,))


def _end(
    state: Interview,
    command: commands.CompleteInterview | commands.StopInterview | commands.RefuseInterview,
    facts: Facts,
) -> Decided[Interview]:
    shared: dict[str, Any] = {"case_ref": state.case_ref, "interview_ref": facts.ref, "day": facts.day}
    if isinstance(command, commands.RefuseInterview):
        return Decided(state.but(status=Status.REFUSED, ended=facts.day), (told.InterviewRefused(**shared),))
    months = _months(command.first_month, command.last_month, facts)
    if isinstance(command, commands.StopInterview):
        stopped = told.InterviewStopped(**shared, **months, reason=command.reason)
        return Decided(state.but(status=Status.STOPPED, ended=facts.day, **months), (stopped,))
    if not state.answers:
        raise Refused("no_answers")
    completed = told.InterviewCompleted(**shared, **months, sittings=state.sitting)
    return Decided(state.but(status=Status.COMPLETED, ended=facts.day, **months), (completed,))


def _months(first: Month | None, last: Month | None, facts: Facts) -> dict[str, Any]:
    """Both months, in order and not later than the day."""
    now = f"{facts.day:%Y-%m}"
    if (first or last or now) > (last or now) or (last or first or now) > now:
        raise Refused("months_out_of_order")
    return {"first_month": first, "last_month": last}


def _correct(state: Interview, command: commands.CorrectInterview, facts: Facts) -> Decided[Interview]:
    after = command.applied_to(state)
    if after == state:
        return Decided(state)
    months = _months(after.first_month, after.last_month, facts)
    corrected = told.InterviewCorrected(case_ref=state.case_ref, interview_ref=facts.ref, day=facts.day, **months)
    return Decided(after, (corrected,))
