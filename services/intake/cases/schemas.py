"""What a reader of a case sees. The person is a ref; who may know more asks for the person."""

from datetime import date

from services.intake.cases.detention import Detention
from services.intake.cases.domain import Status, Worker
from services.intake.persons.domain import ExternalReference
from services.intake.persons.schemas import Read
from shared.contracts.intake import AgeBasis
from shared.contracts.leaves import Country
from shared.ids import CaseRef, HandoverRef, HouseholdRef, LineRef, OrganisationRef, PersonRef
from shared.model import C0, C1


class CaseRead(Read):
    """A case. `days_detained` is absent where an end of a detention is not known; `days_known` counts the rest."""

    status: Status
    case_number: C0[str]
    person_ref: PersonRef
    organisation_ref: OrganisationRef
    country: Country
    is_minor: bool
    opened: date
    closed: date | None = None
    previous_case_ref: CaseRef | None = None
    household_ref: HouseholdRef | None = None
    handover_ref: HandoverRef | None = None
    line_ref: LineRef | None = None
    workers: tuple[Worker, ...] = ()
    implicated: tuple[PersonRef, ...] = ()
    age_basis: AgeBasis | None = None
    child_then: bool | None = None
    external_references: tuple[ExternalReference, ...] = ()
    detentions: C1[tuple[Detention, ...] | None] = None
    days_detained: C1[int | None] = None
    days_known: C1[int | None] = None
