"""Instalments: split exactly, released on conditions, paid once, evidenced, reconciled by somebody else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grants.applications.duties import Part
from services.grants.instalments import commands as ask
from services.grants.instalments.domain import decide, plan
from services.grants.instalments.state import PaymentForm, ReceiptKind, Status, Witness, parts_of
from services.grants.programmes.state import Terms
from shared.contracts import grants as told
from shared.contracts.grants import Currency
from shared.testing import ref
from tests.unit.grants.builders import DAY, programme
from tests.unit.grants.parts import HANDS, PAY, RELEASE, about, after, evidenced, paid, planned, receipt, released
from tests.unit.grants.refusals import refused
from tests.unit.grants.test_money import RIEL


@given(st.integers(1, 50_000), st.sampled_from([(60, 40), (100,), (34, 33, 33), (1, 99)]))
def test_the_parts_add_up_to_the_approved_amount(approved: int, shares: tuple[int, ...]) -> None:
    of = programme(terms=Terms(ceiling=50_000, shares=shares))
    refs = {"case_ref": ref("case"), "application_ref": ref("application"), "programme_ref": ref("programme")}
    parts = parts_of(approved, of, **refs)
    assert sum(part.amount for part in parts) == approved
    assert [part.number for part in parts] == list(range(1, len(shares) + 1))


def test_a_plan_of_sixty_and_forty_is_told_in_bands() -> None:
    assert [planned(number).amount for number in (1, 2)] == [15_000, 10_000]
    assert [type(event) for event in plan(planned(), about()).events] == [told.InstalmentPlanned]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"running": False}, "grant_not_running"),
        ({"case_clear": False}, "case_not_open"),
        ({"payment_lost": True}, "instalments_held"),
        ({"others": 10_001}, "more_than_approved"),
    ],
)
@pytest.mark.parametrize(("state", "command"), [(planned(), RELEASE), (released(), PAY)])
def test_release_and_payment_look_at_the_whole_grant(
    state: Any, command: ask.InstalmentCommand, changes: dict[str, Any], code: str
) -> None:
    with refused(code):
        decide(state, command, about(**changes))


def test_the_second_part_waits_for_receipts_and_a_visit() -> None:
    second = planned(2)
    with refused("earlier_instalment_not_paid"):
        decide(second, RELEASE, about(before=released()))
    with refused("receipts_missing"):
        decide(second, RELEASE, about(before=evidenced(11_999), visited_on=DAY))
    enough = evidenced(12_000)
    with refused("visit_missing"):
        decide(second, RELEASE, about(before=enough))
    with refused("visit_missing"):
        decide(second, RELEASE, about(before=enough, visited_on=DAY - timedelta(days=1)))
    assert decide(second, RELEASE, about(before=enough, visited_on=DAY)).state.status is Status.RELEASED


@pytest.mark.parametrize(
    ("form", "reason", "code"),
    [
        (PaymentForm.CASH, None, "cash_reason_missing"),
        (PaymentForm.GOODS, "LABOUR", "cash_reason_not_needed"),
    ],
)
def test_goods_come_first_and_cash_needs_a_reason(form: PaymentForm, reason: str | None, code: str) -> None:
    with refused(code):
        decide(planned(), ask.ReleaseInstalment(form=form, cash_reason=reason), about())
    cash = ask.ReleaseInstalment(form=PaymentForm.CASH, cash_reason="LABOUR")
    assert decide(planned(), cash, about()).state.cash_reason == "LABOUR"


def test_the_same_payment_delivered_twice_pays_once() -> None:
    """Long after, it is recognised before the rules are asked; see the test of money over HTTP."""
    state = paid()
    again = decide(state, PAY, about())
    assert (again.state, again.events) == (state, ())
    with refused("already_paid"):
        decide(evidenced(), PAY, about())


@pytest.mark.parametrize(
    ("command", "who"),
    [(PAY.but(payment_ref=ref("another")), "sreymom"), (PAY, "vuthy"), (PAY.but(currency=Currency.KHR), "sreymom")],
)
def test_another_payment_of_a_paid_instalment_is_refused(command: ask.InstalmentCommand, who: str) -> None:
    with refused("already_paid"):
        decide(paid(), command, about(who))


def test_a_payment_in_riel_keeps_its_rate() -> None:
    in_riel = PAY.but(currency=Currency.KHR, rate=RIEL)
    state = after(released(), in_riel, about())
    assert state.paid_as is not None
    assert (state.paid_as.worth, state.paid_as.rate) == (607_500, RIEL)
    assert decide(state, in_riel, about()).events == ()


def test_receipts_count_together_and_in_any_currency() -> None:
    some = after(paid(), receipt(8_000, "first"), about("dara"))
    assert some.status is Status.PAID
    riel = receipt(182_250, "second", currency=Currency.KHR, rate=RIEL)
    decided = decide(some, riel, about("dara"))
    assert (decided.state.evidence, decided.state.status) == (12_500, Status.EVIDENCED)
    assert [type(event) for event in decided.events] == [told.InstalmentReceiptAdded, told.InstalmentEvidenced]
    assert decide(decided.state, riel, about("dara")).events == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 1},
        {"kind": ReceiptKind.INVOICE},
        {"effective_at": datetime(2026, 11, 4, 3, tzinfo=UTC)},
        {"kind": ReceiptKind.WITNESS_STATEMENT, "witness": Witness.VILLAGE_CHIEF},
        {"currency": Currency.KHR, "rate": RIEL},
    ],
)
def test_a_receipt_counts_once_and_another_under_its_ref_is_refused(changes: dict[str, Any]) -> None:
    struck = ask.StrikeReceipt(receipt_ref=ref("receipt"), reason="DUPLICATE")
    for state in (evidenced(), after(evidenced(), struck, about("dara"))):
        assert decide(state, receipt(15_000), about("kosal", day=DAY + timedelta(days=1))).events == ()
        with refused("ref_in_use"):
            decide(state, receipt(15_000).but(**changes), about("dara"))


def test_a_missing_receipt_needs_a_witness() -> None:
    with refused("witness_missing"):
        decide(paid(), receipt(1, kind=ReceiptKind.WITNESS_STATEMENT), about("dara"))
    with refused("witness_not_needed"):
        decide(paid(), receipt(1, witness=Witness.VILLAGE_CHIEF), about("dara"))
    stated = receipt(12_000, kind=ReceiptKind.WITNESS_STATEMENT, witness=Witness.GROUP_LEADER)
    assert decide(paid(), stated, about("dara")).state.status is Status.EVIDENCED


def test_a_struck_receipt_counts_no_more() -> None:
    strike = ask.StrikeReceipt(receipt_ref=ref("receipt"), reason="DUPLICATE")
    state = after(evidenced(), strike, about("dara"))
    assert (state.evidence, state.status) == (0, Status.PAID)
    assert decide(state, strike, about("dara")).events == ()
    with refused("no_such_receipt"):
        decide(state, strike, about("kosal"))
    two = after(evidenced(), receipt(100, "other"), about("dara"))
    assert after(two, strike, about("dara")).evidence == 100


def test_receipts_belong_to_what_was_paid() -> None:
    with refused("not_allowed_in_status"):
        decide(planned(), receipt(1), about("dara"))


def test_reconciliation_needs_all_of_it_but_for_the_tolerance() -> None:
    reconcile = ask.ReconcileInstalment()
    with refused("evidence_incomplete"):
        decide(evidenced(14_999), reconcile, about("veasna"))
    lenient = programme(terms=Terms(ceiling=50_000, tolerance=1))
    assert decide(evidenced(14_999), reconcile, about("veasna", programme=lenient)).state.reconciled_by == ref("veasna")
    assert decide(evidenced(), reconcile, about("veasna")).state.status is Status.RECONCILED


def test_the_days_of_money_stand_in_their_order() -> None:
    early: dict[str, Any] = {"day": DAY - timedelta(days=1)}
    with refused("before_what_it_follows"):
        decide(planned(), RELEASE, about(signed_on=DAY, **early))
    with refused("before_what_it_follows"):
        decide(released(), PAY, about(**early))
    with refused("before_what_it_follows"):
        decide(paid(), receipt(1), about("dara", **early))
    with refused("before_what_it_follows"):
        decide(evidenced(), ask.ReconcileInstalment(), about("veasna", **early))
    assert decide(released(), ask.HoldInstalment(reason="CASE_CLOSED"), about(**early)).events


def test_the_reconciler_handled_none_of_it() -> None:
    handled = {**HANDS, Part.DISBURSER: {ref("sreymom")}}
    with refused("separation_of_duties"):
        decide(evidenced(), ask.ReconcileInstalment(), about("sreymom", hands=handled))


def test_held_it_waits_and_resumed_it_stands_where_it_stood() -> None:
    hold = ask.HoldInstalment(reason="CASE_CLOSED")
    for before in (planned(), released()):
        held = after(before, hold, about())
        assert held.status is Status.HELD
        with refused("not_allowed_in_status"):
            decide(held, PAY, about())
        with refused("case_not_open"):
            decide(held, ask.ResumeInstalment(), about("dara", case_clear=False))
        assert after(held, ask.ResumeInstalment(), about("dara")).status is before.status


def test_cancelled_voided_and_corrected_are_told() -> None:
    assert after(planned(), ask.CancelInstalment(reason="MOVED"), about()).status is Status.CANCELLED
    assert after(planned(), ask.VoidInstalment(reason="DUPLICATE"), about()).status is Status.VOIDED
    correct = ask.CorrectInstalment(reason="MISTYPED", form=PaymentForm.VOUCHER)
    assert after(paid(), correct, about()).form is PaymentForm.VOUCHER


def test_the_same_command_twice_decides_nothing() -> None:
    assert decide(released(), RELEASE, about()).events == ()
    with refused("not_allowed_in_status"):
        decide(released(), RELEASE, about("vuthy"))


def test_an_instalment_begins_with_the_agreement_alone() -> None:
    for command in (RELEASE, PAY, receipt(1)):
        with refused("not_allowed_in_status"):
            decide(None, command, about())
    assert set(ask.STATUSES.allowed) == set(Status)
