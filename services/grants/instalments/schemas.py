"""What a reader gets of an instalment: its amount, its receipts, and who released, paid and reconciled it."""

from typing import Annotated

from pydantic import Field

from services.grants.instalments.receipts import Receipt
from services.grants.instalments.state import CashReason, PaymentForm, Status
from services.grants.programmes.money import Conversion
from services.grants.programmes.schemas import Read
from shared.contracts.grants import Currency
from shared.contracts.leaves import Day
from shared.ids import CaseRef, Ref, StaffRef
from shared.model import C1


class InstalmentRead(Read):
    """One part of a grant's money."""

    status: Status
    case_ref: CaseRef
    application_ref: Ref
    programme_ref: Ref
    number: Annotated[int, Field(ge=1)]
    amount: C1[int | None] = None
    evidence: C1[int | None] = None
    currency: Currency
    form: PaymentForm | None = None
    cash_reason: CashReason | None = None
    released_by: StaffRef | None = None
    payment_ref: Ref | None = None
    paid_by: StaffRef | None = None
    paid_on: Day | None = None
    paid_as: C1[Conversion | None] = None
    receipts: C1[tuple[Receipt, ...]] = ()
    reconciled_by: StaffRef | None = None
    held_from: Status | None = None
