"""What a reader of a stay sees. Where somebody sleeps is for who works on the case."""

from datetime import date

from services.intake.stays.state import Bed, Need, Status, TravelMode, Waiver
from shared.contracts.intake import ReceiverKind
from shared.ids import CaseRef, OrganisationRef, PersonRef, StaffRef
from shared.model import C0, C1, C4
from shared.reading.answers import Read


class StayRead(Read):
    """A stay."""

    case_ref: C0[CaseRef]
    status: C0[Status]
    organisation_ref: C0[OrganisationRef]
    day: C0[date]
    urgent_needs_checked: C0[bool]
    needs: C1[tuple[Need, ...]] = ()
    waiver: C0[Waiver | None] = None
    travel_mode: C1[TravelMode | None] = None
    escort_ref: C0[StaffRef | None] = None
    ended: C0[date | None] = None
    receiver: C1[ReceiverKind | None] = None
    receiver_ref: C1[PersonRef | None] = None
    receiver_organisation_ref: C1[OrganisationRef | None] = None
    departed: C0[date | None] = None
    bed: C4[Bed | None] = None
