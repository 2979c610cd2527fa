"""The rules of one line of a list: what the consulate said of it, and whether the person came.

The surprise: what the sending side wrote is sealed as received and no command here touches it; a person who stood at
the gate without a line gets one that says *added*. The column a line stood in (adult, child) decides nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from services.intake.cases.detention import Detention
from shared.codes import CodeOf
from shared.contracts import intake as told
from shared.contracts.intake import LineStatus, NationalityAnswer
from shared.errors import Refused
from shared.ids import HandoverRef, LineRef, Ref, StaffRef
from shared.model import C1, C2, C3, Command, Correction, Decided, Given, Model, Name, Narrative, StatusTable, left_out

AbsenceReason = Annotated[str, CodeOf("absence_reason")]
Sex = Annotated[str, CodeOf("sex")]
Circumstance = Annotated[str, CodeOf("finding_circumstance")]
VoidReason = Annotated[str, CodeOf("void_reason")]
Number = Annotated[int, Field(ge=1, le=5000)]


class ListedAs(StrEnum):
    """The column in which the sending side put somebody. It is their view, not an age."""

    ADULT = "ADULT"
    CHILD = "CHILD"
    NOT_SAID = "NOT_SAID"


class AsReceived(Given):
    """What stands on the paper, letter by letter."""

    full_name: C2[Name]
    other_names: C2[tuple[Name, ...]] = Field(default=(), max_length=20)
    birth: C2[Name | None] = None
    sex: C2[Name | None] = None
    home: C2[Name | None] = None
    nationality: C2[Name | None] = None
    document: C2[Name | None] = None
    family_group: C2[Name | None] = None
    relation: C2[Name | None] = None
    accompanied_by: C2[Name | None] = None
    belongings: C2[Name | None] = None


class Remarks(Given):
    """What the sending side added about health and how somebody was found."""

    health: C3[Narrative | None] = None
    circumstances: C3[Narrative | None] = None
    remarks: C3[Narrative | None] = None


class Line(Model):
    """One line, and what became of it."""

    handover_ref: HandoverRef
    number: int
    status: LineStatus
    listed_as: ListedAs
    sex: C1[Sex]
    nationality: NationalityAnswer | None = None
    answered_by: StaffRef | None = None
    reason: AbsenceReason | None = None
    carried: bool = False
    circumstance: C1[Circumstance | None] = None
    detention: C1[Detention | None] = None


class ListLine(Command):
    """A line as the sending side wrote it."""

    ref: Ref | None = None
    number: Number
    listed_as: ListedAs = ListedAs.NOT_SAID
    sex: C1[Sex] = "NOT_RECORDED"
    circumstance: C1[Circumstance | None] = None
    detention: C1[Detention | None] = None
    as_received: C2[AsReceived]
    remarks: C3[Remarks | None] = None


class AnswerLine(Command):
    """What the consulate found about one line."""

    line_ref: LineRef
    nationality: NationalityAnswer


class Outcome(StrEnum):
    """Whether the person of a line came."""

    PRESENT = "present"
    ABSENT = "absent"


class ReconcileLine(Command):
    """What became of one line; an absence has a reason."""

    line_ref: LineRef
    outcome: Outcome
    reason: AbsenceReason | None = None


class AddLine(Command):
    """Somebody stood at the gate without a line, or was carried there; under a ref of the client."""

    ref: Ref
    carried: bool = False
    sex: C1[Sex] = "NOT_RECORDED"
    detention: C1[Detention | None] = None
    as_received: C2[AsReceived | None] = None


class CorrectLine(Correction):
    """Put right what was entered beside the paper; the paper itself stays."""

    detention: C1[Detention | None] = left_out()
    circumstance: C1[Circumstance | None] = left_out()


class VoidLine(Command):
    """An added line was entered in error. A line of the list is never void: it is the sending side's."""

    reason: VoidReason


STATUSES = StatusTable(
    "line",
    opening=frozenset({ListLine, AddLine}),
    allowed={
        LineStatus.LISTED: frozenset({AnswerLine, ReconcileLine, CorrectLine}),
        LineStatus.PRESENT: frozenset({AnswerLine, ReconcileLine, CorrectLine}),
        LineStatus.ABSENT: frozenset({AnswerLine, ReconcileLine, CorrectLine}),
        LineStatus.ADDED: frozenset({AnswerLine, CorrectLine, VoidLine}),
        LineStatus.VOIDED: frozenset(),
    },
)


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    handover_ref: HandoverRef
    line_ref: LineRef
    by: StaffRef
    number: int = 0


def decide(state: Line | None, command: Command, facts: Facts) -> Decided[Line]:
    """What becomes of a line."""
    STATUSES.check(None if state is None else state.status, command)
    named = {"handover_ref": facts.handover_ref, "line_ref": facts.line_ref}
    match command:
        case ListLine():
            return _list(command, facts)
        case AddLine():
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
    raise AssertionError(command)


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
