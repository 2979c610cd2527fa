"""A programme's budget: what is bound and what is free."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from services.grants.programmes.commands import CloseProgramme, CorrectProgramme, OpenProgramme, VoidProgramme
from services.grants.programmes.domain import decide
from services.grants.programmes.money import Rate, RateSource
from services.grants.programmes.movement import Movement, commit, reserve, spend, uncommit, unreserve
from services.grants.programmes.state import Facts, Programme, Status, Terms
from shared.contracts import grants as told
from shared.contracts.grants import Currency
from shared.contracts.leaves import MoneyBand
from shared.testing import ref
from tests.unit.grants.builders import DAY, programme
from tests.unit.grants.refusals import refused

ABOUT = Facts(ref("programme"), ref("bopha"), ref("fund"), DAY)
TERMS = Terms(ceiling=50_000, small_limit=15_000)
OPEN = OpenProgramme(name="Return fund", currency=Currency.USD, budget=100_000, terms=TERMS)
MOVE = Movement(ref("programme"), ref("application"), 25_000)


def opened() -> Programme:
    return decide(None, OPEN, ABOUT).state


def test_a_programme_opens_once() -> None:
    first = decide(None, OPEN, ABOUT)
    assert [type(event) for event in first.events] == [told.ProgrammeOpened]
    for again in (OPEN, OPEN.but(budget=1)):
        with refused("not_allowed_in_status"):
            decide(first.state, again, ABOUT)


def test_a_budget_in_riel_names_the_rate_of_its_bands() -> None:
    with refused("rate_missing"):
        decide(None, OPEN.but(currency=Currency.KHR), ABOUT)
    rate = Rate(currency=Currency.KHR, per_dollar=40_000_000, day=date(2026, 11, 3), source=RateSource.NBC)
    assert decide(None, OPEN.but(currency=Currency.KHR, rate=rate), ABOUT).state.rate == rate


@pytest.mark.parametrize("shares", [(60, 30), (100, 1), ()])
def test_shares_make_a_whole(shares: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError):
        Terms(ceiling=1, shares=shares)


def test_small_sums_need_fewer_voters_but_never_one() -> None:
    assert (TERMS.quorum_for(15_000), TERMS.quorum_for(15_001)) == (2, 3)
    with pytest.raises(ValidationError):
        Terms(ceiling=1, small_quorum=1)


def test_a_correction_keeps_what_is_bound() -> None:
    state = reserve(opened(), MOVE).state
    command = CorrectProgramme(reason="MISTYPED", name="Return fund", budget=24_999, terms=TERMS)
    with refused("budget_below_what_is_bound"):
        decide(state, command, ABOUT)
    corrected = decide(state, command.but(budget=25_000), ABOUT)
    assert (corrected.state.free, corrected.events) == (0, (told.ProgrammeCorrected(programme_ref=ref("programme")),))
    assert decide(corrected.state, command.but(budget=25_000), ABOUT).events == ()


def test_a_closed_programme_approves_nothing_and_closes_once() -> None:
    closed = decide(opened(), CloseProgramme(), ABOUT)
    assert (closed.state.status, closed.state.closed_on) == (Status.CLOSED, DAY)
    assert decide(closed.state, CloseProgramme(), ABOUT).events == ()
    with refused("programme_not_open"):
        reserve(closed.state, MOVE)


def test_a_programme_closes_no_earlier_than_it_opened() -> None:
    with refused("before_what_it_follows"):
        decide(opened(), CloseProgramme(), replace(ABOUT, day=DAY - timedelta(days=1)))


def test_a_programme_is_void_only_while_no_money_moved() -> None:
    assert decide(opened(), VoidProgramme(reason="ENTERED_IN_ERROR"), ABOUT).state.status is Status.VOIDED
    with refused("money_has_moved"):
        decide(reserve(opened(), MOVE).state, VoidProgramme(reason="ENTERED_IN_ERROR"), ABOUT)
    with refused("not_allowed_in_status"):
        decide(None, VoidProgramme(reason="ENTERED_IN_ERROR"), ABOUT)


@pytest.mark.parametrize(
    ("changes", "amount", "code"),
    [({}, 50_001, "over_the_ceiling"), ({"spent": 80_000}, 25_000, "budget_exceeded")],
)
def test_no_more_is_reserved_than_there_is(changes: dict[str, Any], amount: int, code: str) -> None:
    with refused(code):
        reserve(programme(**changes), Movement(ref("programme"), ref("application"), amount))


def test_money_goes_from_reserved_to_committed_to_spent() -> None:
    steps = [(reserve, told.FundsReserved), (commit, told.FundsCommitted), (spend, told.FundsSpent)]
    state = opened()
    for step, fact in steps:
        decided = step(state, MOVE)
        state = decided.state
        assert [type(event) for event in decided.events] == [fact]
        assert decided.events[0].model_dump()["money_band"] is MoneyBand.UP_TO_250
    assert (state.reserved, state.committed, state.spent, state.free) == (0, 0, 25_000, 75_000)


def test_money_can_be_set_free() -> None:
    reserved = reserve(opened(), MOVE).state
    assert unreserve(reserved, MOVE).state == opened()
    freed = uncommit(commit(reserved, MOVE).state, MOVE)
    assert (freed.state, type(freed.events[0])) == (opened(), told.FundsReleased)
