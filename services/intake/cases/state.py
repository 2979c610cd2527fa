"""What is kept of a case, and what a rule about it needs beside that."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from services.intake.cases.detention import Detention
from services.intake.persons.state import ExternalReference
from shared.codes import CodeOf, labelled
from shared.contracts.intake import AgeBasis
from shared.contracts.leaves import Country, Month, RelationKind
from shared.ids import CaseRef, HandoverRef, HouseholdRef, LineRef, OrganisationRef, PersonRef, StaffRef
from shared.model import C0, C1, Given, Model

ConflictReason = Annotated[str, CodeOf("conflict_reason")]


@labelled("case_status")
class Status(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    VOIDED = "voided"


class Working(Model):
    """Who works, for whom, and as what."""

    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]
    kind: C0[RelationKind]


class Worker(Working):
    """Somebody who works on the case. Whom the holder let in from elsewhere works until the end of a day."""

    until: C0[date | None] = None

    @property
    def working(self) -> Working:
        """Without the day."""
        return Working(**self.model_dump(exclude={"until"}))


class Elsewhere(Given):
    """What other systems call the case. Whoever has such a number finds the person there, so it is sealed."""

    external_references: C1[tuple[ExternalReference, ...]] = ()


class Conflict(Model):
    """Somebody who is named in the case, or near to somebody who is: nothing of it is open to them."""

    staff_ref: C0[StaffRef]
    organisation_ref: C0[OrganisationRef]
    reason: C1[ConflictReason]
    declared_by: C0[StaffRef]
    end_asked_by: C0[StaffRef | None] = None


class Case(Model):
    """One return of one person. `organisation_ref` holds it; `offered_to` was asked to hold it from now on.

    `informed` are bodies of state that may record a finding of their own.
    """

    person_ref: C0[PersonRef]
    case_number: C0[str]
    status: C0[Status]
    organisation_ref: C0[OrganisationRef]
    country: C0[Country]
    is_minor: C0[bool]
    opened: C0[date]
    previous_case_ref: C0[CaseRef | None] = None
    household_ref: C0[HouseholdRef | None] = None
    handover_ref: C0[HandoverRef | None] = None
    line_ref: C0[LineRef | None] = None
    closed: C0[date | None] = None
    offered_to: C0[OrganisationRef | None] = None
    workers: C0[tuple[Worker, ...]] = ()
    implicated: C1[tuple[PersonRef, ...]] = ()
    conflicts: C0[tuple[Conflict, ...]] = ()
    informed: C0[tuple[OrganisationRef, ...]] = ()
    age_basis: C0[AgeBasis | None] = None
    child_then: C0[bool | None] = None
    first_month: C0[Month | None] = None
    last_month: C0[Month | None] = None
    detentions: C1[tuple[Detention, ...]] = ()

    @property
    def deserted(self) -> bool:
        """Whether it is open, and nobody of the organisation that holds it works on it."""
        team = (one for one in self.workers if (one.organisation_ref, one.kind) == (self.organisation_ref, "TEAM"))
        return self.status is Status.OPEN and not any(team)


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    case_ref: CaseRef
    day: date
    by: Worker
    today: date = date.max
    case_number: str = ""
    child_on_day: bool = True
    child_then: bool = True
    basis: AgeBasis = AgeBasis.PRESUMED
    previous_case_ref: CaseRef | None = None
    open_for_same_handover: bool = False
    household_ref: HouseholdRef | None = None
    implicated: tuple[PersonRef, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    same_elsewhere: bool = True
    barred: tuple[StaffRef, ...] = ()
