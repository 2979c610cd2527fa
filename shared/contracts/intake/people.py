"""Facts of people and households. They tell that somebody is known, never who it is."""

from typing import Annotated, ClassVar

from shared.codes import CodeOf
from shared.contracts.intake.terms import VoidReason
from shared.ids import HouseholdRef, LineRef, OrganisationRef, PersonRef
from shared.model import Event

Relationship = Annotated[str, CodeOf("relationship")]


class _OfPerson(Event):
    stream: ClassVar[str] = "person"
    person_ref: PersonRef


class PersonRegistered(_OfPerson):
    """Intake knows who somebody is, as far as they know or say it."""

    type: ClassVar[str] = "intake.person.registered.v1"
    line_ref: LineRef | None = None
    organisation_ref: OrganisationRef | None = None


class PersonCorrected(_OfPerson):
    """What was known of a person was put right."""

    type: ClassVar[str] = "intake.person.corrected.v1"


class PersonHouseholdChanged(_OfPerson):
    """The person belongs to another household now, or to none."""

    type: ClassVar[str] = "intake.person.household_changed.v1"
    household_ref: HouseholdRef | None


class PersonVoided(_OfPerson):
    """The person was entered in error."""

    type: ClassVar[str] = "intake.person.voided.v1"
    reason: VoidReason


class _OfHousehold(Event):
    stream: ClassVar[str] = "household"
    household_ref: HouseholdRef


class HouseholdFormed(_OfHousehold):
    """People who live together, or did before they left, are known as one household."""

    type: ClassVar[str] = "intake.household.formed.v1"


class MemberAdded(_OfHousehold):
    """Somebody belongs to the household, by a relationship to its head."""

    type: ClassVar[str] = "intake.household.member_added.v1"
    person_ref: PersonRef
    relationship: Annotated[str, CodeOf("relationship")]
    implicated_caregiver: bool


class MemberLeft(_OfHousehold):
    """Somebody no longer belongs to the household."""

    type: ClassVar[str] = "intake.household.member_left.v1"
    person_ref: PersonRef


class HouseholdCorrected(_OfHousehold):
    """A member's relationship, or whether the caregiver is implicated, was put right."""

    type: ClassVar[str] = "intake.household.corrected.v1"
    person_ref: PersonRef
    relationship: Annotated[str, CodeOf("relationship")]
    implicated_caregiver: bool


class HouseholdVoided(_OfHousehold):
    """The household was entered in error."""

    type: ClassVar[str] = "intake.household.voided.v1"
    reason: VoidReason
