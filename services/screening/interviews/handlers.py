"""Commands on interviews. What a rule needs of needs, consent and age stands in what was heard from intake.

The surprise: answers are added line by line, and one line refused does not refuse the others.
"""

from typing import Any

from services.screening.facets import IntakeFacet
from services.screening.interviews import commands, domain
from services.screening.interviews.forms import LATEST, form_of
from services.screening.interviews.state import Answer, Interview, Said
from services.screening.interviews.tables import AnswerRow, InterviewRow
from shared.auth import Caller, authorise
from shared.contracts.intake import ConsentPurpose
from shared.errors import Refused
from shared.ids import Ref
from shared.model import Command
from shared.reading import LineReceipt
from shared.writing.handling import case_of, handles
from shared.writing.unit import Unit


def _facts(unit: Unit, caller: Caller, case_ref: Ref, ref: Ref, **known: Any) -> domain.Facts:
    intake = unit.facet(f"case/{case_ref}", "intake", IntakeFacet)
    return domain.Facts(
        ref=ref,
        day=unit.effective_day,
        organisation_ref=intake.centre or caller.organisation_ref,
        urgent_needs_met=intake.urgent_needs_met,
        consent_held=intake.agreed(ConsentPurpose.INTERVIEW),
        child=intake.is_minor,
        too_young_to_ask=intake.too_young_to_ask,
        caregiver_implicated=bool(intake.implicated),
        form=LATEST.version,
        **known,
    )


def _change(unit: Unit, caller: Caller, action: str, command: Command, ref: Ref) -> None:
    case_ref = unit.peek(InterviewRow, ref)["case_ref"]
    authorise(unit, caller, action, f"case/{case_ref}")
    unit.lock(f"case/{case_ref}")
    state, _ = unit.load(InterviewRow, Interview, ref)
    unit.save(InterviewRow, ref, domain.decide(state, command, _facts(unit, caller, case_ref, ref)))


@handles("screening.interview.open", creates=True)
def open_interview(unit: Unit, caller: Caller, command: commands.OpenInterview, *, ref: Ref) -> None:
    """Somebody should be asked. A case has one interview at a time."""
    authorise(unit, caller, "screening.interview.open", f"case/{command.case_ref}")
    unit.lock(f"case/{command.case_ref}")
    state = unit.find(InterviewRow, Interview, ref)
    others = [row for row in unit.select(InterviewRow, case_ref=command.case_ref) if row["ref"] != ref]
    facts = _facts(unit, caller, command.case_ref, ref, case_has_one=any(row["status"] != "voided" for row in others))
    unit.save(InterviewRow, ref, domain.decide(state, command, facts))


def open_for_case(unit: Unit, caller: Caller, command: commands.OpenInterview, *, ref: Ref) -> None:
    """Open one for somebody admitted, unless the case has one: a second admission asks nothing twice."""
    unit.lock(f"case/{command.case_ref}")
    standing = [row for row in unit.select(InterviewRow, case_ref=command.case_ref) if row["status"] != "voided"]
    if not standing:
        open_interview(unit, caller, command, ref=ref)


@handles("screening.interview.assign")
def assign(unit: Unit, caller: Caller, command: commands.AssignInterview, *, ref: Ref) -> None:
    """Give the interview to somebody."""
    _change(unit, caller, "screening.interview.assign", command, ref)


@handles("screening.interview.release")
def release(unit: Unit, caller: Caller, command: commands.ReleaseInterview, *, ref: Ref) -> None:
    """The lead no longer does it."""
    _change(unit, caller, "screening.interview.release", command, ref)


@handles("screening.interview.start")
def start(unit: Unit, caller: Caller, command: commands.StartInterview, *, ref: Ref) -> None:
    """Ask the first question; the form is frozen from here on."""
    _change(unit, caller, "screening.interview.start", command, ref)


@handles("screening.interview.answer", subjects=case_of(InterviewRow), if_match=False)
def record_answers(unit: Unit, caller: Caller, command: commands.RecordAnswers, *, ref: Ref) -> tuple[LineReceipt, ...]:
    """Write answers down, each answered for by itself."""
    case_ref = unit.peek(InterviewRow, ref)["case_ref"]
    authorise(unit, caller, "screening.interview.answer", f"case/{case_ref}")
    unit.lock(f"case/{case_ref}")
    state, _ = unit.load(InterviewRow, Interview, ref, change=False)
    domain.STATUSES.check(state.status, command)
    questions = frozenset(form_of(state.form or LATEST.version).questions)
    receipts = tuple(_answer(unit, caller, state, ref, line, questions) for line in command.answers)
    stored = sum(receipt.status == "stored" for receipt in receipts)
    unit.save(InterviewRow, ref, domain.decide(state, command, _facts(unit, caller, case_ref, ref, stored=stored)))
    return receipts


def _answer(
    unit: Unit, caller: Caller, state: Interview, ref: Ref, line: commands.AnswerLine, questions: frozenset[str]
) -> LineReceipt:
    code = domain.line_refusal(state, line, questions)
    moment = line.effective_at or unit.now
    if code is None and moment > unit.now:
        code = "in_the_future"
    if code is not None:
        return LineReceipt(ref=line.ref, status="refused", code=code)
    answer = Answer(
        case_ref=state.case_ref,
        interview_ref=ref,
        question=line.question,
        sitting=state.sitting,
        effective_at=moment,
        staff_ref=caller.staff_ref,
    )
    said = Said(value=line.value, source=line.source, quote=line.quote, quote_language=line.quote_language)
    try:
        if unit.known(AnswerRow, line.ref, line, under=ref):
            return LineReceipt(ref=line.ref, status="known")
    except Refused as refusal:
        return LineReceipt(ref=line.ref, status="refused", code=refusal.code)
    unit.add(AnswerRow, line.ref, answer, private={"said": said})
    return LineReceipt(ref=line.ref, status="stored", position=f"case/{state.case_ref}")


@handles("screening.interview.pause")
def pause(unit: Unit, caller: Caller, command: commands.PauseInterview, *, ref: Ref) -> None:
    """Let it rest."""
    _change(unit, caller, "screening.interview.pause", command, ref)


@handles("screening.interview.resume")
def resume(unit: Unit, caller: Caller, command: commands.ResumeInterview, *, ref: Ref) -> None:
    """Go on in another sitting."""
    _change(unit, caller, "screening.interview.resume", command, ref)


@handles("screening.interview.complete")
def complete(unit: Unit, caller: Caller, command: commands.CompleteInterview, *, ref: Ref) -> None:
    """All was asked that the person wanted to answer."""
    _change(unit, caller, "screening.interview.complete", command, ref)


@handles("screening.interview.refuse")
def refuse(unit: Unit, caller: Caller, command: commands.RefuseInterview, *, ref: Ref) -> None:
    """The person does not want to be asked."""
    _change(unit, caller, "screening.interview.refuse", command, ref)


@handles("screening.interview.stop")
def stop(unit: Unit, caller: Caller, command: commands.StopInterview, *, ref: Ref) -> None:
    """It ends before its end."""
    _change(unit, caller, "screening.interview.stop", command, ref)


@handles("screening.interview.correct")
def correct(unit: Unit, caller: Caller, command: commands.CorrectInterview, *, ref: Ref) -> None:
    """Put the months of exploitation right."""
    _change(unit, caller, "screening.interview.correct", command, ref)


@handles("screening.interview.void")
def void(unit: Unit, caller: Caller, command: commands.VoidInterview, *, ref: Ref) -> None:
    """Entered in error."""
    _change(unit, caller, "screening.interview.void", command, ref)
