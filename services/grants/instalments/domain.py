"""The rules of an instalment, a part of a grant: handed over once, evidenced by receipts, reconciled by somebody else.

A payment and a receipt carry the client's own refs: delivered twice, even long after, each counts once.
"""

from typing import assert_never

from services.grants.applications.duties import Part, act_of, not_before, only_as
from services.grants.instalments import commands as ask
from services.grants.instalments.commands import STATUSES, InstalmentCommand
from services.grants.instalments.state import (
    HANDED_OVER,
    Facts,
    Instalment,
    PaymentForm,
    Receipt,
    ReceiptKind,
    Status,
    tags,
)
from services.grants.programmes.money import band, conversion
from shared.contracts import grants as told
from shared.errors import Refused
from shared.model import Decided


def plan(state: Instalment, facts: Facts) -> Decided[Instalment]:
    """The agreement foresees it."""
    money_band = band(state.amount, state.currency, facts.programme.rate)
    event = told.InstalmentPlanned(**tags(state, facts), money_band=money_band, currency=state.currency)
    return Decided(state, (event,))


def decide(state: Instalment | None, command: InstalmentCommand, facts: Facts) -> Decided[Instalment]:
    """What becomes of an instalment. The same act by the same person twice decides nothing the second time."""
    act = act_of(facts.actor, command)
    if state is not None and (_shown_already(state, command) or state.last == act):
        return Decided(state)
    if isinstance(command, ask.PayInstalment) and state is not None and state.payment_ref is not None:
        raise Refused("already_paid")
    STATUSES.check(None if state is None else state.status, command)
    assert state is not None
    decided = _step(state, command, facts)
    return Decided(decided.state.but(last=act), decided.events) if decided.events else Decided(state)


def _step(state: Instalment, command: InstalmentCommand, facts: Facts) -> Decided[Instalment]:
    match command:
        case ask.ReleaseInstalment():
            return _release(state, command, facts)
        case ask.PayInstalment():
            return _pay(state, command, facts)
        case ask.AddReceipt():
            return _add(state, command, facts)
        case ask.StrikeReceipt():
            return _strike(state, command, facts)
        case ask.ReconcileInstalment():
            return _reconcile(state, facts)
        case ask.HoldInstalment():
            held = told.InstalmentHeld(**tags(state, facts), reason=command.reason)
            return Decided(state.but(status=Status.HELD, held_from=state.status), (held,))
        case ask.ResumeInstalment():
            return _resume(state, facts)
        case ask.CancelInstalment():
            cancelled = told.InstalmentCancelled(**tags(state, facts), reason=command.reason)
            return Decided(state.but(status=Status.CANCELLED), (cancelled,))
        case ask.CorrectInstalment():
            return _correct(state, command, facts)
        case ask.VoidInstalment():
            voided = told.InstalmentVoided(**tags(state, facts), reason=command.reason)
            return Decided(state.but(status=Status.VOIDED), (voided,))
        case _:
            assert_never(command)


def _shown_already(state: Instalment, command: InstalmentCommand) -> bool:
    """The same receipt under the same ref. Any other under that ref is refused."""
    if not isinstance(command, ask.AddReceipt):
        return False
    known = next((found for found in state.receipts if found.receipt_ref == command.receipt_ref), None)
    if known is not None and any(getattr(known, name) != getattr(command, name) for name in type(command).model_fields):
        raise Refused("ref_in_use")
    return known is not None


def _may_be_handed_over(state: Instalment, facts: Facts) -> None:
    """The grant runs, the case is there, the parts never exceed what was approved, and nobody is paid twice."""
    only_as(Part.DISBURSER, facts.actor, facts.hands)
    if not facts.running:
        raise Refused("grant_not_running")
    if not facts.case_clear:
        raise Refused("case_not_open")
    if facts.payment_lost or facts.stopped:
        raise Refused("instalments_held")
    if state.amount + facts.others > facts.approved:
        raise Refused("more_than_approved")


def _looked_since(state: Instalment, facts: Facts) -> None:
    """Nobody can say of a time that was lost whether it was paid: it is held and resumed by who has looked."""
    if facts.put_back_at is not None and (state.let_go_at is None or state.let_go_at <= facts.put_back_at):
        raise Refused("payment_may_be_lost")


def _follows(facts: Facts) -> None:
    """A later part waits for a visit and for receipts that cover enough of the one before."""
    before = facts.before
    if before is None:
        return
    if before.status not in HANDED_OVER or before.paid_on is None:
        raise Refused("earlier_instalment_not_paid")
    if not _covered(before, facts):
        raise Refused("receipts_missing")
    if facts.visited_on is None or facts.visited_on < before.paid_on:
        raise Refused("visit_missing")


def _formed(form: PaymentForm, cash_reason: str | None) -> None:
    if (form is PaymentForm.CASH) is not (cash_reason is not None):
        raise Refused("cash_reason_missing" if cash_reason is None else "cash_reason_not_needed")


def _release(state: Instalment, command: ask.ReleaseInstalment, facts: Facts) -> Decided[Instalment]:
    not_before(facts.signed_on, facts.day)
    _may_be_handed_over(state, facts)
    _follows(facts)
    _formed(command.form, command.cash_reason)
    released = state.but(
        status=Status.RELEASED,
        form=command.form,
        cash_reason=command.cash_reason,
        released_by=facts.actor,
        released_on=facts.day,
        let_go_at=facts.now,
    )
    return Decided(released, (told.InstalmentReleased(**tags(state, facts)),))


def _pay(state: Instalment, command: ask.PayInstalment, facts: Facts) -> Decided[Instalment]:
    not_before(state.released_on, facts.day)
    _may_be_handed_over(state, facts)
    _looked_since(state, facts)
    paid = state.but(
        status=Status.PAID,
        payment_ref=command.payment_ref,
        paid_by=facts.actor,
        paid_on=facts.day,
        paid_as=conversion(state.amount, state.currency, command.currency, command.rate),
    )
    money_band = band(state.amount, state.currency, facts.programme.rate)
    event = told.InstalmentPaid(**tags(state, facts), money_band=money_band, currency=state.currency, day=facts.day)
    return Decided(paid, (event,))


def _evidenced(state: Instalment, facts: Facts) -> Instalment:
    """The status follows the receipts."""
    return state.but(status=Status.EVIDENCED if _covered(state, facts) else Status.PAID)


def _covered(state: Instalment, facts: Facts) -> bool:
    """Do the receipts reach the part of the amount that the programme asks for?"""
    return state.evidence * 100 >= state.amount * facts.programme.terms.evidence_percent


def _add(state: Instalment, command: ask.AddReceipt, facts: Facts) -> Decided[Instalment]:
    not_before(state.paid_on, facts.day)
    if (command.kind is ReceiptKind.WITNESS_STATEMENT) is not (command.witness is not None):
        raise Refused("witness_missing" if command.witness is None else "witness_not_needed")
    converted = conversion(command.amount, command.currency, state.currency, command.rate)
    receipt = Receipt(
        receipt_ref=command.receipt_ref,
        kind=command.kind,
        witness=command.witness,
        amount=command.amount,
        currency=command.currency,
        worth=converted.worth if converted else command.amount,
        conversion=converted,
        effective_at=command.effective_at,
        day=facts.day,
        added_by=facts.actor,
    )
    shown = _evidenced(state.but(receipts=(*state.receipts, receipt)), facts)
    added = told.InstalmentReceiptAdded(**tags(state, facts), receipts=len(shown.receipts))
    if shown.status is state.status:
        return Decided(shown, (added,))
    return Decided(shown, (added, told.InstalmentEvidenced(**tags(state, facts))))


def _strike(state: Instalment, command: ask.StrikeReceipt, facts: Facts) -> Decided[Instalment]:
    if not any(receipt.receipt_ref == command.receipt_ref and not receipt.struck for receipt in state.receipts):
        raise Refused("no_such_receipt")
    receipts = tuple(
        receipt.but(struck=True) if receipt.receipt_ref == command.receipt_ref else receipt
        for receipt in state.receipts
    )
    left = sum(not receipt.struck for receipt in receipts)
    event = told.InstalmentReceiptStruck(**tags(state, facts), receipts=left, reason=command.reason)
    return Decided(_evidenced(state.but(receipts=receipts), facts), (event,))


def _reconcile(state: Instalment, facts: Facts) -> Decided[Instalment]:
    only_as(Part.RECONCILER, facts.actor, facts.hands)
    not_before(max((receipt.day for receipt in state.receipts if not receipt.struck), default=None), facts.day)
    if state.evidence + facts.programme.terms.tolerance < state.amount:
        raise Refused("evidence_incomplete")
    reconciled = state.but(status=Status.RECONCILED, reconciled_by=facts.actor)
    return Decided(reconciled, (told.InstalmentReconciled(**tags(state, facts), day=facts.day),))


def _resume(state: Instalment, facts: Facts) -> Decided[Instalment]:
    if not facts.case_clear:
        raise Refused("case_not_open")
    resumed = state.but(status=state.held_from, held_from=None, let_go_at=facts.now)
    return Decided(resumed, (told.InstalmentResumed(**tags(state, facts)),))


def _correct(state: Instalment, command: ask.CorrectInstalment, facts: Facts) -> Decided[Instalment]:
    corrected = command.applied_to(state)
    if corrected == state:
        return Decided(state)
    assert corrected.form is not None
    _formed(corrected.form, corrected.cash_reason)
    return Decided(corrected, (told.InstalmentCorrected(**tags(state, facts)),))
