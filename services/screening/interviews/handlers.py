"""Commands on interviews. What a rule needs of needs, consent and age stands in what was heard from intake.

Answers are added line by line, and one line refused does not refuse the others.
"""

from dataclasses import replace
from typing import Any

from services.screening.facets import ENDED_BY_THEM, IntakeFacet, ScreeningFacet
from services.screening.interviews import commands as ask
from services.screening.interviews import domain
from services.screening.interviews.commands import STATUSES
from services.screening.interviews.forms import LATEST, form_of
from services.screening.interviews.state import Answer, Facts, Interview, Said, Status
from services.screening.interviews.tables import INTERVIEW, AnswerRow, InterviewRow
from shared.auth import Caller, Role
from shared.clock import local_day
from shared.contracts.intake import ConsentPurpose
from shared.errors import Refused
from shared.ids import OrganisationRef, Ref, StaffRef, Subject
from shared.model import Decided
from shared.reading import LineReceipt
from shared.storage.tables import state_of
from shared.writing import leaving
from shared.writing.commands import Commands
from shared.writing.handling import case_of
from shared.writing.naming import named_by_holder
from shared.writing.unit import Unit


def _facts(unit: Unit, caller: Caller, command: Any, *, ref: Ref, state: Interview | None) -> Facts:
    case_ref = (state or command).case_ref
    case = Subject("case", case_ref)
    intake = unit.facet(case, "intake", IntakeFacet)
    own = unit.facet(case, "screening", ScreeningFacet)  # as the rows say, and what was lost that protects somebody
    others = [row for row in unit.select(InterviewRow, case_ref=case_ref) if row["ref"] != ref]
    return Facts(
        ref=ref,
        day=unit.effective_day,
        heard=caller.role is Role.SYSTEM,
        organisation_ref=intake.centre or caller.organisation_ref,
        case_opened=intake.opened_on,
        urgent_needs_met=intake.urgent_needs_met,
        consent_held=intake.agreed(ConsentPurpose.INTERVIEW, local_day(unit.now)),
        child=intake.is_minor,
        too_young_to_ask=intake.too_young_to_ask,
        caregiver_implicated=bool(intake.implicated),
        ended_by_them=own.interview in ENDED_BY_THEM,
        form=LATEST.version,
        case_has_one=any(row["status"] != Status.VOIDED for row in others),
    )


def _named(unit: Unit, _caller: Caller, *, ref: Ref, before: Interview | None, decided: Decided[Interview]) -> None:
    if before is not None and before.deserted and not decided.state.deserted:
        leaving.answered(unit, Subject("case", decided.state.case_ref), ref)


INTERVIEWS = Commands(
    "screening.interview",
    InterviewRow,
    Interview,
    STATUSES,
    domain.decide,
    facts=_facts,
    after=_named,
    admits=named_by_holder(InterviewRow, {ask.AssignInterview: "screening.interview.assign_others"}),
    belonging=INTERVIEW,
)
INTERVIEWS.ordinary("open", ask.OpenInterview)
INTERVIEWS.ordinary("assign", ask.AssignInterview)
INTERVIEWS.ordinary("release", ask.ReleaseInterview)
INTERVIEWS.ordinary("start", ask.StartInterview)
INTERVIEWS.ordinary("pause", ask.PauseInterview)
INTERVIEWS.ordinary("resume", ask.ResumeInterview)
INTERVIEWS.ordinary("complete", ask.CompleteInterview)
INTERVIEWS.ordinary("refuse", ask.RefuseInterview)
INTERVIEWS.ordinary("stop", ask.StopInterview)
INTERVIEWS.ordinary("correct", ask.CorrectInterview)
INTERVIEWS.ordinary("void", ask.VoidInterview)


def open_for_case(unit: Unit, caller: Caller, command: ask.OpenInterview, *, ref: Ref) -> None:
    """Open one for somebody admitted, unless the case has one: a second admission asks nothing twice."""
    unit.lock(Subject("case", command.case_ref))
    rows = unit.select(InterviewRow, case_ref=command.case_ref)
    if all(row["status"] == Status.VOIDED for row in rows):
        INTERVIEWS.carry_out(unit, caller, command, ref=ref)


def let_go(unit: Unit, staff_ref: StaffRef, organisation_ref: OrganisationRef) -> None:
    """Somebody left: an interview of theirs that has not ended rests, and waits for somebody else."""
    subjects = leaving.left_behind(unit, staff_ref, organisation_ref)
    unit.lock(*subjects)
    for subject in subjects:
        for row in unit.select(InterviewRow, case_ref=subject.removeprefix("case/")):
            if (row["lead"], row["lead_organisation_ref"]) == (staff_ref, organisation_ref):
                _let_go(unit, row["ref"])


def _let_go(unit: Unit, ref: Ref) -> None:
    state, _ = unit.load(InterviewRow, Interview, ref, change=False)
    if state.status is Status.IN_PROGRESS:
        state = _by_itself(unit, ref, ask.PauseInterview(reason="OTHER"))
    if state.status in (Status.OPENED, Status.PAUSED):
        _by_itself(unit, ref, ask.ReleaseInterview(reason="LEFT_WORK"))
        leaving.call_people(unit, Subject("case", state.case_ref), ref)


def _by_itself(unit: Unit, ref: Ref, command: ask.InterviewCommand) -> Interview:
    """What follows for one interview, inside a unit that holds the lock of its case."""
    state, _ = unit.load(InterviewRow, Interview, ref, change=False)
    decided = domain.decide(state, command, _facts(unit, unit.caller, command, ref=ref, state=state))
    unit.save(InterviewRow, ref, decided)
    return decided.state


def deserted(unit: Unit, ref: Ref) -> bool:
    """Whether it is an interview that has not ended, and nobody leads it."""
    row = unit.row(InterviewRow, ref)
    return row is not None and state_of(Interview, row).deserted


@INTERVIEWS.does("answer", ask.RecordAnswers, subjects=case_of(InterviewRow), if_match=False)
def record_answers(unit: Unit, caller: Caller, command: ask.RecordAnswers, *, ref: Ref) -> tuple[LineReceipt, ...]:
    """Write answers down, each answered for by itself."""
    case = Subject("case", unit.peek(InterviewRow, ref)["case_ref"])
    INTERVIEWS.authorise(unit, caller, command, case)
    unit.lock(case)
    state, _ = unit.load(InterviewRow, Interview, ref, change=False)
    STATUSES.check(state.status, command)
    said = [line.but(effective_at=line.effective_at or command.effective_at) for line in command.answers]
    around = _facts(unit, caller, command, ref=ref, state=state)
    receipts = tuple(_answer(unit, caller, state, around, line) for line in said)
    stored = [line for line, receipt in zip(said, receipts, strict=True) if receipt.status == "stored"]
    facts = replace(
        around,
        stored=len(stored),
        last_said=max((local_day(line.effective_at or unit.now) for line in stored), default=None),
    )
    unit.save(InterviewRow, ref, domain.decide(state, command, facts))
    return receipts


def _answer(unit: Unit, caller: Caller, state: Interview, around: Facts, line: ask.AnswerLine) -> LineReceipt:
    """One line. The same line again is known; another one under its ref is refused."""
    try:
        if unit.known(AnswerRow, line.ref, line, under=around.ref):
            return LineReceipt(ref=line.ref, status="known")
        if line.effective_at is not None and line.effective_at > unit.now:
            raise Refused("in_the_future")
        questions = frozenset(form_of(state.form or LATEST.version).questions)
        domain.check_line(state, line, questions, consent_held=around.consent_held)
    except Refused as refusal:
        return LineReceipt(ref=line.ref, status="refused", code=refusal.code)
    answer = Answer(
        case_ref=state.case_ref,
        interview_ref=around.ref,
        question=line.question,
        sitting=state.sitting,
        effective_at=line.effective_at or unit.now,
        staff_ref=caller.staff_ref,
    )
    said = Said(value=line.value, source=line.source, quote=line.quote, quote_language=line.quote_language)
    unit.add(AnswerRow, line.ref, answer, private={"said": said})
    return LineReceipt(ref=line.ref, status="stored", position=Subject("case", state.case_ref))
