"""What is seen of a reading by two people: who asked, who answered, and until when it opens anything."""

from datetime import datetime

from services.intake.c4_readings.state import ReadingReason, Status
from shared.ids import CaseRef, OrganisationRef, StaffRef
from shared.model import C0, C1
from shared.reading.answers import Read


class C4ReadingRead(Read):
    """A reading by two people."""

    case_ref: C0[CaseRef]
    status: C0[Status]
    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]
    reason: C1[ReadingReason | None] = None
    asked_at: C0[datetime]
    answered_by: C0[StaffRef | None] = None
    until: C0[datetime | None] = None
