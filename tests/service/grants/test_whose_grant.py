"""Attacks that once worked: staff of another organisation begin a grant, name its deciders, or end a programme."""

from typing import Any

from shared.auth import Purpose, Role
from shared.contracts import intake
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.grants.desk import Desk, business_plan, staff

FAR = pseudonym("organisation", "far-fund")


def far(name: str, role: Role) -> str:
    return caller(name, role, "far-fund", Purpose.GRANTS)


async def outcome(desk: Desk, path: str, who: str, body: dict[str, Any], version: int | None = 1) -> int:
    return (await desk.world.post(f"/grants/v1/{path}", who, body, version=version)).status_code


async def test_attack_2_a_grants_officer_drafts_an_application_on_any_case(desk: Desk) -> None:
    case = await desk.heard("sok")
    programme = await desk.programme()
    draft = {"case_ref": case, "programme_ref": programme, "holders": [ref("x")], "plan": business_plan()}
    for role in (Role.GRANTS_OFFICER, Role.CASEWORKER):
        assert await outcome(desk, "applications", far("lone", role), draft, None) == 404
    assert await desk.world.rows("grants", "application") == []


async def test_attack_2_an_officer_who_was_let_in_names_no_colleagues(desk: Desk) -> None:
    await desk.heard("sok")
    path = await desk.drafted("sok", await desk.programme())
    mine = {"staff_ref": staff("lone"), "organisation_ref": FAR, "kind": "GRANT"}
    officer, friend = far("lone", Role.GRANTS_OFFICER), {**mine, "staff_ref": ref("friend"), "kind": "DISBURSER"}
    committee = {"members": [{"staff_ref": ref("friend"), "organisation_ref": FAR}] * 3, "chair": ref("friend")}
    version = (await desk.world.rows("grants", "application"))[0]["version"]
    assert await outcome(desk, f"{path}/assign", officer, mine) == 404
    await desk.done("dara", f"{path}/assign", mine)
    assert await outcome(desk, f"{path}/assign", officer, friend) == 404
    assert await outcome(desk, f"{path}/send-to-committee", officer, committee, version + 1) == 404
    assert await outcome(desk, f"{path}/release", officer, mine) == 200


async def test_attack_5_unrelated_staff_close_programmes_and_see_no_amounts(desk: Desk) -> None:
    programme = await desk.programme()
    head = far("far-head", Role.SUPERVISOR)
    said: dict[str, dict[str, Any]] = {
        "close": {},
        "void": {"reason": "DUPLICATE"},
        "correct": {"reason": "MISTYPED", "budget": 1},
    }
    for command, body in said.items():
        assert await outcome(desk, f"programmes/{programme}/{command}", head, body) == 404, command
    read = (await desk.world.get(f"/grants/v1/programmes/{programme}", head)).json()
    [row] = (await desk.world.get("/grants/v1/programmes", head)).json()["items"]
    assert row == read
    assert [read[name] for name in ("name", "budget", "free", "terms")] == [None] * 4
    assert (await desk.read(f"programmes/{programme}"))["budget"] == 100_000


async def test_attack_11_a_voided_case_opens_no_grant(desk: Desk) -> None:
    case = await desk.heard("sok")
    path = await desk.drafted("sok", await desk.programme())
    await desk.world.hear("intake", intake.CaseVoided(case_ref=case, reason="DUPLICATE"))
    assert await desk.refused("dara", f"{path}/submit") == "not_found"
