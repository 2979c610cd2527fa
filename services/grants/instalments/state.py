"""What is kept of an instalment with its receipts, and the facts of the rest of the grant that rules ask for.

No supplier's or witness's name is kept. The paper stays in the file; here are its kind, day and amount.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from services.grants.applications.duties import Act, Hands
from services.grants.programmes.money import Amount, Conversion, Positive, Rate
from services.grants.programmes.state import Programme
from shared.clock import Moment
from shared.codes import CodeOf, labelled
from shared.contracts.grants import Currency
from shared.contracts.leaves import Day
from shared.ids import CaseRef, Ref, StaffRef
from shared.model import C0, C1, Model

CashReason = Annotated[str, CodeOf("grant_cash_reason")]


@labelled("instalment_status")
class Status(StrEnum):
    """How far the money of this instalment is."""

    PLANNED = "planned"
    RELEASED = "released"
    PAID = "paid"
    EVIDENCED = "evidenced"
    RECONCILED = "reconciled"
    HELD = "held"
    CANCELLED = "cancelled"
    VOIDED = "voided"


HANDED_OVER = frozenset({Status.PAID, Status.EVIDENCED, Status.RECONCILED})
DROPPED = frozenset({Status.CANCELLED, Status.VOIDED})


@labelled("payment_form")
class PaymentForm(StrEnum):
    """Goods come first; cash needs a reason."""

    GOODS = "GOODS"
    VOUCHER = "VOUCHER"
    CASH = "CASH"


@labelled("receipt_kind")
class ReceiptKind(StrEnum):
    """What the paper is."""

    RECEIPT = "RECEIPT"
    INVOICE = "INVOICE"
    GOODS_RECEIVED_NOTE = "GOODS_RECEIVED_NOTE"
    WITNESS_STATEMENT = "WITNESS_STATEMENT"
    MONEY_RETURNED = "MONEY_RETURNED"


@labelled("witness")
class Witness(StrEnum):
    """Who may state that something was bought when the receipt is missing."""

    VILLAGE_CHIEF = "VILLAGE_CHIEF"
    COMMUNE_COUNCIL = "COMMUNE_COUNCIL"
    GROUP_LEADER = "GROUP_LEADER"


class Receipt(Model):
    """One piece of evidence, with what it was worth in the currency of the grant. `effective_at` is as it was said."""

    receipt_ref: C0[Ref]
    kind: C0[ReceiptKind]
    witness: C0[Witness | None] = None
    amount: C1[Positive]
    currency: C0[Currency]
    worth: C1[int]
    conversion: C1[Conversion | None] = None
    effective_at: C0[Moment | None] = None
    day: C0[Day]
    added_by: C0[StaffRef]
    struck: C0[bool] = False

    @property
    def rate(self) -> Rate | None:
        """The rate that was given with it; none in the currency of the grant."""
        return self.conversion.rate if self.conversion else None


class Instalment(Model):
    """One part of the approved amount. `let_go_at` is when somebody last said that it may be paid."""

    status: C0[Status]
    case_ref: C0[CaseRef]
    application_ref: C0[Ref]
    programme_ref: C0[Ref]
    number: C0[Annotated[int, Field(ge=1, le=6)]]
    amount: C1[Amount]
    currency: C0[Currency]
    form: C0[PaymentForm | None] = None
    cash_reason: C0[CashReason | None] = None
    released_by: C0[StaffRef | None] = None
    released_on: C0[Day | None] = None
    payment_ref: C0[Ref | None] = None
    paid_by: C0[StaffRef | None] = None
    paid_on: C0[Day | None] = None
    paid_as: C1[Conversion | None] = None
    receipts: C1[Annotated[tuple[Receipt, ...], Field(max_length=200)]] = ()
    reconciled_by: C0[StaffRef | None] = None
    held_from: C0[Status | None] = None
    let_go_at: C0[Moment | None] = None
    last: C1[Act | None] = None

    @property
    def evidence(self) -> int:
        """What the receipts that count add up to."""
        return sum(receipt.worth for receipt in self.receipts if not receipt.struck)


@dataclass(frozen=True)
class Facts:
    """Which instalment, who acts, the day, the programme, and the rest of the grant."""

    instalment_ref: Ref
    actor: StaffRef
    day: Day
    programme: Programme
    hands: Hands
    approved: int
    others: int
    running: bool = True
    case_clear: bool = True
    before: Instalment | None = None
    visited_on: Day | None = None
    signed_on: Day | None = None
    payment_lost: bool = False
    stopped: bool = False
    now: datetime | None = None
    put_back_at: datetime | None = None


def parts_of(approved: int, programme: Programme, **refs: str) -> tuple[Instalment, ...]:
    """The parts of an approved amount by the programme's shares. What does not divide evenly goes into the last."""
    shares = programme.terms.shares
    parts = [approved * share // 100 for share in shares[:-1]]
    return tuple(
        Instalment.model_validate(
            {"status": Status.PLANNED, "number": number, "amount": amount, "currency": programme.currency, **refs}
        )
        for number, amount in enumerate([*parts, approved - sum(parts)], 1)
    )


def tags(state: Instalment, facts: Facts) -> dict[str, Any]:
    """What every fact of an instalment names."""
    return {
        "case_ref": state.case_ref,
        "application_ref": state.application_ref,
        "instalment_ref": facts.instalment_ref,
        "number": state.number,
    }
