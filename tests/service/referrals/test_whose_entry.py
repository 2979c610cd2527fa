"""Attacks that once worked: staff of another organisation change partners, groups and plans that are not theirs."""

from typing import Any

import pytest

from shared.auth import Purpose, Role
from shared.contracts import intake
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.referrals.desk import CASE, HOUSE, SCHOOL, SUPERVISOR, Desk

HEAD = caller("far-head", Role.SUPERVISOR, "other-house", Purpose.REINTEGRATION)
TEACHER = caller("head-teacher", Role.SUPERVISOR, "bavet-school", Purpose.REINTEGRATION)
FAR = pseudonym("organisation", "other-house")
REASON = {"reason": "DUPLICATE"}
COMMANDS: dict[str, dict[str, Any]] = {
    "change-capacity": {"service": "EDU-ENROL", "available": 3},
    "suspend": {"reason": "NO_CAPACITY"},
    "reinstate": {},
    "correct": {"kind": "NGO"},
    "close": {},
    "void": REASON,
}


@pytest.mark.parametrize("who", [SUPERVISOR, TEACHER])
async def test_attack_5_unrelated_staff_suspend_a_partner_or_change_its_capacity(desk: Desk, who: str) -> None:
    """Whoever entered it keeps the entry, and the organisation itself; nobody else."""
    await desk.directory("EDU-ENROL")
    for command, body in COMMANDS.items():
        assert (await desk.do(f"organisations/{SCHOOL}/{command}", HEAD, body)).status_code == 404, command
        allowed = await desk.do(f"organisations/{SCHOOL}/{command}", who, body)
        assert allowed.status_code == 200, (command, allowed.text)


async def test_attack_5_unrelated_staff_close_a_group(desk: Desk) -> None:
    formed = {"kind": "SELF_HELP_GROUP", "service": "SHG-JOIN", "name": "Chantrea"}
    group = (await desk.post("groups", SUPERVISOR, formed)).json()["ref"]
    said: dict[str, dict[str, Any]] = {"close": {}, "void": REASON, "correct": {"name": "Mine"}}
    for command, body in said.items():
        assert (await desk.do(f"groups/{group}/{command}", HEAD, body)).status_code == 404, command
    meeting: dict[str, Any] = {"memberships": []}
    assert (await desk.post(f"groups/{group}/meetings", HEAD, meeting)).status_code == 404
    assert (await desk.post(f"groups/{group}/meetings", SUPERVISOR, meeting)).status_code < 300


async def test_attack_2_whoever_was_let_in_gives_the_plan_to_nobody(desk: Desk) -> None:
    plan = await desk.opened()
    let_in = intake.CaseAssigned(
        case_ref=CASE, staff_ref=pseudonym("staff", "far-head"), organisation_ref=FAR, kind="PLAN"
    )
    await desk.harness.hear("intake", let_in)
    friend, own = ({"staff_ref": one, "organisation_ref": FAR} for one in (ref("friend"), let_in.staff_ref))
    assert (await desk.post(f"plans/{plan}/assign", HEAD, friend)).status_code == 404
    assert (await desk.post(f"plans/{plan}/release", HEAD, {**friend, "organisation_ref": HOUSE})).status_code == 404
    assert (await desk.post(f"plans/{plan}/assign", HEAD, own)).status_code == 200
