"""What may be asked of a line, and which of it each status allows."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from services.intake.cases.detention import Detention
from services.intake.lines.state import AbsenceReason, AsReceived, Circumstance, ListedAs, Remarks, Sex
from shared.codes import CodeOf, labelled
from shared.contracts.intake import LineStatus, NationalityAnswer
from shared.ids import LineRef, Ref
from shared.model import C1, C2, C3, Command, Correction, StatusTable, left_out

VoidReason = Annotated[str, CodeOf("void_reason")]
Number = Annotated[int, Field(ge=1, le=5000)]


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


@labelled("line_status")
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


LineCommand = ListLine | AddLine | AnswerLine | ReconcileLine | CorrectLine | VoidLine

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
    inner=frozenset({AnswerLine, ReconcileLine}),
)
