"""An instalment: its statuses, its state, and the facts of the rest of the grant that rules ask for."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from services.grants.applications.duties import Act, Hands
from services.grants.instalments.receipts import Receipt, worth
from services.grants.programmes.domain import Programme
from services.grants.programmes.money import Amount, Conversion
from shared.codes import CodeOf
from shared.contracts.grants import Currency
from shared.contracts.leaves import Day
from shared.ids import CaseRef, Ref, StaffRef
from shared.model import C1, Model

CashReason = Annotated[str, CodeOf("grant_cash_reason")]


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


class PaymentForm(StrEnum):
    """Goods come first; cash needs a reason."""

    GOODS = "GOODS"
    VOUCHER = "VOUCHER"
    CASH = "CASH"


class Instalment(Model):
    """One part of the approved amount."""

    status: Status
    case_ref: CaseRef
    application_ref: Ref
    programme_ref: Ref
    number: Annotated[int, Field(ge=1, le=6)]
    amount: C1[Amount]
    currency: Currency
    form: PaymentForm | None = None
    cash_reason: CashReason | None = None
    released_by: StaffRef | None = None
    payment_ref: Ref | None = None
    paid_by: StaffRef | None = None
    paid_on: Day | None = None
    paid_as: Conversion | None = None
    receipts: Annotated[tuple[Receipt, ...], Field(max_length=200)] = ()
    reconciled_by: StaffRef | None = None
    held_from: Status | None = None
    last: C1[Act | None] = None

    @property
    def evidence(self) -> int:
        """What the receipts add up to."""
        return worth(self.receipts)


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
