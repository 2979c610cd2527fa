"""What a reader of a person sees. The identity is for who works with the person."""

from datetime import date

from services.intake.persons.state import PersonIdentity, PersonName, Sex, Status
from shared.codes.places import Province
from shared.contracts.leaves import Country
from shared.ids import HouseholdRef, LineRef, OrganisationRef, PersonRef, StaffRef
from shared.model import C0, C1, C2, Model
from shared.reading.answers import Read, Returned


class PersonRead(Read):
    """A person. The identity, and what its births tell, is there for who works on a case of this person."""

    status: C0[Status]
    registered_by: C0[StaffRef]
    organisation_ref: C0[OrganisationRef | None] = None
    line_ref: C0[LineRef | None] = None
    household_ref: C0[HouseholdRef | None] = None
    sex: C1[Sex | None] = None
    nationality_claimed: C1[Country | None] = None
    nationality_verified: C1[Country | None] = None
    verified_on: C1[date | None] = None
    home_province: C1[Province | None] = None
    stateless_risk: C1[bool | None] = None
    identity: C2[PersonIdentity | None] = None
    child: C2[bool | None] = None
    age_low: C2[int | None] = None
    age_high: C2[int | None] = None
    births_conflict: C2[bool | None] = None


class PersonNamed(Returned):
    """How somebody is called, for who works with them. Who decides about them has the first letter alone."""

    ref: C0[PersonRef]
    initial: C1[str | None] = None
    names: C2[tuple[PersonName, ...] | None] = None


class PersonsNamed(Model):
    """Those of the people asked for with whom the caller works; of the others nothing is said, not even that."""

    items: tuple[PersonNamed, ...]
