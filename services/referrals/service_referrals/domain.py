"""The rules of one request for one service, from the draft to the day it was given in full.

Nothing leaves our own organisation without a consent to share with exactly that recipient, looked at in the moment of
sending, and again when the provider takes somebody on or anything new is written for it. Help in our own house needs
none, and a service that is being given goes on without, so refusing to share never costs anybody help.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import assert_never

from services.referrals.service_referrals import withdrawals
from services.referrals.service_referrals.commands import (
    STATUSES,
    AcceptServiceReferral,
    AcknowledgeServiceReferral,
    CompleteServiceReferral,
    CorrectServiceReferral,
    DeliverService,
    DraftServiceReferral,
    EndServiceReferral,
    ExpireServiceReferral,
    RejectServiceReferral,
    RevokeServiceReferral,
    SendServiceReferral,
    ServiceReferralCommand,
    VoidServiceReferral,
    WithdrawalCommand,
)
from services.referrals.service_referrals.state import OPEN, WAITING, Facts, ServiceReferral, Status
from shared.contracts import referrals as told
from shared.errors import Refused
from shared.model import Command, Decided, Event

DAYS_TO_ANSWER = 14


Acting = SendServiceReferral | AcknowledgeServiceReferral | AcceptServiceReferral | DeliverService
"""What nobody does on a request that was taken back."""


def decide(state: ServiceReferral | None, command: ServiceReferralCommand, facts: Facts) -> Decided[ServiceReferral]:
    """What becomes of a request. A deadline that finds it answered meanwhile has nothing to say."""
    if isinstance(command, ExpireServiceReferral) and state is not None and state.status not in WAITING:
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, DraftServiceReferral):
        return _draft(command, facts)
    assert state is not None
    _refuse_taken_back(command, facts)
    if isinstance(command, WithdrawalCommand):
        return withdrawals.step(state, command, facts)
    match command:
        case SendServiceReferral():
            return _send(state, command, facts)
        case DeliverService():
            return _deliver(state, command, facts)
        case CorrectServiceReferral():
            return _correct(state, command, facts)
        case ExpireServiceReferral():
            return _expire(state, facts)
        case AcceptServiceReferral():
            _second_person(state, facts)
            facts.gate.check_sharing(in_house=state.in_house)
            return _move(state, command, facts)
        case CompleteServiceReferral() | EndServiceReferral():
            withdrawals.check_acknowledged(state)
            return _move(state, command, facts)
        case AcknowledgeServiceReferral() | RejectServiceReferral():
            return _move(state, command, facts)
        case RevokeServiceReferral() | VoidServiceReferral():
            return _move(state, command, facts)
        case _:
            assert_never(command)


def _refuse_taken_back(command: ServiceReferralCommand, facts: Facts) -> None:
    """What was said in a time that was lost is recorded again, or dismissed, before anybody acts."""
    if facts.taken_back and isinstance(command, Acting):
        raise Refused("not_allowed_in_status")


def _since_asked(state: ServiceReferral, facts: Facts) -> None:
    if facts.day < state.asked_on:
        raise Refused("before_the_request")


def _draft(command: DraftServiceReferral, facts: Facts) -> Decided[ServiceReferral]:
    facts.gate.check_drafting()
    if facts.case_opened_on is not None and facts.day < facts.case_opened_on:
        raise Refused("before_case_opened")
    drafted = ServiceReferral(
        case_ref=command.case_ref,
        status=Status.DRAFT,
        service=command.service,
        sender_ref=facts.organisation_ref,
        organisation_ref=command.organisation_ref,
        drafted_on=facts.day,
    )
    return Decided(drafted, (told.ServiceReferralDrafted(**facts.about(drafted)),))


def _send(state: ServiceReferral, command: SendServiceReferral, facts: Facts) -> Decided[ServiceReferral]:
    """The day to answer counts from today: what ends a right goes by the day of recording."""
    facts.gate.check_sending(in_house=state.in_house)
    _since_asked(state, facts)
    respond_by = command.respond_by or facts.today + timedelta(days=DAYS_TO_ANSWER)
    if respond_by < facts.today:
        raise Refused("answer_due_in_the_past")
    sent = told.ServiceReferralSent(**facts.about(state), day=facts.day, respond_by=respond_by)
    after = state.but(status=Status.SENT, sent_on=facts.day, respond_by=respond_by)
    return Decided(after.but(asked_ref=state.organisation_ref, sent_by=facts.by), (sent,))


def _second_person(state: ServiceReferral, facts: Facts) -> None:
    """Accepting discloses the person to whoever is asked: nobody asks themselves, also not for another organisation."""
    if state.sent_by is not None and state.sent_by == facts.by:
        raise Refused("referral_second_person")


def _deliver(state: ServiceReferral, command: DeliverService, facts: Facts) -> Decided[ServiceReferral]:
    assert facts.delivery_ref is not None
    _since_asked(state, facts)
    delivered = told.ServiceReferralDelivered(
        **facts.about(state),
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
    if state.status is not Status.DRAFT:
        facts.gate.check_sharing(in_house=state.in_house)
    facts.gate.check_offer()
    return Decided(corrected, (told.ServiceReferralCorrected(**facts.about(corrected)),))


def _expire(state: ServiceReferral, facts: Facts) -> Decided[ServiceReferral]:
    if state.respond_by is None or facts.today <= state.respond_by:
        raise Refused("not_due")
    ended = state.but(status=Status.EXPIRED, ended_on=facts.today)
    return Decided(ended, (told.ServiceReferralExpired(**facts.about(state)),))


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
    values = facts.about(state) | {"day": facts.day, "reason": getattr(command, "reason", None)}
    event = fact.model_validate({name: values[name] for name in fact.model_fields})
    if status is Status.VOIDED:
        return Decided(state.but(status=status), (event,))
    _since_asked(state, facts)
    if status in OPEN:
        return Decided(state.but(status=status), (event,))
    if state.last_delivered_on is not None and facts.day < state.last_delivered_on:
        raise Refused("before_the_last_delivery")
    return Decided(state.but(status=status, ended_on=facts.day, reason=values["reason"]), (event,))
