"""What is kept of a stay, and what a rule about it needs beside that."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from shared.codes import CodeOf, labelled
from shared.contracts.intake import ReceiverKind
from shared.ids import CaseRef, OrganisationRef, PersonRef, Ref, StaffRef
from shared.model import C0, C1, C4, Given, Model, Name

Need = Annotated[str, CodeOf("urgent_need")]
Waiver = Annotated[str, CodeOf("waiver_reason")]
TravelMode = Annotated[str, CodeOf("travel_mode")]


@labelled("stay_status")
class Status(StrEnum):
    EXPECTED = "expected"
    ADMITTED = "admitted"
    DEPARTED = "departed"
    HANDED_OVER = "handed_over"
    LEFT_EARLY = "left_early"
    MISSING = "missing"
    VOIDED = "voided"


HOSTED = frozenset({Status.EXPECTED, Status.ADMITTED, Status.MISSING})
RUNNING = HOSTED | {Status.DEPARTED}


class Stay(Model):
    """The time between the gate and home. `since` is the day on which it came to its status."""

    case_ref: C0[CaseRef]
    status: C0[Status]
    organisation_ref: C0[OrganisationRef]
    day: C0[date]
    urgent_needs_checked: C0[bool] = False
    needs: C1[tuple[Need, ...]] = ()
    waiver: C0[Waiver | None] = None
    travel_mode: C1[TravelMode | None] = None
    escort_ref: C0[StaffRef | None] = None
    ended: C0[date | None] = None
    receiver: C1[ReceiverKind | None] = None
    receiver_ref: C1[PersonRef | None] = None
    receiver_organisation_ref: C1[OrganisationRef | None] = None
    since: C0[date | None] = None
    departed: C0[date | None] = None

    @property
    def left(self) -> date | None:
        """The last day at the centre, once somebody is there no more."""
        return self.departed or self.ended or (self.since if self.status is Status.MISSING else None)

    @property
    def hosted(self) -> bool:
        """Whether the organisation hosts them: from when they are expected until they set out, leave or are received.

        A child that is missing from there is looked for, and hosted still.
        """
        return self.status in HOSTED and self.departed is None


class Bed(Given):
    """Where somebody sleeps."""

    room: C4[Name]
    bed: C4[Name | None] = None


@dataclass(frozen=True)
class Receiver:
    """Who was decided to receive a child."""

    kind: ReceiverKind
    person_ref: PersonRef | None = None
    exception: bool = False


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    stay_ref: Ref
    day: date
    organisation_ref: OrganisationRef
    opened: date | None = None
    child: bool = True
    too_young_to_ask: bool = False
    decided: Receiver | None = None
    implicated: frozenset[PersonRef] = frozenset()
    missing: bool = False
    other_stay_open: bool = False
    hosted_meanwhile: OrganisationRef | None = None
