"""The rules of one line of a list: what the consulate said of it, and whether the person came.

What the sending side wrote is sealed as received and no command here touches it; a person who stood at the gate without
a line gets one that says *added*. The column a line stood in (adult, child) decides nothing.
"""

from typing import assert_never

from services.intake.lines.commands import (
    STATUSES,
    AddLine,
    AnswerLine,
    CorrectLine,
    LineCommand,
    ListLine,
    Outcome,
    ReconcileLine,
    VoidLine,
)
from services.intake.lines.state import Facts, Line, ListedAs
from shared.contracts import intake as told
from shared.contracts.intake import LineStatus
from shared.errors import Refused
from shared.ids import Ref
from shared.model import Decided


def decide(state: Line | None, command: LineCommand, facts: Facts) -> Decided[Line]:
    """What becomes of a line."""
    STATUSES.check(None if state is None else state.status, command)
    named = {"handover_ref": facts.handover_ref, "line_ref": facts.line_ref}
    if isinstance(command, ListLine):
        return _list(command, facts)
    if isinstance(command, AddLine):
        return _add(command, facts, named)
    assert state is not None
    match command:
        case AnswerLine(nationality=answer):
            after = state.but(nationality=answer, answered_by=facts.by)
            answered = told.LineAnswered(**named, nationality=answer)
            return Decided(state) if state.nationality is answer else Decided(after, (answered,))
        case ReconcileLine():
            return _reconcile(state, command, named)
        case CorrectLine():
            after = command.applied_to(state)
            return Decided(state) if after == state else Decided(after, (told.LineCorrected(**named),))
        case VoidLine(reason=reason):
            return Decided(state.but(status=LineStatus.VOIDED), (told.LineVoided(**named, reason=reason),))
        case _:
            assert_never(command)


def _list(command: ListLine, facts: Facts) -> Decided[Line]:
    """Listed lines are told of by their hand-over, as a count."""
    line = Line(
        handover_ref=facts.handover_ref,
        number=command.number,
        status=LineStatus.LISTED,
        listed_as=command.listed_as,
        sex=command.sex,
        circumstance=command.circumstance,
        detention=command.detention,
    )
    return Decided(line)


def _add(command: AddLine, facts: Facts, named: dict[str, Ref]) -> Decided[Line]:
    line = Line(
        handover_ref=facts.handover_ref,
        number=facts.number,
        status=LineStatus.ADDED,
        listed_as=ListedAs.NOT_SAID,
        sex=command.sex,
        carried=command.carried,
        detention=command.detention,
    )
    return Decided(line, (told.LineReconciled(**named, status=LineStatus.ADDED),))


def _reconcile(state: Line, command: ReconcileLine, named: dict[str, Ref]) -> Decided[Line]:
    if command.outcome is Outcome.ABSENT and command.reason is None:
        raise Refused("absence_without_reason")
    if command.outcome is Outcome.PRESENT and command.reason is not None:
        raise Refused("presence_needs_no_reason")
    status = LineStatus(command.outcome.value)
    after = state.but(status=status, reason=command.reason)
    if after == state:
        return Decided(state)
    return Decided(after, (told.LineReconciled(**named, status=status, reason=command.reason),))
