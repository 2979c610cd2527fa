"""What may be asked of an instalment, and which of it each status allows. Planning one is part of signing."""

from services.grants.instalments.state import CashReason, PaymentForm, ReceiptKind, Status, Witness
from services.grants.programmes.commands import CorrectionReason
from services.grants.programmes.money import Positive, Rate
from shared.contracts.grants import Currency, EndReason, HoldReason, VoidReason
from shared.ids import Ref
from shared.model import C1, Command, Correction, StatusTable, left_out


class ReleaseInstalment(Command):
    """Say that it may be handed over, and in which form."""

    form: PaymentForm
    cash_reason: CashReason | None = None


class PayInstalment(Command):
    """Hand it over. In another currency than the programme's, the rate of the day is named."""

    payment_ref: Ref
    currency: Currency
    rate: Rate | None = None


class AddReceipt(Command):
    """Add a receipt, or a witness's statement in its place."""

    receipt_ref: Ref
    kind: ReceiptKind
    witness: Witness | None = None
    amount: C1[Positive]
    currency: Currency
    rate: Rate | None = None


class StrikeReceipt(Command):
    """Take back a receipt entered in error."""

    receipt_ref: Ref
    reason: VoidReason


class ReconcileInstalment(Command):
    """Compare every receipt with the money, as somebody who handled none of it."""


class HoldInstalment(Command):
    """Let it wait until people decide."""

    reason: HoldReason


class ResumeInstalment(Command):
    """People decided that it goes on."""


class CancelInstalment(Command):
    """Do not hand it over; its money is free again."""

    reason: EndReason


class CorrectInstalment(Correction):
    """Put right in which form it was handed over."""

    reason: CorrectionReason
    form: PaymentForm = left_out()
    cash_reason: CashReason | None = left_out()


class VoidInstalment(Command):
    """Take back an instalment entered in error, before it was handed over."""

    reason: VoidReason


InstalmentCommand = (
    ReleaseInstalment
    | PayInstalment
    | AddReceipt
    | StrikeReceipt
    | ReconcileInstalment
    | HoldInstalment
    | ResumeInstalment
    | CancelInstalment
    | CorrectInstalment
    | VoidInstalment
)

Asked = frozenset[type[Command]]

WAITING = Asked({HoldInstalment, CancelInstalment, VoidInstalment})
SHOWING = Asked({AddReceipt, StrikeReceipt, CorrectInstalment})

STATUSES = StatusTable(
    "instalment",
    opening=Asked(),
    allowed={
        Status.PLANNED: Asked({ReleaseInstalment}) | WAITING,
        Status.RELEASED: Asked({PayInstalment, CorrectInstalment}) | WAITING,
        Status.PAID: SHOWING,
        Status.EVIDENCED: Asked({ReconcileInstalment}) | SHOWING,
        Status.RECONCILED: Asked({CorrectInstalment}),
        Status.HELD: Asked({ResumeInstalment, CancelInstalment, VoidInstalment}),
        Status.CANCELLED: Asked(),
        Status.VOIDED: Asked(),
    },
)
