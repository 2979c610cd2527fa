"""What is done with requests for a service.

The surprise: the consent to share is looked at under the case's lock in the moment of sending. A withdrawal that was
heard before stops the send, however long the request had been waiting.
"""

from datetime import date, datetime, time, timedelta

from services.referrals.facets import IntakeFacet, ScreeningFacet
from services.referrals.organisations import state as directory
from services.referrals.organisations.tables import OrganisationRow
from services.referrals.plans.handlers import is_open
from services.referrals.service_referrals import domain as ask
from services.referrals.service_referrals import gates
from services.referrals.service_referrals.domain import Delivery, Facts, ReferralNote, ServiceReferral, decide
from services.referrals.service_referrals.tables import DeliveryRow, ServiceReferralRow
from shared.auth import SYSTEM, Caller, Role, authorise
from shared.clock import LOCAL, local_day
from shared.errors import NotFound
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.model import Command, Decided, Model
from shared.storage.tables import Row
from shared.writing.handling import case_of, handles
from shared.writing.unit import Unit


def day_after(day: date) -> datetime:
    """The moment at which that day is over at the border."""
    return datetime.combine(day + timedelta(days=1), time(), LOCAL)


def _private(command: Command) -> dict[str, Model | None]:
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


def _gate(
    unit: Unit, case_ref: CaseRef, sender: OrganisationRef, recipient: OrganisationRef, service: str
) -> gates.Gate:
    intake = unit.facet(f"case/{case_ref}", "intake", IntakeFacet)
    screening = unit.facet(f"case/{case_ref}", "screening", ScreeningFacet)
    return gates.Gate(
        plan_open=is_open(unit, case_ref),
        offered=_offered(unit, sender, recipient, service),
        share_consent=intake.may_share(recipient, local_day(unit.now)),
        entitled=gates.entitled(service, screening.entitlements),
        forbidden_by=gates.forbidden_by(service, screening.handling),
    )


def _facts(
    unit: Unit, caller: Caller, ref: Ref, gate: gates.Gate | None = None, delivery_ref: Ref | None = None
) -> Facts:
    return Facts(
        service_referral_ref=ref,
        day=unit.effective_day,
        today=local_day(unit.now),
        organisation_ref=caller.organisation_ref,
        gate=gate or gates.Gate(),
        delivery_ref=delivery_ref,
    )


def _only(caller: Caller, organisation_ref: OrganisationRef) -> None:
    """Whoever works elsewhere has no such request."""
    if caller.role is not Role.SYSTEM and caller.organisation_ref != organisation_ref:
        raise NotFound()


def _aim(command: Command, row: Row) -> tuple[OrganisationRef, str]:
    """Who is to give which service once the command is done."""
    if isinstance(command, ask.CorrectServiceReferral):
        row = {**row, **command.changes()}
    return row["organisation_ref"], row["service"]


def _ask(unit: Unit, caller: Caller, command: Command, action: str, ref: Ref) -> None:
    """A command of the organisation that asks."""
    row = unit.peek(ServiceReferralRow, ref)
    case_ref = row["case_ref"]
    authorise(unit, caller, action, f"case/{case_ref}")
    _only(caller, row["sender_ref"])
    recipient, service = _aim(command, row)
    unit.lock(f"case/{case_ref}", f"organisation/{recipient}")
    state, _ = unit.load(ServiceReferralRow, ServiceReferral, ref)
    unit.restart_if((state.organisation_ref, state.service) != (row["organisation_ref"], row["service"]))
    gate = _gate(unit, case_ref, state.sender_ref, recipient, service)
    decided = decide(state, command, _facts(unit, caller, ref, gate))
    unit.save(ServiceReferralRow, ref, decided, private=_private(command))
    _watch(unit, ref, decided.state)


def _watch(unit: Unit, ref: Ref, state: ServiceReferral) -> None:
    """A request that waits for an answer is looked at again when its day has passed."""
    if state.status in ask.WAITING and state.respond_by is not None:
        due_at = day_after(state.respond_by)
        unit.later("service_referral_expires", f"case/{state.case_ref}", due_at, {"ref": ref})


def _give(unit: Unit, caller: Caller, command: Command, action: str, ref: Ref) -> None:
    """A command of the organisation that is asked."""
    row = unit.peek(ServiceReferralRow, ref)
    authorise(unit, caller, action, f"case/{row['case_ref']}")
    _only(caller, row["organisation_ref"])
    unit.lock(f"case/{row['case_ref']}")
    state, _ = unit.load(ServiceReferralRow, ServiceReferral, ref)
    _only(caller, state.organisation_ref)
    unit.save(ServiceReferralRow, ref, decide(state, command, _facts(unit, caller, ref)))


@handles("referrals.service_referral.draft", subjects=case_of(ServiceReferralRow), creates=True)
def draft(unit: Unit, caller: Caller, command: ask.DraftServiceReferral, *, ref: Ref) -> None:
    """Choose a service and who is to give it."""
    authorise(unit, caller, "referrals.service_referral.draft", f"case/{command.case_ref}")
    unit.lock(f"case/{command.case_ref}", f"organisation/{command.organisation_ref}")
    state = unit.find(ServiceReferralRow, ServiceReferral, ref)
    gate = _gate(unit, command.case_ref, caller.organisation_ref, command.organisation_ref, command.service)
    decided = decide(state, command, _facts(unit, caller, ref, gate))
    unit.save(ServiceReferralRow, ref, decided, private=_private(command))


@handles("referrals.service_referral.send")
def send(unit: Unit, caller: Caller, command: ask.SendServiceReferral, *, ref: Ref) -> None:
    """Send the request, if the person still agrees to it in this moment."""
    _ask(unit, caller, command, "referrals.service_referral.send", ref)


@handles("referrals.service_referral.revoke")
def revoke(unit: Unit, caller: Caller, command: ask.RevokeServiceReferral, *, ref: Ref) -> None:
    """Take the request back."""
    _ask(unit, caller, command, "referrals.service_referral.revoke", ref)


@handles("referrals.service_referral.correct", subjects=case_of(ServiceReferralRow))
def correct(unit: Unit, caller: Caller, command: ask.CorrectServiceReferral, *, ref: Ref) -> None:
    """Put right a request that nobody has accepted yet."""
    _ask(unit, caller, command, "referrals.service_referral.correct", ref)


@handles("referrals.service_referral.void")
def void(unit: Unit, caller: Caller, command: ask.VoidServiceReferral, *, ref: Ref) -> None:
    """Take back a request recorded in error."""
    _ask(unit, caller, command, "referrals.service_referral.void", ref)


@handles("referrals.service_referral.expire")
def expire(unit: Unit, caller: Caller, command: ask.ExpireServiceReferral, *, ref: Ref) -> None:
    """The day to answer has passed."""
    _give(unit, caller, command, "referrals.service_referral.expire", ref)


@handles("referrals.service_referral.acknowledge")
def acknowledge(unit: Unit, caller: Caller, command: ask.AcknowledgeServiceReferral, *, ref: Ref) -> None:
    """Say that the request was seen."""
    _give(unit, caller, command, "referrals.service_referral.acknowledge", ref)


@handles("referrals.service_referral.accept")
def accept(unit: Unit, caller: Caller, command: ask.AcceptServiceReferral, *, ref: Ref) -> None:
    """Say that the service will be given."""
    _give(unit, caller, command, "referrals.service_referral.accept", ref)


@handles("referrals.service_referral.reject")
def reject(unit: Unit, caller: Caller, command: ask.RejectServiceReferral, *, ref: Ref) -> None:
    """Say that the service will not be given."""
    _give(unit, caller, command, "referrals.service_referral.reject", ref)


@handles("referrals.service_referral.complete")
def complete(unit: Unit, caller: Caller, command: ask.CompleteServiceReferral, *, ref: Ref) -> None:
    """Say that the service was given in full."""
    _give(unit, caller, command, "referrals.service_referral.complete", ref)


@handles("referrals.service_referral.end")
def end(unit: Unit, caller: Caller, command: ask.EndServiceReferral, *, ref: Ref) -> None:
    """Say that the service ended before it was given in full."""
    _give(unit, caller, command, "referrals.service_referral.end", ref)


@handles("referrals.service_referral.deliver", creates=True)
def deliver(unit: Unit, caller: Caller, command: ask.DeliverService, *, ref: Ref, delivery_ref: Ref) -> None:
    """Record what was given; the same delivery sent twice is one."""
    row = unit.peek(ServiceReferralRow, ref)
    authorise(unit, caller, "referrals.service_referral.deliver", f"case/{row['case_ref']}")
    _only(caller, row["organisation_ref"])
    unit.lock(f"case/{row['case_ref']}")
    state, _ = unit.load(ServiceReferralRow, ServiceReferral, ref, change=False)
    _only(caller, state.organisation_ref)
    delivery = Delivery(
        case_ref=state.case_ref,
        service_referral_ref=ref,
        service=state.service,
        quantity=command.quantity,
        unit=command.unit,
        delivered_on=unit.effective_day,
        acknowledgement=command.acknowledgement,
    )
    if unit.known(DeliveryRow, delivery_ref, command, under=ref):
        unit.save(ServiceReferralRow, ref, Decided(state))
        return
    facts = _facts(unit, caller, ref, delivery_ref=delivery_ref)
    unit.save(ServiceReferralRow, ref, decide(state, command, facts))
    unit.add(DeliveryRow, delivery_ref, delivery)


def revoke_unshared(unit: Unit, case_ref: CaseRef, organisation_ref: OrganisationRef) -> None:
    """Take back what still waits at an organisation with which nothing may be shared any more."""
    unit.lock(f"case/{case_ref}")
    intake = unit.facet(f"case/{case_ref}", "intake", IntakeFacet)
    if intake.may_share(organisation_ref, local_day(unit.now)):
        return
    command = ask.RevokeServiceReferral(reason="CONSENT_WITHDRAWN")
    for row in unit.select(ServiceReferralRow, case_ref=case_ref, organisation_ref=organisation_ref):
        state, _ = unit.load(ServiceReferralRow, ServiceReferral, row["ref"], change=False)
        if state.status in ask.WAITING and state.sender_ref != organisation_ref:
            unit.save(ServiceReferralRow, row["ref"], decide(state, command, _facts(unit, SYSTEM, row["ref"])))
