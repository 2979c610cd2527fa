"""One request for one service, from the draft to the day it was given in full.

The surprise: nothing leaves our own organisation without a consent to share with exactly that recipient, looked at in
the moment of sending; help in our own house needs none, so refusing to share never costs anybody help.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from pydantic import Field

from services.referrals.service_referrals.gates import Gate
from shared.contracts import referrals as told
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import Acknowledgement, DeliveryUnit, NearDay, RejectionReason, ServiceCode, VoidReason
from shared.errors import Refused
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.model import C3, Command, Correction, Decided, Event, Model, Narrative, StatusTable, left_out

DAYS_TO_ANSWER = 14


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
OPEN = frozenset({Status.DRAFT, Status.ACCEPTED, Status.IN_DELIVERY}) | WAITING


class ServiceReferral(Model):
    """A request for a service to the person of a case. `asked_ref` is the provider once the request has been sent."""

    case_ref: CaseRef
    status: Status
    service: ServiceCode
    sender_ref: OrganisationRef
    organisation_ref: OrganisationRef
    drafted_on: Day
    sent_on: Day | None = None
    asked_ref: OrganisationRef | None = None
    respond_by: Day | None = None
    ended_on: Day | None = None
    reason: RejectionReason | None = None
    deliveries: Count = 0
    last_delivered_on: Day | None = None


class Delivery(Model):
    """Some of the service, given on a day."""

    case_ref: CaseRef
    service_referral_ref: Ref
    service: ServiceCode
    quantity: Count
    unit: DeliveryUnit
    delivered_on: Day
    acknowledgement: Acknowledgement


class ReferralNote(Model):
    """What the provider must know to help, and nothing more."""

    text: C3[Narrative]


class DraftServiceReferral(Command):
    """Choose a service and who is to give it."""

    ref: Ref | None = None
    case_ref: CaseRef
    service: ServiceCode
    organisation_ref: OrganisationRef
    note: C3[Narrative] | None = None


class SendServiceReferral(Command):
    """Send the request."""

    respond_by: NearDay | None = None


class AcknowledgeServiceReferral(Command):
    """Say that the request was seen."""


class AcceptServiceReferral(Command):
    """Say that the service will be given."""


class RejectServiceReferral(Command):
    """Say that the service will not be given, and why."""

    reason: RejectionReason


class DeliverService(Command):
    """Record what was given."""

    ref: Ref | None = None
    quantity: Count = Field(gt=0)
    unit: DeliveryUnit
    acknowledgement: Acknowledgement


class CompleteServiceReferral(Command):
    """Say that the service was given in full."""


class EndServiceReferral(Command):
    """Say that the service ended before it was given in full, and why."""

    reason: RejectionReason


class RevokeServiceReferral(Command):
    """Take the request back."""

    reason: RejectionReason


class ExpireServiceReferral(Command):
    """The day to answer has passed."""


class CorrectServiceReferral(Correction):
    """Put right a request that nobody has accepted yet."""

    service: ServiceCode = left_out()
    organisation_ref: OrganisationRef = left_out()
    note: C3[Narrative] | None = left_out()


class VoidServiceReferral(Command):
    """Take back a request recorded in error."""

    reason: VoidReason


_PAST = (Status.REJECTED, Status.COMPLETED, Status.NOT_COMPLETED, Status.REVOKED, Status.EXPIRED)
_SENDERS: frozenset[type[Command]] = frozenset({RevokeServiceReferral, CorrectServiceReferral, VoidServiceReferral})
_ANSWERS: frozenset[type[Command]] = frozenset({AcceptServiceReferral, RejectServiceReferral, ExpireServiceReferral})
_GIVING: frozenset[type[Command]] = _SENDERS - {CorrectServiceReferral} | {DeliverService, EndServiceReferral}

STATUSES = StatusTable(
    "service_referral",
    opening=frozenset({DraftServiceReferral}),
    allowed={
        Status.DRAFT: _SENDERS | {SendServiceReferral},
        Status.SENT: _SENDERS | _ANSWERS | {AcknowledgeServiceReferral},
        Status.ACKNOWLEDGED: _SENDERS | _ANSWERS,
        Status.ACCEPTED: _GIVING,
        Status.IN_DELIVERY: _GIVING | {CompleteServiceReferral},
        **dict.fromkeys(_PAST, frozenset({VoidServiceReferral})),
        Status.VOIDED: frozenset(),
    },
    inner=frozenset({ExpireServiceReferral}),
)


@dataclass(frozen=True)
class Facts:
    """What stands around a request: the two days, who acts, and what stands in the way."""

    service_referral_ref: Ref
    day: Day
    today: Day
    organisation_ref: OrganisationRef
    gate: Gate = field(default_factory=Gate)
    delivery_ref: Ref | None = None


def _about(state: ServiceReferral, facts: Facts) -> dict[str, Any]:
    return {
        "case_ref": state.case_ref,
        "service_referral_ref": facts.service_referral_ref,
        "service": state.service,
        "organisation_ref": state.organisation_ref,
    }


def _draft(state: ServiceReferral | None, command: DraftServiceReferral, facts: Facts) -> Decided[ServiceReferral]:
    drafted = ServiceReferral(
        case_ref=command.case_ref,
        status=Status.DRAFT,
        service=command.service,
        sender_ref=facts.organisation_ref,
        organisation_ref=command.organisation_ref,
        drafted_on=facts.day,
    )
    if state == drafted:
        return Decided(drafted)
    STATUSES.check(state and state.status, command)
    facts.gate.check_drafting()
    return Decided(drafted, (told.ServiceReferralDrafted(**_about(drafted, facts)),))


def _send(state: ServiceReferral, command: SendServiceReferral, facts: Facts) -> Decided[ServiceReferral]:
    """The day to answer counts from today: what ends a right goes by the day of recording."""
    facts.gate.check_sending(in_house=state.sender_ref == state.organisation_ref)
    respond_by = command.respond_by or facts.today + timedelta(days=DAYS_TO_ANSWER)
    if respond_by < facts.today:
        raise Refused("answer_due_in_the_past")
    sent = told.ServiceReferralSent(**_about(state, facts), day=facts.day, respond_by=respond_by)
    after = state.but(status=Status.SENT, sent_on=facts.day, respond_by=respond_by, asked_ref=state.organisation_ref)
    return Decided(after, (sent,))


def _deliver(state: ServiceReferral, command: DeliverService, facts: Facts) -> Decided[ServiceReferral]:
    assert facts.delivery_ref is not None
    if facts.day < state.drafted_on:
        raise Refused("before_the_request")
    delivered = told.ServiceReferralDelivered(
        **_about(state, facts),
        delivery_ref=facts.delivery_ref,
        quantity=command.quantity,
        unit=command.unit,
        day=facts.day,
        acknowledgement=command.acknowledgement,
    )
    after = state.but(
        status=Status.IN_DELIVERY,
        deliveries=state.deliveries + 1,
        last_delivered_on=max(facts.day, state.last_delivered_on or facts.day),
    )
    return Decided(after, (delivered,))


def _correct(state: ServiceReferral, command: CorrectServiceReferral, facts: Facts) -> Decided[ServiceReferral]:
    corrected = command.applied_to(state)
    if corrected == state and "note" not in command.changes():
        return Decided(state)
    if state.status is not Status.DRAFT and corrected.organisation_ref != state.organisation_ref:
        raise Refused("already_sent")
    facts.gate.check_offer()
    return Decided(corrected, (told.ServiceReferralCorrected(**_about(corrected, facts)),))


def _expire(state: ServiceReferral, facts: Facts) -> Decided[ServiceReferral]:
    """A deadline that finds its request answered meanwhile has nothing to say."""
    if state.status not in WAITING:
        return Decided(state)
    if state.respond_by is None or facts.today <= state.respond_by:
        raise Refused("not_due")
    ended = state.but(status=Status.EXPIRED, ended_on=facts.today)
    return Decided(ended, (told.ServiceReferralExpired(**_about(state, facts)),))


_TOLD: Mapping[type[Command], tuple[Status, type[Event]]] = {
    AcknowledgeServiceReferral: (Status.ACKNOWLEDGED, told.ServiceReferralAcknowledged),
    AcceptServiceReferral: (Status.ACCEPTED, told.ServiceReferralAccepted),
    RejectServiceReferral: (Status.REJECTED, told.ServiceReferralRejected),
    CompleteServiceReferral: (Status.COMPLETED, told.ServiceReferralCompleted),
    EndServiceReferral: (Status.NOT_COMPLETED, told.ServiceReferralNotCompleted),
    RevokeServiceReferral: (Status.REVOKED, told.ServiceReferralRevoked),
    VoidServiceReferral: (Status.VOIDED, told.ServiceReferralVoided),
}


def _move(state: ServiceReferral, command: Command, facts: Facts) -> Decided[ServiceReferral]:
    status, fact = _TOLD[type(command)]
    values = _about(state, facts) | {"day": facts.day, "reason": getattr(command, "reason", None)}
    event = fact.model_validate({name: values[name] for name in fact.model_fields})
    if status in OPEN or status is Status.VOIDED:
        return Decided(state.but(status=status), (event,))
    return Decided(state.but(status=status, ended_on=facts.day, reason=values["reason"]), (event,))


def decide(state: ServiceReferral | None, command: Command, facts: Facts) -> Decided[ServiceReferral]:
    """What becomes of a request."""
    if isinstance(command, DraftServiceReferral):
        return _draft(state, command, facts)
    if isinstance(command, ExpireServiceReferral) and state is not None:
        return _expire(state, facts)
    STATUSES.check(state and state.status, command)
    assert state is not None
    match command:
        case SendServiceReferral():
            return _send(state, command, facts)
        case DeliverService():
            return _deliver(state, command, facts)
        case CorrectServiceReferral():
            return _correct(state, command, facts)
        case _:
            return _move(state, command, facts)
