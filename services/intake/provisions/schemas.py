"""What a reader of a provision sees."""

from datetime import date

from services.intake.persons.schemas import Read
from services.intake.provisions.domain import ProvisionKind, Status
from shared.ids import CaseRef, Ref, StaffRef


class ProvisionRead(Read):
    """Something given on a day."""

    stay_ref: Ref
    case_ref: CaseRef
    status: Status
    kind: ProvisionKind
    count: int
    day: date
    given_by: StaffRef
