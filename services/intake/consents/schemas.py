"""What a reader of a consent sees: what was agreed to, for whom, until when, and how."""

from datetime import date

from services.intake.consents.state import Assent, Exceptional, Giver, Informed, Signature, Status
from shared.contracts.intake import ConsentPurpose
from shared.ids import CaseRef, OrganisationRef, PersonRef, StaffRef
from shared.model import C0, C1, C2, Name
from shared.reading.answers import Read


class ConsentRead(Read):
    """A consent."""

    case_ref: C0[CaseRef]
    purpose: C0[ConsentPurpose]
    organisation_ref: C0[OrganisationRef | None] = None
    status: C0[Status]
    taken_by: C0[StaffRef]
    day: C0[date]
    giver: C0[Giver | None] = None
    giver_ref: C1[PersonRef | None] = None
    informed: C0[Informed | None] = None
    signature: C0[Signature | None] = None
    assent: C1[Assent | None] = None
    exception: C0[Exceptional | None] = None
    valid_until: C0[date | None] = None
    witness: C2[Name | None] = None
