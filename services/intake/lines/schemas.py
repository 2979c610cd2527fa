"""What a reader of a line sees: what became of it, and the paper itself for who may see names."""

from services.intake.cases.detention import Detention
from services.intake.lines.domain import AbsenceReason, AsReceived, Circumstance, ListedAs, Remarks, Sex
from services.intake.persons.schemas import Read
from shared.contracts.intake import LineStatus, NationalityAnswer
from shared.ids import HandoverRef, StaffRef
from shared.model import C1, C2, C3


class LineRead(Read):
    """A line. `as_received` never changes; `days_detained` is absent where it is not known."""

    handover_ref: HandoverRef
    number: int
    status: LineStatus
    listed_as: ListedAs
    nationality: NationalityAnswer | None = None
    answered_by: StaffRef | None = None
    reason: AbsenceReason | None = None
    carried: bool = False
    sex: C1[Sex | None] = None
    circumstance: C1[Circumstance | None] = None
    detention: C1[Detention | None] = None
    days_detained: C1[int | None] = None
    as_received: C2[AsReceived | None] = None
    remarks: C3[Remarks | None] = None
