"""An instalment: one part of a grant, handed over once, evidenced by receipts, reconciled by somebody else.

The surprise: a payment carries the client's own ref. The same payment delivered twice, even long after, pays once;
another payment of the same instalment is refused.
"""

from collections.abc import Callable, Mapping
from typing import Any

from services.grants.applications.duties import Part, act_of, only_as
from services.grants.instalments import commands as ask
from services.grants.instalments.receipts import Receipt, covers, witnessed
from services.grants.instalments.state import HANDED_OVER, Facts, Instalment, PaymentForm, Status, tags
from services.grants.programmes.money import band, conversion
from shared.contracts import grants as told
from shared.errors import Refused
from shared.model import Command, Decided, StatusTable

Asked = frozenset[type[Command]]

WAITING = Asked({ask.HoldInstalment, ask.CancelInstalment, ask.VoidInstalment})
SHOWING = Asked({ask.AddReceipt, ask.StrikeReceipt, ask.CorrectInstalment})

STATUSES = StatusTable(
    "instalment",
    opening=Asked(),
    allowed={
        Status.PLANNED: Asked({ask.ReleaseInstalment}) | WAITING,
        Status.RELEASED: Asked({ask.PayInstalment, ask.CorrectInstalment}) | WAITING,
        Status.PAID: SHOWING,
        Status.EVIDENCED: Asked({ask.ReconcileInstalment}) | SHOWING,
        Status.RECONCILED: Asked({ask.CorrectInstalment}),
        Status.HELD: Asked({ask.ResumeInstalment, ask.CancelInstalment, ask.VoidInstalment}),
        Status.CANCELLED: Asked(),
        Status.VOIDED: Asked(),
    },
)


def plan(state: Instalment, facts: Facts) -> Decided[Instalment]:
    """The agreement foresees it."""
    money_band = band(state.amount, state.currency, facts.programme.rate)
    event = told.InstalmentPlanned(**tags(state, facts), money_band=money_band, currency=state.currency)
    return Decided(state, (event,))


def _may_be_handed_over(state: Instalment, facts: Facts) -> None:
    """The grant runs, the case is there, and the parts never exceed what was approved."""
    only_as(Part.DISBURSER, facts.actor, facts.hands)
    if not facts.running:
        raise Refused("grant_not_running")
    if not facts.case_clear:
        raise Refused("case_not_open")
    if state.amount + facts.others > facts.approved:
        raise Refused("more_than_approved")


def _follows(facts: Facts) -> None:
    """A later part waits for a visit and for receipts that cover enough of the one before."""
    before = facts.before
    if before is None:
        return
    if before.status not in HANDED_OVER or before.paid_on is None:
        raise Refused("earlier_instalment_not_paid")
    if not covers(before.evidence, before.amount, facts.programme.terms.evidence_percent):
        raise Refused("receipts_missing")
    if facts.visited_on is None or facts.visited_on < before.paid_on:
        raise Refused("visit_missing")


def _formed(form: PaymentForm, cash_reason: str | None) -> None:
    if (form is PaymentForm.CASH) is not (cash_reason is not None):
        raise Refused("cash_reason_missing" if cash_reason is None else "cash_reason_not_needed")


def _release(state: Instalment, command: ask.ReleaseInstalment, facts: Facts) -> Decided[Instalment]:
    _may_be_handed_over(state, facts)
    _follows(facts)
    _formed(command.form, command.cash_reason)
    released = state.but(
        status=Status.RELEASED, form=command.form, cash_reason=command.cash_reason, released_by=facts.actor
    )
    return Decided(released, (told.InstalmentReleased(**tags(state, facts)),))


def _pay(state: Instalment, command: ask.PayInstalment, facts: Facts) -> Decided[Instalment]:
    _may_be_handed_over(state, facts)
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


def _paid_already(state: Instalment, command: ask.PayInstalment, facts: Facts) -> Decided[Instalment]:
    """The same payment by the same person decides nothing; any other is refused."""
    paid_in = state.paid_as.worth_currency if state.paid_as else state.currency
    rate = state.paid_as.rate if state.paid_as else None
    known = (state.payment_ref, state.paid_by, paid_in, rate)
    if known != (command.payment_ref, facts.actor, command.currency, command.rate):
        raise Refused("already_paid")
    return Decided(state)


def _evidenced(state: Instalment, facts: Facts) -> Instalment:
    """The status follows the receipts."""
    enough = covers(state.evidence, state.amount, facts.programme.terms.evidence_percent)
    return state.but(status=Status.EVIDENCED if enough else Status.PAID)


def _add(state: Instalment, command: ask.AddReceipt, facts: Facts) -> Decided[Instalment]:
    witnessed(command.kind, command.witness)
    converted = conversion(command.amount, command.currency, state.currency, command.rate)
    receipt = Receipt(
        receipt_ref=command.receipt_ref,
        kind=command.kind,
        witness=command.witness,
        amount=command.amount,
        currency=command.currency,
        worth=converted.worth if converted else command.amount,
        conversion=converted,
        day=facts.day,
        added_by=facts.actor,
    )
    if receipt in state.receipts:
        return Decided(state)
    if any(known.receipt_ref == receipt.receipt_ref for known in state.receipts):
        raise Refused("receipt_ref_used")
    STATUSES.check(state.status, command)
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


def _reconcile(state: Instalment, _: ask.ReconcileInstalment, facts: Facts) -> Decided[Instalment]:
    only_as(Part.RECONCILER, facts.actor, facts.hands)
    if state.evidence + facts.programme.terms.tolerance < state.amount:
        raise Refused("evidence_incomplete")
    reconciled = state.but(status=Status.RECONCILED, reconciled_by=facts.actor)
    return Decided(reconciled, (told.InstalmentReconciled(**tags(state, facts), day=facts.day),))


def _hold(state: Instalment, command: ask.HoldInstalment, facts: Facts) -> Decided[Instalment]:
    event = told.InstalmentHeld(**tags(state, facts), reason=command.reason)
    return Decided(state.but(status=Status.HELD, held_from=state.status), (event,))


def _resume(state: Instalment, _: ask.ResumeInstalment, facts: Facts) -> Decided[Instalment]:
    if not facts.case_clear:
        raise Refused("case_not_open")
    resumed = state.but(status=state.held_from, held_from=None)
    return Decided(resumed, (told.InstalmentResumed(**tags(state, facts)),))


def _cancel(state: Instalment, command: ask.CancelInstalment, facts: Facts) -> Decided[Instalment]:
    event = told.InstalmentCancelled(**tags(state, facts), reason=command.reason)
    return Decided(state.but(status=Status.CANCELLED), (event,))


def _correct(state: Instalment, command: ask.CorrectInstalment, facts: Facts) -> Decided[Instalment]:
    corrected = command.applied_to(state)
    if corrected == state:
        return Decided(state)
    assert corrected.form is not None
    _formed(corrected.form, corrected.cash_reason)
    return Decided(corrected, (told.InstalmentCorrected(**tags(state, facts)),))


def _void(state: Instalment, command: ask.VoidInstalment, facts: Facts) -> Decided[Instalment]:
    event = told.InstalmentVoided(**tags(state, facts), reason=command.reason)
    return Decided(state.but(status=Status.VOIDED), (event,))


STEPS: Mapping[type[Command], Callable[[Instalment, Any, Facts], Decided[Instalment]]] = {
    ask.ReleaseInstalment: _release,
    ask.PayInstalment: _pay,
    ask.StrikeReceipt: _strike,
    ask.ReconcileInstalment: _reconcile,
    ask.HoldInstalment: _hold,
    ask.ResumeInstalment: _resume,
    ask.CancelInstalment: _cancel,
    ask.CorrectInstalment: _correct,
    ask.VoidInstalment: _void,
}


def decide(state: Instalment | None, command: Command, facts: Facts) -> Decided[Instalment]:
    """What becomes of an instalment. The same act by the same person twice decides nothing the second time."""
    if isinstance(command, ask.PayInstalment) and state is not None and state.payment_ref is not None:
        return _paid_already(state, command, facts)
    if isinstance(command, ask.AddReceipt) and state is not None:
        return _add(state, command, facts)
    act = act_of(facts.actor, command)
    if state is not None and state.last == act:
        return Decided(state)
    STATUSES.check(state and state.status, command)
    assert state is not None
    decided = STEPS[type(command)](state, command, facts)
    return Decided(decided.state.but(last=act), decided.events) if decided.events else Decided(state)
