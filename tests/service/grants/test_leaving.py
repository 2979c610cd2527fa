"""Somebody left an organisation, as grants hears of it: their duties end, and the grant goes on without them."""

from shared.contracts import referrals
from shared.ids import pseudonym
from tests.service.grants.desk import ORGANISATION, Desk, part, staff, who
from tests.support.answered import ok


def left(name: str) -> referrals.StaffLeft:
    return referrals.StaffLeft(organisation_ref=pseudonym("organisation", ORGANISATION), staff_ref=staff(name))


async def test_who_left_has_no_duty_and_the_grant_goes_on(desk: Desk) -> None:
    case = await desk.heard("sok")
    path = await desk.drafted("sok", await desk.programme())
    await desk.world.hear("referrals", left("dara"))
    for one in (path, f"cases/{case}/journey", "permissions"):
        assert (await desk.world.get(f"/grants/v1/{one}", who("dara"))).status_code == 404, one
    assert ok(await desk.world.get("/grants/v1/applications", who("dara")))["items"] == []
    assert await desk.refused("dara", f"{path}/submit") == "not_found"
    kinds = {one["kind"] for one in (await desk.read(path, "mony"))["assigned"]}
    assert kinds == {"ASSESSOR", "DISBURSER", "RECONCILER"}
    assert (await desk.world.told("grants", f"case/{case}"))[-1] == "grants.application.released.v1"
    await desk.done("bopha", f"{path}/assign", part("kosal", "GRANT"))
    await desk.done("kosal", f"{path}/submit")


async def test_supervisors_are_called_to_a_grant_that_everybody_left(desk: Desk) -> None:
    await desk.heard("sok")
    path = await desk.drafted("sok", await desk.programme())
    for name in ("dara", "mony", "sreymom", "veasna"):
        await desk.world.hear("referrals", left(name))
    desk.world.clock.advance(seconds=2)
    await desk.world.settle()
    [waits] = (await desk.read("attention", "bopha"))["items"]
    assert (waits["kind"], waits["status"]) == ("nobody_works_on_it", "open")
    await desk.done("bopha", f"{path}/assign", part("kosal", "GRANT"))
    [done] = (await desk.read("attention", "bopha"))["items"]
    assert (done["status"], done["reason"]) == ("dismissed", "DONE_BY_HAND")
