"""Grants itself was put back from an older copy: nobody is paid twice for it, nor what was held back."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.auth import Role
from shared.bus.adopting import adopt
from shared.contracts import grants
from shared.contracts.leaves import MoneyBand
from shared.model import Event
from shared.testing import caller, ref
from tests.service.grants.desk import Desk, payment, who
from tests.support.answered import ok
from tests.support.went_back import is_folded, lost_itself

SUPERVISOR = caller("vuthy", Role.SUPERVISOR)


async def _released(desk: Desk) -> tuple[str, dict[str, Any]]:
    """A first instalment that may be paid, and what facts say of it."""
    await desk.heard("sok")
    _, (first, _), _ = await desk.signed("sok", await desk.programme())
    await desk.done("sreymom", f"{first}/release", {"form": "GOODS"})
    found = await desk.read(first)
    return first, {name: found[name] for name in ("case_ref", "application_ref", "number")} | {
        "instalment_ref": found["ref"]
    }


async def _dismissed(desk: Desk) -> None:
    [row] = ok(await desk.world.get("/grants/v1/attention", SUPERVISOR, status="open"))["items"]
    looked = {"reason": "DONE_BY_HAND"}
    ok(await desk.world.post(f"/grants/v1/attention/{row['ref']}/dismiss", SUPERVISOR, looked, version="1.1"))
    assert await is_folded(desk.world, "grants")


async def _let_go(desk: Desk, part: str) -> None:
    """Somebody has looked whether it was handed over: it is held, and goes on."""
    await _does(desk, "dara", part, "hold", {"reason": "OTHER"})
    await _does(desk, "dara", part, "resume", {})


async def _does(desk: Desk, name: str, part: str, command: str, body: dict[str, Any]) -> None:
    found = await desk.world.get(f"/grants/v1/{part}", who(name))
    tag = found.headers["etag"].strip('"')
    ok(await desk.world.post(f"/grants/v1/{part}/{command}", who(name), body, version=tag))


async def test_nothing_is_paid_where_a_payment_was_lost_until_people_have_looked(desk: Desk) -> None:
    first, named = await _released(desk)
    day = desk.world.clock().date()
    paid = grants.InstalmentPaid(**named, currency=grants.Currency.KHR, money_band=MoneyBand.UP_TO_250, day=day)
    await lost_itself(desk.world, "grants", paid)
    assert await desk.refused("sreymom", f"{first}/pay", payment("again")) == "instalments_held"
    assert await is_folded(desk.world, "grants")
    await _dismissed(desk)
    assert await desk.refused("sreymom", f"{first}/pay", payment("again")) == "payment_may_be_lost"
    await _let_go(desk, first)
    await desk.done("sreymom", f"{first}/pay", payment("again"))


async def test_what_was_released_before_is_paid_only_by_somebody_who_has_looked(desk: Desk) -> None:
    """A payment that nobody had heard of is in no list: each that may have been made is held until a person says so."""
    first, _ = await _released(desk)
    kept = desk.world.running["grants"].kept
    await adopt(kept, [kept])
    await desk.world.settle()
    assert await desk.refused("sreymom", f"{first}/pay", payment("again")) == "payment_may_be_lost"
    await _does(desk, "dara", first, "hold", {"reason": "OTHER"})
    assert await desk.refused("sreymom", f"{first}/pay", payment("again")) == "not_allowed_in_status"
    await _does(desk, "dara", first, "resume", {})
    await desk.done("sreymom", f"{first}/pay", payment("again"))


STOPS: dict[str, Callable[[dict[str, Any]], Event]] = {
    "held": lambda named: grants.InstalmentHeld(**named, reason="PERSON_MISSING"),
    "cancelled": lambda named: grants.InstalmentCancelled(**named, reason="OTHER"),
    "suspended": lambda named: grants.ApplicationSuspended(
        **{name: named[name] for name in ("case_ref", "application_ref")},
        programme_ref=ref("programme"),
        reason="OTHER",
    ),
}


@pytest.mark.parametrize("stop", STOPS)
async def test_what_was_held_back_in_the_lost_time_is_not_paid_until_people_have_looked(desk: Desk, stop: str) -> None:
    first, named = await _released(desk)
    await lost_itself(desk.world, "grants", STOPS[stop](named))
    assert await is_folded(desk.world, "grants")
    if stop == "suspended":
        await _let_go(desk, first)
    assert await desk.refused("sreymom", f"{first}/pay", payment("again")) == "instalments_held"
    await _dismissed(desk)
    if stop != "suspended":
        await _let_go(desk, first)
    await desk.done("sreymom", f"{first}/pay", payment("again"))
