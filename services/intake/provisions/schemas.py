"""What a reader of a provision sees."""

from datetime import date

from services.intake.provisions.state import ProvisionKind, Status
from shared.ids import CaseRef, Ref, StaffRef
from shared.model import C0
from shared.reading.answers import Read


class ProvisionRead(Read):
    """Something given on a day."""

    stay_ref: C0[Ref]
    case_ref: C0[CaseRef]
    status: C0[Status]
    kind: C0[ProvisionKind]
    count: C0[int]
    day: C0[date]
    given_by: C0[StaffRef]
