"""What a reader of a consent sees: what was agreed to, for whom, until when, and how."""

from datetime import date

from services.intake.consents.domain import Assent, Exceptional, Giver, Informed, Signature, Status
from services.intake.persons.schemas import Read
from shared.contracts.intake import ConsentPurpose
from shared.ids import CaseRef, OrganisationRef, PersonRef, StaffRef
from shared.model import C2, Name


class ConsentRead(Read):
    """A consent."""

    case_ref: CaseRef
    purpose: ConsentPurpose
    organisation_ref: OrganisationRef | None = None
    status: Status
    taken_by: StaffRef
    day: date
    giver: Giver | None = None
    giver_ref: PersonRef | None = None
    informed: Informed | None = None
    signature: Signature | None = None
    assent: Assent | None = None
    exception: Exceptional | None = None
    valid_until: date | None = None
    witness: C2[Name | None] = None
