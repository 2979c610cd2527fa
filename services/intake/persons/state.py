"""What is kept of a person, and what a rule about one needs beside that.

There is no age here and no birth date in the clear. Every statement about a birth is kept, with its source; what they
mean together is computed when it is asked for.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from services.intake.persons.age import AgeDetermination
from services.intake.persons.births import Birth
from shared.codes import CodeOf, labelled
from shared.codes.places import Place, Province
from shared.contracts.intake import NationalityAnswer
from shared.contracts.leaves import Country
from shared.ids import HouseholdRef, LineRef, OrganisationRef, PersonRef, StaffRef
from shared.model import C0, C1, C2, Given, Model, Name

Sex = Annotated[str, CodeOf("sex")]
Script = Annotated[str, CodeOf("script")]
NameKind = Annotated[str, CodeOf("name_kind")]
PhoneOwner = Annotated[str, CodeOf("phone_owner")]
DocumentKind = Annotated[str, CodeOf("document_kind")]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]


@labelled("person_status")
class Status(StrEnum):
    REGISTERED = "registered"
    VOIDED = "voided"


@labelled("name_order")
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
    script: C0[Script]
    order: C0[NameOrder] = NameOrder.UNKNOWN
    kind: C0[NameKind] = "OWN"
    family_name: C2[Name | None] = None
    given_name: C2[Name | None] = None
    written_by: C0[StaffRef | None] = None


class Phone(Given):
    """A number, whose it is, and what is safe to do with it."""

    number: C2[PhoneNumber]
    owner: C1[PhoneOwner]
    safe_to_call: C1[bool] = False
    safe_to_leave_message: C1[bool] = False


class Document(Given):
    """A paper and its number."""

    kind: C1[DocumentKind]
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
    """Somebody, with what may stand in the clear in this service. `organisation_ref` registered them."""

    status: C0[Status]
    sex: C1[Sex]
    registered_by: C0[StaffRef]
    organisation_ref: C0[OrganisationRef | None] = None
    line_ref: C0[LineRef | None] = None
    nationality_claimed: C1[Country] = "UNKNOWN"
    nationality_verified: C1[Country | None] = None
    verified_on: C1[date | None] = None
    home_province: C1[Province | None] = None
    stateless_risk: C1[bool] = False
    household_ref: C0[HouseholdRef | None] = None


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    person_ref: PersonRef
    day: date
    by: StaffRef
    organisation_ref: OrganisationRef | None = None
    line_taken: bool = False
    line_nationality: NationalityAnswer | None = None
    has_open_case: bool = False
    same_identity: bool = False
