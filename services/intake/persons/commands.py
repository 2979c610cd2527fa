"""What may be asked of a person, and which of it each status allows."""

from typing import Annotated

from pydantic import Field

from services.intake.persons.state import PersonIdentity, Sex, Status
from shared.codes import CodeOf
from shared.contracts.leaves import Country
from shared.ids import HouseholdRef, LineRef, PersonRef, Ref
from shared.model import C1, C2, Command, Correction, Given, StatusTable, left_out

VoidReason = Annotated[str, CodeOf("void_reason")]


class RegisterPerson(Command):
    """Somebody is here; the line they stand on is named if there is one."""

    ref: Ref | None = None
    sex: C1[Sex] = "NOT_RECORDED"
    line_ref: LineRef | None = None
    nationality_claimed: C1[Country] = "UNKNOWN"
    identity: C2[PersonIdentity]


class CorrectPerson(Correction):
    """What is better known now. `identity` replaces the whole identity."""

    sex: C1[Sex] = left_out()
    line_ref: LineRef | None = left_out()
    nationality_claimed: C1[Country] = left_out()
    nationality_verified: C1[Country | None] = left_out()
    identity: C2[PersonIdentity] = left_out()


class JoinHousehold(Command):
    """The person belongs to a household now, or to none. Given by the household, not by a client."""

    household_ref: HouseholdRef | None


class VoidPerson(Command):
    """Entered in error."""

    reason: VoidReason


class LookUpPersons(Given):
    """Whose names are asked for. It changes nothing; a search never stands in an address."""

    refs: tuple[PersonRef, ...] = Field(min_length=1, max_length=200)


PersonCommand = RegisterPerson | CorrectPerson | JoinHousehold | VoidPerson

STATUSES = StatusTable(
    "person",
    opening=frozenset({RegisterPerson}),
    allowed={Status.REGISTERED: frozenset({CorrectPerson, JoinHousehold, VoidPerson}), Status.VOIDED: frozenset()},
    inner=frozenset({JoinHousehold}),
)
