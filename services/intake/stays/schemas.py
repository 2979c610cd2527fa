"""What a reader of a stay sees. Where somebody sleeps is for who works on the case."""

from datetime import date

from services.intake.persons.schemas import Read
from services.intake.stays.domain import Bed, Need, Status, TravelMode, Waiver
from shared.contracts.intake import ReceiverKind
from shared.ids import CaseRef, OrganisationRef, PersonRef, StaffRef
from shared.model import C4


class StayRead(Read):
    """A stay."""

    case_ref: CaseRef
    status: Status
    organisation_ref: OrganisationRef
    day: date
    urgent_needs_checked: bool
    needs: tuple[Need, ...] = ()
    waiver: Waiver | None = None
    travel_mode: TravelMode | None = None
    escort_ref: StaffRef | None = None
    ended: date | None = None
    receiver: ReceiverKind | None = None
    receiver_ref: PersonRef | None = None
    receiver_organisation_ref: OrganisationRef | None = None
    bed: C4[Bed | None] = None
