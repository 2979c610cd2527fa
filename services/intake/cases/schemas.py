"""What a reader of a case sees. The person is a ref; who may know more asks for the person."""

from datetime import date

from services.intake.cases.detention import Detention
from services.intake.cases.state import Conflict, Status, Worker
from services.intake.persons.state import ExternalReference
from shared.contracts.intake import AgeBasis
from shared.contracts.leaves import Country
from shared.ids import CaseRef, HandoverRef, HouseholdRef, LineRef, OrganisationRef, PersonRef
from shared.model import C0, C1
from shared.reading.answers import Read


class CaseRead(Read):
    """A case. `days_detained` is absent where an end of a detention is not known; `days_known` counts the rest."""

    status: C0[Status]
    case_number: C0[str]
    person_ref: C0[PersonRef]
    organisation_ref: C0[OrganisationRef]
    country: C0[Country]
    is_minor: C0[bool]
    opened: C0[date]
    closed: C0[date | None] = None
    previous_case_ref: C0[CaseRef | None] = None
    household_ref: C0[HouseholdRef | None] = None
    handover_ref: C0[HandoverRef | None] = None
    line_ref: C0[LineRef | None] = None
    offered_to: C0[OrganisationRef | None] = None
    workers: C0[tuple[Worker, ...]] = ()
    implicated: C1[tuple[PersonRef, ...]] = ()
    conflicts: C1[tuple[Conflict, ...]] = ()
    informed: C1[tuple[OrganisationRef, ...]] = ()
    age_basis: C0[AgeBasis | None] = None
    child_then: C0[bool | None] = None
    external_references: C1[tuple[ExternalReference, ...]] = ()
    detentions: C1[tuple[Detention, ...] | None] = None
    days_detained: C1[int | None] = None
    days_known: C1[int | None] = None
