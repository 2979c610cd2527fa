"""What is kept of a hand-over, and what a rule about it needs beside that."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.codes import labelled
from shared.contracts.intake.handovers import Gate
from shared.contracts.leaves import Country
from shared.ids import HandoverRef, OrganisationRef, StaffRef
from shared.model import C0, Model


@labelled("handover_status")
class Status(StrEnum):
    ANNOUNCED = "announced"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    RECONCILED = "reconciled"
    CLOSED = "closed"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    VOIDED = "voided"


WAITING = frozenset({Status.ANNOUNCED, Status.CONFIRMED, Status.POSTPONED, Status.ARRIVED, Status.RECONCILED})
"""Whoever is not named yet may still be: it is neither over nor called off."""


class Handover(Model):
    """A group of people given from one side of the border to the other.

    The sender (`organisation_ref`) lists them, the receiver countersigns, and the host takes them in: their cases are
    opened by it. The consulate answers for their nationality. Whoever is none of these finds nothing to do here.
    """

    status: C0[Status]
    organisation_ref: C0[OrganisationRef]
    signed_by: C0[StaffRef]
    country: C0[Country]
    gate: C0[Gate]
    planned_day: C0[date]
    announced: C0[int]
    present: C0[int] = 0
    absent: C0[int] = 0
    added: C0[int] = 0
    head_count: C0[int | None] = None
    countersigned_by: C0[StaffRef | None] = None
    arrived_day: C0[date | None] = None
    receiver_ref: C0[OrganisationRef | None] = None
    host_ref: C0[OrganisationRef | None] = None
    consulate_ref: C0[OrganisationRef | None] = None


@dataclass(frozen=True)
class Count:
    """The lines as they stand after the command: by what became of them, and by what the consulate said."""

    listed: int = 0
    present: int = 0
    absent: int = 0
    added: int = 0
    confirmed: int = 0
    unclear: int = 0
    refused: int = 0

    @property
    def unanswered(self) -> int:
        """Lines of the list without the consulate's answer; people added at the gate are not on the list."""
        return self.listed + self.present + self.absent - self.confirmed - self.unclear - self.refused


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    handover_ref: HandoverRef
    day: date
    organisation_ref: OrganisationRef
    by: StaffRef
    count: Count = Count()
