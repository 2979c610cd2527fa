"""The rules of a person: known as far as they know or say it, put right when they know better.

The surprise: there is no age here and no birth date in the clear. Every statement about a birth is kept, with its
source; what they mean together is computed when it is asked for, and in doubt a person is a child.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from services.intake.persons.age import AgeDetermination
from services.intake.persons.births import Birth, span
from shared.codes import CodeOf
from shared.codes.places import Place, Province
from shared.contracts import intake as told
from shared.contracts.intake import NationalityAnswer
from shared.contracts.leaves import Country
from shared.errors import Refused
from shared.ids import HouseholdRef, LineRef, PersonRef, Ref, StaffRef
from shared.model import C0, C1, C2, Command, Correction, Decided, Given, Model, Name, StatusTable, left_out

Sex = Annotated[str, CodeOf("sex")]
Script = Annotated[str, CodeOf("script")]
NameKind = Annotated[str, CodeOf("name_kind")]
PhoneOwner = Annotated[str, CodeOf("phone_owner")]
DocumentKind = Annotated[str, CodeOf("document_kind")]
VoidReason = Annotated[str, CodeOf("void_reason")]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]


class Status(StrEnum):
    REGISTERED = "registered"
    VOIDED = "voided"


class NameOrder(StrEnum):
    """Which part of a name comes first. Both peoples usually put the family first; Cham do not."""

    FAMILY_FIRST = "FAMILY_FIRST"
    GIVEN_FIRST = "GIVEN_FIRST"
    SINGLE = "SINGLE"
    UNKNOWN = "UNKNOWN"


class ExternalReference(Given):
    """What another system calls the thing."""

    system: C0[Name]
    value: C0[Name]


class PersonName(Given):
    """A name as somebody wrote it. No script is required and none is made from another."""

    full_name: C2[Name]
    script: Script
    order: NameOrder = NameOrder.UNKNOWN
    kind: NameKind = "OWN"
    family_name: C2[Name | None] = None
    given_name: C2[Name | None] = None
    written_by: StaffRef | None = None


class Phone(Given):
    """A number, whose it is, and what is safe to do with it."""

    number: C2[PhoneNumber]
    owner: PhoneOwner
    safe_to_call: bool = False
    safe_to_leave_message: bool = False


class Document(Given):
    """A paper and its number."""

    kind: DocumentKind
    number: C2[Name | None] = None


class PersonIdentity(Given):
    """Who somebody is. Sealed under the person, in this service alone."""

    names: C2[tuple[PersonName, ...]] = Field(default=(), max_length=20)
    births: C2[tuple[Birth, ...]] = Field(default=(), max_length=20)
    phones: C2[tuple[Phone, ...]] = Field(default=(), max_length=10)
    documents: C2[tuple[Document, ...]] = Field(default=(), max_length=20)
    home: C2[Place | None] = None
    determination: C2[AgeDetermination | None] = None


class Person(Model):
    """Somebody, with what may stand in the clear in this service."""

    status: Status
    sex: C1[Sex]
    registered_by: StaffRef
    line_ref: LineRef | None = None
    nationality_claimed: C1[Country] = "UNKNOWN"
    nationality_verified: C1[Country | None] = None
    verified_on: date | None = None
    home_province: C1[Province | None] = None
    stateless_risk: C1[bool] = False
    household_ref: HouseholdRef | None = None


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


STATUSES = StatusTable(
    "person",
    opening=frozenset({RegisterPerson}),
    allowed={Status.REGISTERED: frozenset({CorrectPerson, JoinHousehold, VoidPerson}), Status.VOIDED: frozenset()},
    inner=frozenset({JoinHousehold}),
)


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    person_ref: PersonRef
    day: date
    by: StaffRef
    line_taken: bool = False
    line_nationality: NationalityAnswer | None = None
    has_open_case: bool = False
    same_identity: bool = False


def decide(state: Person | None, command: Command, facts: Facts) -> Decided[Person]:
    """What becomes of a person."""
    if state is not None and _holds(state, command, facts):
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    _born_already(getattr(command, "identity", None), facts.day)
    if isinstance(command, RegisterPerson):
        return _register(command, facts)
    assert state is not None
    if isinstance(command, CorrectPerson):
        return _correct(state, command, facts)
    if isinstance(command, JoinHousehold):
        after = state.but(household_ref=command.household_ref)
        moved = told.PersonHouseholdChanged(person_ref=facts.person_ref, household_ref=command.household_ref)
        return Decided(state) if after == state else Decided(after, (moved,))
    assert isinstance(command, VoidPerson)
    if facts.has_open_case:
        raise Refused("person_has_a_case")
    voided = told.PersonVoided(person_ref=facts.person_ref, reason=command.reason)
    return Decided(state.but(status=Status.VOIDED), (voided,))


def _born_already(identity: PersonIdentity | None, day: date) -> None:
    """Who stands here has been born: a statement that lies wholly in the future is a slip of the pen."""
    if identity is not None and any(span(birth).earliest > day for birth in identity.births):
        raise Refused("born_in_the_future")


def _holds(state: Person, command: Command, facts: Facts) -> bool:
    """The same again, when it is so already, decides nothing."""
    if isinstance(command, RegisterPerson):
        return facts.same_identity and state == _registered(command, facts)
    return False


def _registered(command: RegisterPerson, facts: Facts) -> Person:
    """A consular confirmation of the line is a verified nationality; nothing forces one country or the other."""
    confirmed = facts.line_nationality is NationalityAnswer.CONFIRMED
    return Person(
        status=Status.REGISTERED,
        sex=command.sex,
        registered_by=facts.by,
        line_ref=command.line_ref,
        nationality_claimed=command.nationality_claimed,
        nationality_verified="KH" if confirmed else None,
        verified_on=facts.day if confirmed else None,
        home_province=None if command.identity.home is None else command.identity.home.province,
        stateless_risk=facts.line_nationality is NationalityAnswer.REFUSED,
    )


def _register(command: RegisterPerson, facts: Facts) -> Decided[Person]:
    if facts.line_taken:
        raise Refused("line_has_a_person")
    registered = told.PersonRegistered(person_ref=facts.person_ref, line_ref=command.line_ref)
    return Decided(_registered(command, facts), (registered,))


def _correct(state: Person, command: CorrectPerson, facts: Facts) -> Decided[Person]:
    if facts.line_taken:
        raise Refused("line_has_a_person")
    said, after = command.changes(), command.applied_to(state)
    if after.nationality_verified is None:
        after = after.but(verified_on=None)
    elif "nationality_verified" in said:
        after = after.but(verified_on=facts.day, stateless_risk=False)
    if "identity" in said:
        after = after.but(home_province=None if command.identity.home is None else command.identity.home.province)
    if after == state and ("identity" not in said or facts.same_identity):
        return Decided(state)
    return Decided(after, (told.PersonCorrected(person_ref=facts.person_ref),))
