"""The rules of an interview: needs before questions, in private, with consent, in as many sittings as it takes.

Whoever refuses is never asked why, and nothing else depends on it. An interview is judged by who may be
in the room; what the answers mean is not its affair.
"""

from datetime import date
from typing import Any, assert_never

from services.screening.interviews import commands as ask
from services.screening.interviews.commands import STATUSES, InterviewCommand
from services.screening.interviews.state import Facts, Interview, Room, Source, Status
from shared.clock import local_day
from shared.contracts import screening as told
from shared.contracts.leaves import Month
from shared.errors import Refused
from shared.ids import OrganisationRef, Ref, StaffRef
from shared.model import Decided, Event

NEVER_IN_THE_ROOM = frozenset({"FAMILY_MEMBER", "GROUP_LEADER", "FELLOW_TRAVELLER"})
SUPPORT = frozenset({"SUPPORT_PERSON", "SOCIAL_WORKER", "SOCIAL_AFFAIRS_OFFICER"})

WITHOUT_ASKING = frozenset({Source.OBSERVED, Source.THIRD_PARTY})
"""All that is left below the age at which anybody is interviewed."""


Asking = ask.StartInterview | ask.ResumeInterview | ask.RecordAnswers | ask.CompleteInterview
"""What nobody does with somebody who refused, or wanted to stop."""


def decide(state: Interview | None, command: InterviewCommand, facts: Facts) -> Decided[Interview]:
    """What becomes of an interview."""
    if state is not None and state.status is Status.REFUSED and isinstance(command, ask.RefuseInterview):
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, ask.OpenInterview):
        return _open(command, facts)
    assert state is not None
    if facts.ended_by_them and isinstance(command, Asking):
        raise Refused("not_allowed_in_status")  # said in a time that was lost: it is recorded again first
    match command:
        case ask.AssignInterview() | ask.ReleaseInterview():
            return _staff(state, command, facts)
        case ask.StartInterview() | ask.ResumeInterview():
            return _sit_down(state, command, facts)
        case ask.RecordAnswers():
            return _record(state, facts)
        case ask.PauseInterview():
            return _pause(state, command, facts)
        case ask.CompleteInterview() | ask.StopInterview() | ask.RefuseInterview():
            return _end(state, command, facts)
        case ask.CorrectInterview():
            return _correct(state, command, facts)
        case ask.VoidInterview():
            voided = told.InterviewVoided(**_base(state, facts), reason=command.reason)
            return Decided(state.but(status=Status.VOIDED), (voided,))
        case _:
            assert_never(command)


def _base(state: Interview, facts: Facts) -> dict[str, Ref]:
    return {"case_ref": state.case_ref, "interview_ref": facts.ref}


def _in_order(state: Interview, facts: Facts) -> None:
    """Nothing of an interview happened before what it follows on. What is said about its record may be said any day."""
    if facts.before(state.last_day or state.opened):
        raise Refused("day_out_of_order")


def check_line(state: Interview, line: ask.AnswerLine, questions: frozenset[str], *, consent_held: bool) -> None:
    """Refuse a line that cannot be taken. What was taken before somebody thought better of it is known, and stays."""
    _agreed(consent_held)
    if line.question not in questions:
        raise Refused("question_unknown")
    if state.observation_only and line.source not in WITHOUT_ASKING:
        raise Refused("too_young_to_be_asked")
    if line.quote is not None and line.quote_language is None:
        raise Refused("quote_without_language")
    if state.started and line.effective_at and local_day(line.effective_at) < state.started:
        raise Refused("before_interview_started")


def _open(command: ask.OpenInterview, facts: Facts) -> Decided[Interview]:
    if facts.case_has_one:
        raise Refused("case_has_an_interview")
    if facts.before(facts.case_opened):
        raise Refused("before_case_opened")
    interview = Interview(
        case_ref=command.case_ref, organisation_ref=facts.organisation_ref, status=Status.OPENED, opened=facts.day
    )
    shared = _base(interview, facts)
    opened = told.InterviewOpened(**shared, organisation_ref=facts.organisation_ref, day=facts.day)
    return Decided(interview, (opened,))


def _staff(state: Interview, command: ask.AssignInterview | ask.ReleaseInterview, facts: Facts) -> Decided[Interview]:
    released: tuple[Event, ...] = ()
    assigned: tuple[Event, ...] = ()
    if state.lead is not None and state.lead_organisation_ref is not None:
        released = (_relation(told.InterviewReleased, state, facts, state.lead, state.lead_organisation_ref),)
    if isinstance(command, ask.ReleaseInterview):
        if not released:
            raise Refused("nobody_assigned")
        after = state.but(lead=None, lead_organisation_ref=None)
    else:
        after = state.but(lead=command.staff_ref, lead_organisation_ref=command.organisation_ref)
        if after == state:
            return Decided(state)
        assigned = (_relation(told.InterviewAssigned, state, facts, command.staff_ref, command.organisation_ref),)
    if facts.before(state.opened):
        raise Refused("day_out_of_order")
    return Decided(after, (*released, *assigned))


def _relation(
    kind: type[told.InterviewAssigned | told.InterviewReleased],
    state: Interview,
    facts: Facts,
    staff: StaffRef,
    organisation: OrganisationRef,
) -> Event:
    return kind(**_base(state, facts), staff_ref=staff, organisation_ref=organisation, kind="SCREENING")


def _sit_down(state: Interview, command: ask.StartInterview | ask.ResumeInterview, facts: Facts) -> Decided[Interview]:
    if not facts.urgent_needs_met:
        raise Refused("urgent_needs_first")
    _agreed(facts.consent_held)
    _check_room(command.room, facts)
    _in_order(state, facts)
    sitting = state.sitting + 1
    sat = state.but(status=Status.IN_PROGRESS, sitting=sitting, room=command.room, last_day=facts.day)
    if isinstance(command, ask.ResumeInterview):
        return Decided(sat, (told.InterviewResumed(**_base(state, facts), sitting=sitting),))
    if facts.too_young_to_ask and not command.observation_only:
        raise Refused("too_young_to_be_asked")
    started = told.InterviewStarted(**_base(state, facts), day=facts.day)
    form, observed = facts.form, command.observation_only
    return Decided(sat.but(form=form, observation_only=observed, started=facts.day), (started,))


def _agreed(consent_held: bool) -> None:
    """Nothing is asked, written down or finished after somebody took it back; it can always be stopped."""
    if not consent_held:
        raise Refused("consent_needed", purpose="INTERVIEW")


def _pause(state: Interview, command: ask.PauseInterview, facts: Facts) -> Decided[Interview]:
    _in_order(state, facts)
    paused = told.InterviewPaused(**_base(state, facts), reason=command.reason)
    return Decided(state.but(status=Status.PAUSED, last_day=facts.day), (paused,))


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
    recorded = told.InterviewAnswersRecorded(**_base(state, facts), sitting=state.sitting, answers=facts.stored)
    days = [day for day in (state.last_day, facts.last_said) if day is not None]
    after = state.but(answers=state.answers + facts.stored, last_day=max(days, default=None))
    return Decided(after, (recorded,))


def _end(
    state: Interview, command: ask.CompleteInterview | ask.StopInterview | ask.RefuseInterview, facts: Facts
) -> Decided[Interview]:
    _in_order(state, facts)
    shared: dict[str, Any] = {**_base(state, facts), "day": facts.day}
    if isinstance(command, ask.RefuseInterview):
        return Decided(state.but(status=Status.REFUSED, ended=facts.day), (told.InterviewRefused(**shared),))
    months = _months(command.first_month, command.last_month, facts.day)
    if isinstance(command, ask.StopInterview):
        stopped = told.InterviewStopped(**shared, **months, reason=command.reason)
        return Decided(state.but(status=Status.STOPPED, ended=facts.day, **months), (stopped,))
    _agreed(facts.consent_held)
    if not state.answers:
        raise Refused("no_answers")
    completed = told.InterviewCompleted(**shared, **months, sittings=state.sitting)
    return Decided(state.but(status=Status.COMPLETED, ended=facts.day, **months), (completed,))


def _months(first: Month | None, last: Month | None, ended: date) -> dict[str, Any]:
    """Both months, in order and not later than the end of the interview in which they were told."""
    now = f"{ended:%Y-%m}"
    if (first or last or now) > (last or now) or (last or first or now) > now:
        raise Refused("months_out_of_order")
    return {"first_month": first, "last_month": last}


def _correct(state: Interview, command: ask.CorrectInterview, facts: Facts) -> Decided[Interview]:
    after = command.applied_to(state)
    if after == state:
        return Decided(state)
    months = _months(after.first_month, after.last_month, state.ended or facts.day)
    corrected = told.InterviewCorrected(**_base(state, facts), day=facts.day, reason=command.reason, **months)
    return Decided(after, (corrected,))
