"""What a reader gets of a programme. Amounts are left out for a reader without the right to them."""

from services.grants.programmes.money import Rate
from services.grants.programmes.state import Status, Terms
from shared.contracts.grants import Currency
from shared.contracts.leaves import Day
from shared.ids import OrganisationRef, StaffRef
from shared.model import C0, C1, Name
from shared.reading.answers import Read


class ProgrammeRead(Read):
    """A programme, its budget, and what of it is free."""

    status: C0[Status]
    organisation_ref: C0[OrganisationRef]
    opened_by: C0[StaffRef]
    name: C1[Name | None] = None
    currency: C0[Currency]
    rate: C0[Rate | None] = None
    budget: C1[int | None] = None
    reserved: C1[int | None] = None
    committed: C1[int | None] = None
    spent: C1[int | None] = None
    free: C1[int | None] = None
    terms: C1[Terms | None] = None
    opened_on: C0[Day]
    closed_on: C0[Day | None] = None
