"""What is kept of a line of a list, and what a rule about it needs beside that."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from services.intake.cases.detention import Detention
from shared.codes import CodeOf, labelled
from shared.contracts.intake import LineStatus, NationalityAnswer
from shared.ids import HandoverRef, LineRef, StaffRef
from shared.model import C0, C1, C2, C3, Given, Model, Name, Narrative

AbsenceReason = Annotated[str, CodeOf("absence_reason")]
Sex = Annotated[str, CodeOf("sex")]
Circumstance = Annotated[str, CodeOf("finding_circumstance")]


@labelled("listed_as")
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

    handover_ref: C0[HandoverRef]
    number: C0[int]
    status: C0[LineStatus]
    listed_as: C0[ListedAs]
    sex: C1[Sex]
    nationality: C1[NationalityAnswer | None] = None
    answered_by: C0[StaffRef | None] = None
    reason: C1[AbsenceReason | None] = None
    carried: C1[bool] = False
    circumstance: C1[Circumstance | None] = None
    detention: C1[Detention | None] = None


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    handover_ref: HandoverRef
    line_ref: LineRef
    by: StaffRef
    number: int = 0
