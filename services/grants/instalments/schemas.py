"""What a reader gets of an instalment: its amount, its receipts, and who released, paid and reconciled it."""

from typing import Annotated

from pydantic import Field

from services.grants.instalments.state import CashReason, PaymentForm, Receipt, Status
from services.grants.programmes.money import Conversion
from shared.contracts.grants import Currency
from shared.contracts.leaves import Day
from shared.ids import CaseRef, Ref, StaffRef
from shared.model import C0, C1
from shared.reading.answers import Read


class InstalmentRead(Read):
    """One part of a grant's money."""

    status: C0[Status]
    case_ref: C0[CaseRef]
    application_ref: C0[Ref]
    programme_ref: C0[Ref]
    number: C0[Annotated[int, Field(ge=1)]]
    amount: C1[int | None] = None
    evidence: C1[int | None] = None
    currency: C0[Currency]
    form: C0[PaymentForm | None] = None
    cash_reason: C0[CashReason | None] = None
    released_by: C0[StaffRef | None] = None
    released_on: C0[Day | None] = None
    payment_ref: C0[Ref | None] = None
    paid_by: C0[StaffRef | None] = None
    paid_on: C0[Day | None] = None
    paid_as: C1[Conversion | None] = None
    receipts: C1[tuple[Receipt, ...]] = ()
    reconciled_by: C0[StaffRef | None] = None
    held_from: C0[Status | None] = None
