"""One part of a grant's money, from the agreement to its reconciliation."""

from typing import ClassVar

from shared.contracts.grants.terms import Currency, EndReason, HoldReason, VoidReason
from shared.contracts.leaves import Count, Day, MoneyBand
from shared.ids import CaseRef, Ref
from shared.model import Event


class InstalmentFact(Event):
    """Something about one part of a grant's money."""

    case_ref: CaseRef
    application_ref: Ref
    instalment_ref: Ref
    number: Count


class InstalmentPlanned(InstalmentFact):
    """The agreement foresees this instalment."""

    type: ClassVar[str] = "grants.instalment.planned.v1"
    money_band: MoneyBand
    currency: Currency


class InstalmentReleased(InstalmentFact):
    """The instalment may be handed over."""

    type: ClassVar[str] = "grants.instalment.released.v1"


class InstalmentPaid(InstalmentFact):
    """The instalment was handed over, once."""

    type: ClassVar[str] = "grants.instalment.paid.v1"
    money_band: MoneyBand
    currency: Currency
    day: Day


class InstalmentReceiptAdded(InstalmentFact):
    """One more receipt, or a witness's statement in its place."""

    type: ClassVar[str] = "grants.instalment.receipt_added.v1"
    receipts: Count


class InstalmentReceiptStruck(InstalmentFact):
    """A receipt was entered in error and no longer counts."""

    type: ClassVar[str] = "grants.instalment.receipt_struck.v1"
    receipts: Count
    reason: VoidReason


class InstalmentEvidenced(InstalmentFact):
    """Receipts cover enough of the instalment for the next one."""

    type: ClassVar[str] = "grants.instalment.evidenced.v1"


class InstalmentReconciled(InstalmentFact):
    """Somebody who handled none of the money compared every receipt with it."""

    type: ClassVar[str] = "grants.instalment.reconciled.v1"
    day: Day


class InstalmentHeld(InstalmentFact):
    """The instalment waits for people to decide."""

    type: ClassVar[str] = "grants.instalment.held.v1"
    reason: HoldReason


class InstalmentResumed(InstalmentFact):
    """People decided that a held instalment goes on."""

    type: ClassVar[str] = "grants.instalment.resumed.v1"


class InstalmentCancelled(InstalmentFact):
    """The instalment will not be handed over; its money is free again."""

    type: ClassVar[str] = "grants.instalment.cancelled.v1"
    reason: EndReason


class InstalmentCorrected(InstalmentFact):
    """What was recorded of the payment's day or form was wrong."""

    type: ClassVar[str] = "grants.instalment.corrected.v1"


class InstalmentVoided(InstalmentFact):
    """The instalment was entered in error, before anything was paid."""

    type: ClassVar[str] = "grants.instalment.voided.v1"
    reason: VoidReason
