"""What is kept of a household, and what a rule about it needs beside that."""

from dataclasses import dataclass
from enum import StrEnum

from shared.codes import labelled
from shared.contracts.intake.people import Relationship
from shared.ids import HouseholdRef, OrganisationRef, PersonRef, StaffRef
from shared.model import C0, C1, Given, Model


@labelled("household_status")
class Status(StrEnum):
    FORMED = "formed"
    VOIDED = "voided"


class Member(Given):
    """Somebody who belongs to the household."""

    person_ref: C0[PersonRef]
    relationship: C1[Relationship]
    implicated_caregiver: C1[bool] = False


class Lifting(Model):
    """What one of a team asked that would lift a suspicion: as the household would be. Another one says the same."""

    asked_by: C0[StaffRef]
    members: C1[tuple[Member, ...]]
    status: C0[Status]


class Household(Model):
    """People who live together, or did before they left."""

    status: C0[Status]
    members: C1[tuple[Member, ...]] = ()
    lifting: C1[Lifting | None] = None
    organisation_ref: C0[OrganisationRef | None] = None

    @property
    def implicated(self) -> tuple[PersonRef, ...]:
        return tuple(sorted(member.person_ref for member in self.members if member.implicated_caregiver))


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    household_ref: HouseholdRef
    organisation_ref: OrganisationRef
    by: StaffRef
    elsewhere: frozenset[PersonRef] = frozenset()
    with_case: frozenset[PersonRef] = frozenset()
    """Whose case would be told."""
    team_of: frozenset[PersonRef] = frozenset()
    """On whose case the caller works for the organisation that holds it."""
