"""What a reader of a broken glass sees. The words are for who reviews it."""

from datetime import date, datetime

from services.intake.glass.state import GlassOutcome, GlassReason, GlassWords, Status
from shared.ids import CaseRef, OrganisationRef, StaffRef
from shared.model import C0, C1, C3
from shared.reading.answers import Read


class GlassRead(Read):
    """A broken glass."""

    case_ref: C0[CaseRef]
    status: C0[Status]
    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]
    reason: C1[GlassReason | None] = None
    until: C0[datetime]
    review_by: C0[date]
    outcome: C0[GlassOutcome | None] = None
    reviewed_by: C0[StaffRef | None] = None
    words: C3[GlassWords | None] = None
