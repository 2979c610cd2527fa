"""Businesses: visited, found running or struggling, ended without blame."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.grants.businesses.commands import (
    STATUSES,
    BusinessCommand,
    CeaseBusiness,
    CheckBusiness,
    CorrectBusiness,
    VoidBusiness,
)
from services.grants.businesses.domain import decide, plan
from services.grants.businesses.state import Business, Facts, Status, months_after
from shared.contracts import grants as told
from shared.contracts.grants import BusinessState
from shared.testing import ref
from tests.unit.grants.builders import DAY
from tests.unit.grants.refusals import refused


def facts(who: str = "dara", day: date = DAY) -> Facts:
    return Facts(ref("business"), ref(who), day)


def planned() -> Business:
    decided = plan(ref("case"), ref("application"), "GROCERY", "200105", facts())
    assert [type(event) for event in decided.events] == [told.BusinessPlanned]
    return decided.state


def check(name: str = "visit", state: BusinessState = BusinessState.OPERATING) -> CheckBusiness:
    return CheckBusiness(check_ref=ref(name), state=state, findings=("SALES_SEEN",))


def test_the_latest_visit_says_how_it_is() -> None:
    late = decide(planned(), check("late", BusinessState.STRUGGLING), facts(day=DAY + timedelta(days=9))).state
    early = decide(late, check("early"), facts())
    assert (early.state.status, len(early.state.checks)) == (Status.STRUGGLING, 2)
    assert early.state.visited_on == DAY + timedelta(days=9)
    assert decide(planned(), check(), facts()).state.status is Status.OPERATING
    assert planned().visited_on is None


@pytest.mark.parametrize("command", [check(), CeaseBusiness(reason="FLOOD")])
def test_nothing_is_found_before_the_agreement(command: BusinessCommand) -> None:
    signed = replace(facts(), signed_on=DAY)
    assert decide(planned(), command, signed).events
    with refused("before_what_it_follows"):
        decide(planned(), command, replace(signed, day=DAY - timedelta(days=1)))


def test_a_visit_is_recorded_once() -> None:
    state = decide(planned(), check(), facts()).state
    with refused("ref_in_use"):
        decide(state, check(state=BusinessState.STRUGGLING), facts())


def test_it_ends_no_earlier_than_it_was_found_running() -> None:
    running = decide(planned(), check(), facts()).state
    with refused("before_what_it_follows"):
        decide(running, CeaseBusiness(reason="FLOOD"), facts(day=DAY - timedelta(days=1)))
    assert decide(running, CeaseBusiness(reason="FLOOD"), facts()).state.ceased_on == DAY


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (CeaseBusiness(reason="FLOOD"), Status.CEASED),
        (CorrectBusiness(reason="MISTYPED", activity="SEWING", place="200106"), Status.PLANNED),
        (VoidBusiness(reason="DUPLICATE"), Status.VOIDED),
    ],
)
def test_it_ends_and_is_put_right(command: BusinessCommand, status: Status) -> None:
    decided = decide(planned(), command, facts())
    assert decided.state.status is status
    assert decide(decided.state, command, facts()).events == ()


@pytest.mark.parametrize("command", [check(), CeaseBusiness(reason="FLOOD")])
def test_what_has_ceased_is_neither_visited_nor_ended(command: BusinessCommand) -> None:
    ceased = decide(planned(), CeaseBusiness(reason="NO_PROFIT"), facts()).state
    with refused("not_allowed_in_status"):
        decide(ceased, command, facts("kosal"))
    with refused("not_allowed_in_status"):
        decide(None, command, facts())
    assert set(STATUSES.allowed) == set(Status)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 4), 6, date(2027, 5, 4)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 6, 15), 6, date(2026, 12, 15)),
        (date(2026, 6, 15), 0, date(2026, 6, 15)),
    ],
)
def test_months_are_of_the_calendar(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


@pytest.mark.parametrize(
    ("days", "state", "proven"),
    [
        (181, BusinessState.OPERATING, True),
        (180, BusinessState.OPERATING, False),
        (181, BusinessState.STRUGGLING, False),
    ],
)
def test_it_is_proven_by_a_visit_after_six_months(days: int, state: BusinessState, proven: bool) -> None:
    visited = decide(planned(), check(state=state), facts(day=DAY + timedelta(days=days))).state
    assert visited.proven(DAY, 6) is proven


@pytest.mark.parametrize(("reason", "proven"), [("BETTER_INCOME", True), ("FLOOD", False)])
def test_better_income_is_as_good(reason: Any, proven: bool) -> None:
    assert decide(planned(), CeaseBusiness(reason=reason), facts()).state.proven(DAY, 6) is proven
