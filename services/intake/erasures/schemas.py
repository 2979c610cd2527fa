"""What a reader of a request to be forgotten sees: who decided what, by when, and what each service destroyed."""

from datetime import date

from services.intake.erasures.state import Confirmed, ErasureGround, Status
from shared.ids import CaseRef, LineRef, OrganisationRef, PersonRef, Ref, StaffRef
from shared.model import C0
from shared.reading.answers import Read


class ErasureRead(Read):
    """A request to be forgotten."""

    status: C0[Status]
    person_ref: C0[PersonRef]
    organisation_ref: C0[OrganisationRef]
    staff_ref: C0[StaffRef]
    asked_on: C0[date]
    acknowledge_by: C0[date]
    answer_by: C0[date]
    acknowledged: C0[bool]
    ground: C0[ErasureGround | None] = None
    until: C0[date | None] = None
    hold_ref: C0[Ref | None] = None
    decided_by: C0[StaffRef | None] = None
    decided_on: C0[date | None] = None
    cases: C0[tuple[CaseRef, ...]] = ()
    lines: C0[tuple[LineRef, ...]] = ()
    confirmed: C0[tuple[Confirmed, ...]] = ()
