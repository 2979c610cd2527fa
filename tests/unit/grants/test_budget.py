"""Instalments never exceed the approval, approvals never the budget; what is delivered twice is paid once."""

from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from services.grants.applications import commands as ask
from services.grants.applications.commands import DraftApplication
from services.grants.applications.state import Application
from services.grants.businesses.commands import CheckBusiness
from services.grants.businesses.state import Business
from services.grants.instalments import commands as pay
from services.grants.instalments.domain import decide
from services.grants.instalments.state import DROPPED, HANDED_OVER, Instalment, Status, parts_of
from services.grants.programmes import movement as programmes
from services.grants.programmes.commands import OpenProgramme
from services.grants.programmes.money import Conversion, Rate
from services.grants.programmes.movement import Movement
from services.grants.programmes.state import Programme
from shared.errors import Refused
from shared.model import Model
from shared.testing import ref
from tests.unit.grants.builders import programme
from tests.unit.grants.parts import PAY, RELEASE, about, receipt

amounts = st.integers(1, 60_000)
acts = st.lists(
    st.tuples(
        st.sampled_from(["approve", "sign", "release", "pay", "pay", "evidence", "cancel", "end"]),
        st.integers(0, 3),
        st.integers(1, 2),
        amounts,
    ),
    max_size=80,
)


class Fund:
    """One programme, up to four grants, and a book of its own of what was handed over."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.programme: Programme = programme(budget=budget)
        self.approved: dict[int, int] = {}
        self.parts: dict[tuple[int, int], Instalment] = {}
        self.handed: list[int] = []

    def move(self, step: Any, grant: int, amount: int) -> None:
        movement = Movement(ref("programme"), ref(f"grant {grant}"), amount)
        self.programme = step(self.programme, movement).state

    def approve(self, grant: int, _: int, amount: int) -> None:
        if grant not in self.approved:
            self.move(programmes.reserve, grant, amount)
            self.approved[grant] = amount

    def sign(self, grant: int, _: int, __: int) -> None:
        if grant in self.approved and (grant, 1) not in self.parts:
            self.move(programmes.commit, grant, self.approved[grant])
            refs = {"case_ref": ref("case"), "programme_ref": ref("programme")}
            amount, name = self.approved[grant], ref(f"grant {grant}")
            for part in parts_of(amount, self.programme, application_ref=name, **refs):
                self.parts[grant, part.number] = part

    def decide(self, grant: int, number: int, command: pay.InstalmentCommand) -> None:
        state = self.parts.get((grant, number))
        if state is None:
            return
        others = sum(
            part.amount
            for (one, other), part in self.parts.items()
            if one == grant and other != number and part.status not in DROPPED
        )
        facts = about(
            programme=self.programme, approved=self.approved[grant], others=others,
            before=self.parts[grant, 1] if number == 2 and self.parts[grant, 1].status not in DROPPED else None,
            visited_on=about().day,
        )  # fmt: skip
        decided = decide(state, command, facts)
        self.parts[grant, number] = decided.state
        if decided.state.status is Status.PAID and state.status is Status.RELEASED:
            self.move(programmes.spend, grant, state.amount)
            self.handed.append(state.amount)
        if decided.state.status in DROPPED and state.status not in DROPPED:
            self.move(programmes.uncommit, grant, state.amount)

    def release(self, grant: int, number: int, _: int) -> None:
        self.decide(grant, number, RELEASE)

    def pay(self, grant: int, number: int, _: int) -> None:
        self.decide(grant, number, PAY.but(payment_ref=ref(f"payment {grant} {number}")))

    def evidence(self, grant: int, number: int, amount: int) -> None:
        self.decide(grant, number, receipt(amount, f"receipt {grant} {number} {amount}"))

    def cancel(self, grant: int, number: int, _: int) -> None:
        self.decide(grant, number, pay.CancelInstalment(reason="MOVED"))

    def end(self, grant: int, _: int, __: int) -> None:
        if grant in self.approved and (grant, 1) not in self.parts:
            self.move(programmes.unreserve, grant, self.approved.pop(grant))


@given(st.integers(0, 100_000), acts)
def test_parts_never_exceed_approvals_nor_approvals_the_budget(
    budget: int, done: list[tuple[str, int, int, int]]
) -> None:
    fund = Fund(budget)
    for name, grant, number, amount in done:
        try:
            getattr(fund, name)(grant, number, amount)
        except Refused:
            continue
        finally:
            assert fund.programme.free >= 0
            assert fund.programme.spent == sum(fund.handed)
    for grant, approved in fund.approved.items():
        parts = [part for (one, _), part in fund.parts.items() if one == grant and part.status not in DROPPED]
        assert sum(part.amount for part in parts) <= approved
    paid = [part for part in fund.parts.values() if part.status in HANDED_OVER]
    assert len(paid) == len(fund.handed)
    assert fund.programme.bound <= budget


def test_the_walk_pays_and_refuses() -> None:
    fund = Fund(30_000)
    fund.approve(0, 1, 25_000)
    fund.sign(0, 1, 1)
    fund.release(0, 1, 1)
    for _ in range(3):
        fund.pay(0, 1, 1)
    assert (fund.programme.spent, fund.programme.committed, fund.handed) == (15_000, 10_000, [15_000])


def _kinds(annotation: Any) -> set[type]:
    parts = get_args(annotation)
    if not parts:
        return {annotation} if isinstance(annotation, type) else set()
    return {kind for part in parts for kind in _kinds(part)}


def floats(model: type[Model]) -> list[str]:
    """The fields of a model, and of the models inside it, that could hold a number that is not whole."""
    found = []
    for name, info in model.model_fields.items():
        kinds = _kinds(info.annotation)
        if any(issubclass(kind, float | complex) or kind.__name__ == "Decimal" for kind in kinds):
            found.append(f"{model.__name__}.{name}")
        for kind in kinds:
            if issubclass(kind, Model):
                found += floats(kind)
    return found


STATES = (Programme, Application, Instalment, Business, Rate, Conversion)
BODIES = (OpenProgramme, DraftApplication, ask.ApproveApplication, pay.PayInstalment, pay.AddReceipt, CheckBusiness)


def test_no_model_of_grants_holds_a_float() -> None:
    assert [fault for model in (*STATES, *BODIES) for fault in floats(model)] == []


def test_a_float_deep_inside_is_noticed() -> None:
    inner = type("Inner", (Model,), {"__annotations__": {"price": float | None}, "__module__": "tests"})
    outer = type("Outer", (Model,), {"__annotations__": {"lines": tuple[inner, ...]}, "__module__": "tests"})  # type: ignore[valid-type]
    assert floats(outer) == ["Inner.price"]
