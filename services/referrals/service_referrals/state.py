"""What is kept of a request for a service and of what was given, and what a rule about it needs beside that."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from services.referrals.service_referrals.gates import Gate
from shared.codes import labelled
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import Acknowledgement, DeliveryUnit, RejectionReason, ServiceCode
from shared.ids import CaseRef, OrganisationRef, Ref, StaffRef
from shared.model import C0, C3, Model, Narrative


@labelled("service_referral_status")
class Status(StrEnum):
    """How far the request is."""

    DRAFT = "draft"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_DELIVERY = "in_delivery"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    REVOKED = "revoked"
    EXPIRED = "expired"
    VOIDED = "voided"


WAITING = frozenset({Status.SENT, Status.ACKNOWLEDGED})
TAKEN_ON = frozenset({Status.ACCEPTED, Status.IN_DELIVERY})
OPEN = frozenset({Status.DRAFT}) | WAITING | TAKEN_ON


@labelled("answer_timing")
class AnswerTiming(StrEnum):
    """How a request that waits for an answer stands on a given day."""

    DUE = "due"
    OVERDUE = "overdue"


class ServiceReferral(Model):
    """A request for a service to the person of a case. `asked_ref` is the provider once the request has been sent.

    `acknowledge_by` stands while the provider has not said that it knows of the last end of the consent to share.
    """

    case_ref: C0[CaseRef]
    status: C0[Status]
    service: C0[ServiceCode]
    sender_ref: C0[OrganisationRef]
    organisation_ref: C0[OrganisationRef]
    drafted_on: C0[Day]
    sent_on: C0[Day | None] = None
    asked_ref: C0[OrganisationRef | None] = None
    sent_by: C0[StaffRef | None] = None
    respond_by: C0[Day | None] = None
    ended_on: C0[Day | None] = None
    reason: C0[RejectionReason | None] = None
    deliveries: C0[Count] = 0
    last_delivered_on: C0[Day | None] = None
    sharing_ended_on: C0[Day | None] = None
    acknowledge_by: C0[Day | None] = None
    acknowledged_on: C0[Day | None] = None

    def unacknowledged(self, today: Day) -> bool:
        """Whether the provider should have said by now that it knows of a withdrawal."""
        late = self.acknowledge_by is not None and self.acknowledge_by < today
        return late and self.status is not Status.VOIDED

    @property
    def in_house(self) -> bool:
        """Whether nothing leaves the organisation that asks."""
        return self.sender_ref == self.organisation_ref

    @property
    def asked_on(self) -> Day:
        """The day it was sent or, before that, drafted: nothing is done with a request before it."""
        return self.sent_on or self.drafted_on


class Delivery(Model):
    """Some of the service, given on a day."""

    case_ref: C0[CaseRef]
    service_referral_ref: C0[Ref]
    service: C0[ServiceCode]
    quantity: C0[Count]
    unit: C0[DeliveryUnit]
    delivered_on: C0[Day]
    acknowledgement: C0[Acknowledgement]


class ReferralNote(Model):
    """What the provider must know to help, and nothing more."""

    text: C3[Narrative]


@dataclass(frozen=True)
class Facts:
    """What stands around a request: the two days, who acts, and what stands in the way."""

    service_referral_ref: Ref
    day: Day
    today: Day
    organisation_ref: OrganisationRef
    by: StaffRef | None = None
    case_opened_on: Day | None = None
    gate: Gate = field(default_factory=Gate)
    taken_back: bool = False
    delivery_ref: Ref | None = None

    def about(self, state: ServiceReferral) -> dict[str, Any]:
        """What every fact of the request says of it."""
        named = {name: getattr(state, name) for name in ("case_ref", "service", "organisation_ref")}
        return {**named, "service_referral_ref": self.service_referral_ref}
