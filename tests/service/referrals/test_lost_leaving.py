"""Referrals, which keeps the register of staff, was put back to before somebody left: they stay out everywhere."""

import pytest

from shared.auth import Role
from shared.contracts import intake, referrals
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.conftest import Start
from tests.service.intake.desk import refused
from tests.service.referrals.desk import HOUSE, SUPERVISOR, WORKER, Desk
from tests.service.referrals.test_staff import ENTRY, change, house
from tests.support.answered import ok
from tests.support.went_back import is_folded, lost_itself, went_back

GONE = {"organisation_ref": HOUSE, "staff_ref": pseudonym("staff", "worker")}
LEFT, RETURNED = referrals.StaffLeft(**GONE), referrals.StaffReturned(**GONE)
STREAM = f"organisation/{HOUSE}"
__all__ = ["house"]


async def _dismissed(desk: Desk, who: str = SUPERVISOR) -> None:
    for row in ok(await desk.get("attention", who, status="open"))["items"]:
        answer = await desk.harness.post(
            f"/referrals/v1/attention/{row['ref']}/dismiss", who, {"reason": "DONE_BY_HAND"}, version="1.1"
        )
        ok(answer)
    assert await is_folded(desk.harness, "referrals")


async def test_who_left_in_the_lost_time_is_out_until_a_supervisor_says_otherwise(house: Desk) -> None:
    ok(await house.get("permissions", WORKER))
    await lost_itself(house.harness, "referrals", LEFT)
    assert await is_folded(house.harness, "referrals")
    as_head = caller("worker", Role.SUPERVISOR)
    for who in (WORKER, as_head):
        for path in ("permissions", f"organisations/{HOUSE}"):
            refused(await house.get(path, who), "not_found")
        for listed in ("organisations", "service-referrals"):
            assert ok(await house.get(listed, who))["items"] == [], listed
    assert ok(await house.get("attention", as_head))["items"] == []
    # A sign-in brings nobody back, although the register has them as one who works here.
    running = house.harness.running["referrals"]
    running.newcomers._seen.clear()
    refused(await house.get("permissions", WORKER), "not_found")
    await _dismissed(house)
    ok(await house.get("permissions", WORKER))


async def test_who_left_is_said_to_have_left_again_and_stays_out(house: Desk) -> None:
    await lost_itself(house.harness, "referrals", LEFT)
    version = next(row["version"] for row in await house.rows("staff") if row["ref"] == ENTRY)
    ok(await house.harness.post(f"/referrals/v1/staff/{ENTRY}/leave", SUPERVISOR, {}, version=f"{version}.1"))
    await _dismissed(house)
    refused(await house.get("permissions", WORKER), "not_found")


async def test_whose_return_was_lost_is_away_until_it_is_said_again(house: Desk) -> None:
    ok(await change(house, "leave"))
    await lost_itself(house.harness, "referrals", RETURNED)
    refused(await house.get("permissions", WORKER), "not_found")


@pytest.mark.parametrize("service", ["intake", "screening", "grants"])
async def test_whoever_heard_that_somebody_left_keeps_them_out(start: Start, service: str) -> None:
    world, case = await start(service), ref("case")
    day = world.clock().date()
    head = caller("supervisor", Role.SUPERVISOR)
    await world.hear("referrals", LEFT)
    if service != "intake":
        opened = intake.CaseOpened(case_ref=case, country="VN", is_minor=True, opened=day, organisation_ref=HOUSE)
        await world.hear("intake", opened, intake.CaseAssigned(case_ref=case, kind="TEAM", **GONE))
    permissions = f"/{service}/v1/permissions"
    assert (await world.get(permissions, WORKER)).status_code == 404
    await went_back(world, service, "referrals", {})
    assert await is_folded(world, service)
    assert (await world.get(permissions, WORKER)).status_code == 404
    [row] = ok(await world.get(f"/{service}/v1/attention", head, status="open", kind="facts_lost"))["items"]
    looked = {"reason": "DONE_BY_HAND"}
    ok(await world.post(f"/{service}/v1/attention/{row['ref']}/dismiss", head, looked, version=1))
    assert await is_folded(world, service)
    assert (await world.get(permissions, WORKER)).status_code == 200
