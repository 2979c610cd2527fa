"""What a reader of a request for access sees. Which case it is about knows who holds that case."""

from datetime import date

from services.intake.access_requests.state import AccessReason, Status
from shared.contracts.leaves import RelationKind
from shared.ids import OrganisationRef, StaffRef
from shared.model import C0
from shared.reading.answers import Read


class AccessRequestRead(Read):
    """A request for access. It stays *asked* where there is no case of that number."""

    status: C0[Status]
    case_number: C0[str]
    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]
    kind: C0[RelationKind]
    reason: C0[AccessReason]
    until: C0[date | None] = None
