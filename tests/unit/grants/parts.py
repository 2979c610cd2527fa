"""Invented instalments for rules."""

from typing import Any

from services.grants.applications.duties import Part
from services.grants.instalments import commands as ask
from services.grants.instalments.domain import decide
from services.grants.instalments.state import Facts, Instalment, PaymentForm, ReceiptKind, parts_of
from shared.contracts.grants import Currency
from shared.testing import ref
from tests.unit.grants.builders import DAY, programme

HANDS = {
    Part.PREPARER: {ref("dara")},
    Part.ASSESSOR: {ref("mony")},
    Part.APPROVER: {ref("sovann"), ref("neary"), ref("phirun")},
}
RELEASE = ask.ReleaseInstalment(form=PaymentForm.GOODS)
PAY = ask.PayInstalment(payment_ref=ref("payment"), currency=Currency.USD)


def about(who: str = "sreymom", **changes: Any) -> Facts:
    """A running grant of 250 dollars in two parts."""
    usual: dict[str, Any] = {"programme": programme(), "hands": HANDS, "approved": 25_000, "others": 10_000, "day": DAY}
    return Facts(instalment_ref=ref("instalment"), actor=ref(who), **usual | changes)


def planned(number: int = 1) -> Instalment:
    """One of the two parts."""
    refs = {"case_ref": ref("case"), "application_ref": ref("application"), "programme_ref": ref("programme")}
    return parts_of(25_000, programme(), **refs)[number - 1]


def after(state: Instalment, command: ask.InstalmentCommand, facts: Facts) -> Instalment:
    """The state after a command that decides something."""
    decided = decide(state, command, facts)
    assert decided.events
    return decided.state


def released() -> Instalment:
    return after(planned(), RELEASE, about())


def paid() -> Instalment:
    return after(released(), PAY, about())


def receipt(amount: int, name: str = "receipt", **changes: Any) -> ask.AddReceipt:
    """A receipt in dollars."""
    usual = ask.AddReceipt(receipt_ref=ref(name), kind=ReceiptKind.RECEIPT, amount=amount, currency=Currency.USD)
    return usual.but(**changes)


def evidenced(amount: int = 15_000) -> Instalment:
    return after(paid(), receipt(amount), about("dara"))
