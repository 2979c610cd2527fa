"""What a reader of a line sees: what became of it, and the paper itself for who may see names."""

from services.intake.cases.detention import Detention
from services.intake.lines.state import AbsenceReason, AsReceived, Circumstance, ListedAs, Remarks, Sex
from shared.contracts.intake import LineStatus, NationalityAnswer
from shared.ids import HandoverRef, StaffRef
from shared.model import C0, C1, C2, C3
from shared.reading.answers import Read


class LineRead(Read):
    """A line. `as_received` never changes; `days_detained` is absent where it is not known."""

    handover_ref: C0[HandoverRef]
    number: C0[int]
    status: C0[LineStatus]
    listed_as: C0[ListedAs]
    nationality: C1[NationalityAnswer | None] = None
    answered_by: C0[StaffRef | None] = None
    reason: C1[AbsenceReason | None] = None
    carried: C1[bool] = False
    sex: C1[Sex | None] = None
    circumstance: C1[Circumstance | None] = None
    detention: C1[Detention | None] = None
    days_detained: C1[int | None] = None
    as_received: C2[AsReceived | None] = None
    remarks: C3[Remarks | None] = None
