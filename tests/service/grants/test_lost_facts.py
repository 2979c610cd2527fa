"""Grants itself was put back from an older copy: nobody is paid twice for it."""

from shared.auth import Role
from shared.contracts import grants
from shared.contracts.leaves import MoneyBand
from shared.testing import caller
from tests.service.grants.desk import Desk, payment
from tests.support.answered import ok
from tests.support.went_back import is_folded, lost_itself

SUPERVISOR = caller("vuthy", Role.SUPERVISOR)


async def test_nothing_is_paid_where_a_payment_was_lost_until_people_have_looked(desk: Desk) -> None:
    await desk.heard("sok")
    _, (first, _), _ = await desk.signed("sok", await desk.programme())
    await desk.done("sreymom", f"{first}/release", {"form": "GOODS"})
    found = await desk.read(first)
    refs = {name: found[name] for name in ("case_ref", "application_ref", "number", "currency")}
    day = desk.world.clock().date()
    paid = grants.InstalmentPaid(instalment_ref=found["ref"], money_band=MoneyBand.UP_TO_250, day=day, **refs)
    await lost_itself(desk.world, "grants", paid)
    assert await desk.refused("sreymom", f"{first}/pay", payment("again")) == "instalments_held"
    assert await is_folded(desk.world, "grants")
    [row] = ok(await desk.world.get("/grants/v1/attention", SUPERVISOR, status="open"))["items"]
    looked = {"reason": "DONE_BY_HAND"}
    ok(await desk.world.post(f"/grants/v1/attention/{row['ref']}/dismiss", SUPERVISOR, looked, version="1.1"))
    assert await is_folded(desk.world, "grants")
    await desk.done("sreymom", f"{first}/pay", payment("again"))
