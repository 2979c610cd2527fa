"""Commands on requests for a service.

The consent to share is looked at under the case's lock in the moment of sending. A withdrawal that was heard before
stops the send, however long the request had been waiting.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from services.referrals.facets import IntakeFacet, ReferralsFacet, ScreeningFacet
from services.referrals.organisations import state as directory
from services.referrals.organisations.tables import OrganisationRow
from services.referrals.plans.handlers import is_open
from services.referrals.service_referrals import commands as ask
from services.referrals.service_referrals import domain, gates
from services.referrals.service_referrals.commands import STATUSES, ServiceReferralCommand
from services.referrals.service_referrals.state import TAKEN_ON, WAITING, Delivery, Facts, ReferralNote, ServiceReferral
from services.referrals.service_referrals.tables import REQUEST, DeliveryRow, ServiceReferralRow
from shared.auth import SYSTEM, Caller
from shared.clock import LOCAL, local_day
from shared.ids import CaseRef, OrganisationRef, Ref, Subject
from shared.model import Decided, Model
from shared.reading import Reading
from shared.storage.tables import Row, state_of
from shared.writing.commands import Commands
from shared.writing.handling import case_of
from shared.writing.unit import Unit


def day_after(day: date) -> datetime:
    """The moment at which that day is over at the border."""
    return datetime.combine(day + timedelta(days=1), time(), LOCAL)


def _private(command: ServiceReferralCommand) -> dict[str, Model | None]:
    """The note that came with the command; None empties it."""
    if "note" not in command.model_fields_set:
        return {}
    note = getattr(command, "note", None)
    return {"note": None if note is None else ReferralNote(text=note)}


def _offered(unit: Unit, sender: OrganisationRef, recipient: OrganisationRef, service: str) -> bool:
    """Our own house needs no entry in the directory to help."""
    if sender == recipient:
        return True
    found = unit.find(OrganisationRow, directory.Organisation, recipient)
    return found is not None and found.status is directory.Status.ACTIVE and found.offers(service)


def _agreed(unit: Unit, case_ref: CaseRef, organisation_ref: OrganisationRef) -> bool:
    known = unit.facet(Subject("case", case_ref), "intake", IntakeFacet)
    return known.may_share(organisation_ref, local_day(unit.now))


def _gate(unit: Unit, aimed: ServiceReferral | ask.DraftServiceReferral, sender: OrganisationRef) -> gates.Gate:
    case, recipient, service = Subject("case", aimed.case_ref), aimed.organisation_ref, aimed.service
    screening = unit.facet(case, "screening", ScreeningFacet)
    return gates.Gate(
        plan_open=is_open(unit, aimed.case_ref),
        offered=_offered(unit, sender, recipient, service),
        share_consent=_agreed(unit, aimed.case_ref, recipient),
        entitled=gates.entitled(service, screening.entitlements),
        forbidden_by=gates.forbidden_by(service, screening.handling),
    )


def _aim(command: ServiceReferralCommand, state: ServiceReferral) -> ServiceReferral:
    """Who is to give which service once the command is done."""
    return command.applied_to(state) if isinstance(command, ask.CorrectServiceReferral) else state


def _facts(
    unit: Unit, caller: Caller, command: ServiceReferralCommand, *, ref: Ref, state: ServiceReferral | None
) -> Facts:
    """What the organisation that asks says of a request stands before a gate, and so does taking somebody on."""
    facts = Facts(
        service_referral_ref=ref,
        day=unit.effective_day,
        today=local_day(unit.now),
        organisation_ref=caller.organisation_ref,
        by=caller.staff_ref,
    )
    if isinstance(command, ask.DraftServiceReferral):
        opened_on = unit.facet(Subject("case", command.case_ref), "intake", IntakeFacet).opened_on
        return replace(facts, case_opened_on=opened_on, gate=_gate(unit, command, caller.organisation_ref))
    if state is not None:
        own = unit.facet(Subject("case", state.case_ref), "referrals", ReferralsFacet)
        facts = replace(facts, taken_back=ref in own.taken_back)
    if state is not None and isinstance(command, ask.SenderCommand):
        return replace(facts, gate=_gate(unit, _aim(command, state), state.sender_ref))
    if state is not None and isinstance(command, ask.AcceptServiceReferral):
        return replace(facts, gate=gates.Gate(share_consent=_agreed(unit, state.case_ref, state.organisation_ref)))
    return facts


def _streams(_peek: Reading, command: Any, _row: Row | None, _ref: Ref) -> Iterable[Subject]:
    """Of a draft: its case, and the organisation that is to give the service."""
    return Subject("case", command.case_ref), Subject("organisation", command.organisation_ref)


def _after(
    unit: Unit,
    caller: Caller,
    *,
    ref: Ref,
    before: ServiceReferral | None,
    decided: Decided[ServiceReferral],
) -> None:
    """A request that waits for an answer, or for a provider to say that it knows, is looked at when its day is over."""
    state = decided.state
    if state.status in WAITING and state.respond_by is not None:
        due_at = day_after(state.respond_by)
        unit.later("service_referral_expires", Subject("case", state.case_ref), due_at, {"ref": ref})
    if state.acknowledge_by is not None and before is not None and before.acknowledge_by is None:
        due_at = day_after(state.acknowledge_by)
        unit.later("withdrawal_unacknowledged", Subject("case", state.case_ref), due_at, {"ref": ref})


REQUESTS = Commands(
    "referrals.service_referral",
    ServiceReferralRow,
    ServiceReferral,
    STATUSES,
    domain.decide,
    facts=_facts,
    streams=_streams,
    private=_private,
    after=_after,
    belonging=REQUEST,
)
REQUESTS.ordinary("draft", ask.DraftServiceReferral, subjects=case_of(ServiceReferralRow))


FOR_SENDER = "speak_for_sender"


@REQUESTS.does("send", ask.SendServiceReferral, also=FOR_SENDER)
@REQUESTS.does("revoke", ask.RevokeServiceReferral, also=FOR_SENDER)
@REQUESTS.does("correct", ask.CorrectServiceReferral, subjects=case_of(ServiceReferralRow), also=FOR_SENDER)
@REQUESTS.does("void", ask.VoidServiceReferral, also=FOR_SENDER)
def by_the_sender(unit: Unit, caller: Caller, command: ask.SenderCommand, *, ref: Ref) -> None:
    """What only the organisation that asks may say of a request."""
    row = unit.peek(ServiceReferralRow, ref)
    case = Subject("case", row["case_ref"])
    REQUESTS.authorise(unit, caller, command, REQUEST.places(unit, row))
    recipient = _aim(command, state_of(ServiceReferral, row)).organisation_ref
    unit.lock(case, Subject("organisation", recipient))
    state, _ = unit.load(ServiceReferralRow, ServiceReferral, ref)
    unit.restart_if((state.organisation_ref, state.service) != (row["organisation_ref"], row["service"]))
    facts = _facts(unit, caller, command, ref=ref, state=state)
    decided = domain.decide(state, command, facts)
    unit.save(ServiceReferralRow, ref, decided, private=_private(command))
    _after(unit, caller, ref=ref, before=state, decided=decided)


def _asked_of(unit: Unit, caller: Caller, command: ask.ProviderCommand | ask.DeliverService, ref: Ref) -> None:
    """Lets in the organisation that is asked, and takes the case's lock. Who is asked is looked at again behind it."""
    row = unit.peek(ServiceReferralRow, ref)
    REQUESTS.authorise(unit, caller, command, REQUEST.places(unit, row))
    unit.lock(Subject("case", row["case_ref"]))
    REQUESTS.authorise(unit, caller, command, REQUEST.places(unit, unit.peek(ServiceReferralRow, ref)))


@REQUESTS.does("acknowledge", ask.AcknowledgeServiceReferral)
@REQUESTS.does("accept", ask.AcceptServiceReferral)
@REQUESTS.does("reject", ask.RejectServiceReferral)
@REQUESTS.does("complete", ask.CompleteServiceReferral)
@REQUESTS.does("end", ask.EndServiceReferral)
@REQUESTS.does("expire", ask.ExpireServiceReferral)
@REQUESTS.does("end_sharing", ask.EndSharing)
@REQUESTS.does("acknowledge_withdrawal", ask.AcknowledgeWithdrawal)
def by_the_provider(unit: Unit, caller: Caller, command: ask.ProviderCommand, *, ref: Ref) -> None:
    """What only the organisation that is asked may say of a request, or what follows from its saying nothing."""
    _asked_of(unit, caller, command, ref)
    state, _ = unit.load(ServiceReferralRow, ServiceReferral, ref)
    facts = _facts(unit, caller, command, ref=ref, state=state)
    unit.save(ServiceReferralRow, ref, domain.decide(state, command, facts))


@REQUESTS.does("deliver", ask.DeliverService, creates=True)
def deliver(unit: Unit, caller: Caller, command: ask.DeliverService, *, ref: Ref, delivery_ref: Ref) -> None:
    """Record what was given; the same delivery sent twice is one."""
    _asked_of(unit, caller, command, ref)
    state, _ = unit.load(ServiceReferralRow, ServiceReferral, ref, change=False)
    if unit.known(DeliveryRow, delivery_ref, command, under=ref):
        return unit.answer_about(ServiceReferralRow, ServiceReferral, ref)
    facts = replace(_facts(unit, caller, command, ref=ref, state=state), delivery_ref=delivery_ref)
    delivery = Delivery(
        case_ref=state.case_ref,
        service_referral_ref=ref,
        service=state.service,
        quantity=command.quantity,
        unit=command.unit,
        delivered_on=unit.effective_day,
        acknowledgement=command.acknowledgement,
    )
    unit.save(ServiceReferralRow, ref, domain.decide(state, command, facts))
    unit.add(DeliveryRow, delivery_ref, delivery)


def end_sharing(unit: Unit, case_ref: CaseRef, organisation_ref: OrganisationRef) -> bool:
    """Nothing may be shared with an organisation any more: take back what waits there, and tell whoever gives help.

    A withdrawal that is heard of late ends a request on the day it was sent at the earliest. Whether help goes on.
    """
    case = Subject("case", case_ref)
    unit.lock(case)
    if _agreed(unit, case_ref, organisation_ref):
        return False
    goes_on = False
    for row in unit.select(ServiceReferralRow, case_ref=case_ref, organisation_ref=organisation_ref):
        state, _ = unit.load(ServiceReferralRow, ServiceReferral, row["ref"], change=False)
        if state.status in WAITING and not state.in_house:
            _of_itself(unit, row["ref"], state, ask.RevokeServiceReferral(reason="CONSENT_WITHDRAWN"))
        if state.status in TAKEN_ON and not state.in_house:
            goes_on = True
            _of_itself(unit, row["ref"], state, ask.EndSharing())
    return goes_on


def _of_itself(unit: Unit, ref: Ref, state: ServiceReferral, command: ServiceReferralCommand) -> None:
    facts = _facts(unit, SYSTEM, command, ref=ref, state=state)
    decided = domain.decide(state, command, replace(facts, day=max(facts.day, state.asked_on)))
    unit.save(ServiceReferralRow, ref, decided)
    _after(unit, SYSTEM, ref=ref, before=state, decided=decided)


def unacknowledged(unit: Unit, ref: Ref) -> bool:
    """Whether the day to say that they know has passed, and the provider has not said so."""
    return state_of(ServiceReferral, unit.peek(ServiceReferralRow, ref)).unacknowledged(local_day(unit.now))
