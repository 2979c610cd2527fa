"""Who holds a case and who works on it, over HTTP: nobody of another organisation comes to it by their own act."""

from datetime import date
from typing import Any

import httpx
import pytest

from services.intake.cases.handlers import CASES
from shared.auth import Role
from shared.contracts import referrals
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.intake.desk import CENTRE, OFFICER, OTHER, Desk, refused
from tests.support.answered import ok

HEAD = caller("sopheap-head", Role.SUPERVISOR)
FAR_HEAD = caller("far-head", Role.SUPERVISOR, "far-centre")
FAR = pseudonym("organisation", "far-centre")
STRANGER = caller("lone-caseworker", Role.CASEWORKER, "far-centre")
ASKING = {"team": OFFICER, "colleague": OTHER, "head": HEAD, "far head": FAR_HEAD, "stranger": STRANGER}
KIM = {"staff_ref": ref("kim"), "organisation_ref": CENTRE, "kind": "TEAM"}
OFFER = {"organisation_ref": FAR, "reason": "NEARER_HOME"}
COMMANDS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "assign": (KIM, {"team", "head"}),
    "release": (KIM, {"team", "head"}),
    "declare-conflict": ({"staff_ref": ref("kim"), "organisation_ref": CENTRE, "reason": "NAMED"}, {"head"}),
    "ask-conflict-end": ({"staff_ref": ref("kim")}, {"head"}),
    "end-conflict": ({"staff_ref": ref("kim")}, {"head"}),
    "offer-transfer": (OFFER, {"head"}),
    "withdraw-transfer": ({}, {"head"}),
    "accept-transfer": ({}, {"far head"}),
    "decline-transfer": ({}, {"far head"}),
    "inform": ({"organisation_ref": FAR}, {"head"}),
    "end-informing": ({"organisation_ref": FAR}, {"head"}),
    "evaluate-age": ({}, {"team"}),
    "correct": ({"country": "TH"}, {"team"}),
    "reopen": ({}, {"team"}),
    "void": ({"reason": "DUPLICATE"}, {"team"}),
}
"""What is said, and who may say it. An open case is not reopened: there the rule says no, not the right."""
OF_TEAM = ("assign", "release", "evaluate-age", "correct", "reopen", "void")
LACKING = {(who, command) for who in ("colleague", "head") for command in OF_TEAM}
"""Whoever may read the case, and lacks nothing but a part in it, is told so."""


async def _prepared(desk: Desk, name: str, command: str) -> str:
    case = f"cases/{await desk.case(name)}"
    if command == "release":
        ok(await desk.change(case, "assign", **KIM))
    if command in ("withdraw-transfer", "accept-transfer", "decline-transfer"):
        ok(await desk.change(case, "offer-transfer", HEAD, **OFFER))
    if command in ("ask-conflict-end", "end-conflict"):
        ok(await desk.change(case, "declare-conflict", HEAD, **COMMANDS["declare-conflict"][0]))
    return case


def _heard(answer: httpx.Response) -> bool:
    return answer.status_code == 200 or answer.json()["code"] in ("not_allowed_in_status", "conflict_end_not_asked")


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_supervisor_of_another_organisation_assigns_themselves(desk: Desk, command: str) -> None:
    """Every command on a case, by everybody: done, on a case of its own each, as if there were no case, or told
    that a part is missing."""
    body, may = COMMANDS[command]
    case = await _prepared(desk, "Sok Dara", command)
    version, before = await desk.version(case), await desk.harness.rows("intake", "journal")
    for who in ASKING.keys() - may:
        answer = await desk.do(f"{case}/{command}", ASKING[who], version, **body)
        told = (403, "relation_needed") if (who, command) in LACKING else (404, "not_found")
        assert (answer.status_code, answer.json()["code"]) == told, who
    assert await desk.harness.rows("intake", "journal") == before
    for who in may:
        own = await _prepared(desk, f"Sok of {who}", command)
        assert _heard(await desk.do(f"{own}/{command}", ASKING[who], await desk.version(own), **body)), who


def test_every_command_that_may_be_asked_of_a_case_is_asked_here() -> None:
    from_outside = {
        row.handling.action.rpartition(".")[2].replace("_", "-")
        for row in CASES
        if row.command not in row.statuses.inner and not row.handling.creates
    }
    assert from_outside == COMMANDS.keys()


async def test_a_case_is_transferred_in_one_act_and_the_team_before_sees_no_more(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    person = (await desk.see(f"cases/{case}"))["person_ref"]
    ok(await desk.change(f"cases/{case}", "offer-transfer", HEAD, **OFFER))
    assert (await desk.see(f"cases/{case}"))["offered_to"] == FAR
    await desk.unseen(f"persons/{person}", FAR_HEAD)
    ok(await desk.change(f"cases/{case}", "accept-transfer", FAR_HEAD))
    assert (await desk.harness.told("intake", f"case/{case}"))[-4:] == [
        "intake.case.transfer_offered.v1",
        "intake.case.transfer_accepted.v1",
        "intake.case.released.v1",
        "intake.case.assigned.v1",
    ]
    await desk.unseen(f"cases/{case}")
    read = await desk.see(f"cases/{case}", FAR_HEAD)
    assert (read["organisation_ref"], read["offered_to"], len(read["workers"])) == (FAR, None, 1)
    facets = {row["subject"]: row["data"] for row in await desk.harness.rows("intake", "facet")}
    assert facets[f"case/{case}"]["organisation_ref"] == FAR
    assert (await desk.see(f"persons/{person}", FAR_HEAD))["identity"] is not None
    await desk.unseen(f"persons/{person}")
    version = await desk.version(f"cases/{case}", FAR_HEAD)
    for who in (OFFICER, HEAD):
        refused(await desk.do(f"cases/{case}/assign", who, version, **KIM), "not_found")
    version = await desk.version(f"persons/{person}", FAR_HEAD)
    refused(await desk.do(f"persons/{person}/correct", version=version, sex="MALE"), "not_found")


async def test_who_leaves_a_case_or_is_released_sees_no_more(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    person = (await desk.see(f"cases/{case}"))["person_ref"]
    officer = pseudonym("staff", "vanna-dosvy")
    theirs = {"staff_ref": officer, "organisation_ref": pseudonym("organisation", "far-centre"), "kind": "PLAN"}
    ok(await desk.change(f"cases/{case}", "assign", **theirs))
    worker = caller("vanna-dosvy", Role.CASEWORKER, "far-centre")
    assert (await desk.see(f"persons/{person}", worker))["identity"] is not None
    refused(await desk.change(f"cases/{case}", "assign", worker, **KIM), "not_found")
    refused(await desk.change(f"cases/{case}", "void", worker, reason="DUPLICATE"), "not_found")
    ok(await desk.change(f"cases/{case}", "release", worker, **theirs))
    await desk.unseen(f"persons/{person}", worker)


async def test_a_month_after_a_case_was_closed_nobody_works_on_it(desk: Desk) -> None:
    case, again = await desk.case("Sok Dara"), await desk.case("Sok Chan")
    for one in (case, again):
        named = {"case_ref": one, "plan_ref": ref(f"plan {one}")}
        closed = referrals.PlanClosed(**named, reason="GOALS_MET", day=date(2026, 11, 1), overridden=False)
        await desk.harness.hear("referrals", closed)
    await desk.harness.settle()
    ok(await desk.change(f"cases/{again}", "reopen"))
    desk.harness.clock.advance(days=30)
    await desk.harness.settle()
    await desk.see(f"cases/{case}/journey")
    desk.harness.clock.advance(days=1)
    await desk.harness.settle()
    assert await desk.harness.rows("intake", "attention") == []
    assert (await desk.see(f"cases/{case}", HEAD))["workers"] == []
    refused(await desk.harness.get(f"/intake/v1/cases/{case}/journey", OFFICER), "not_found")
    assert len((await desk.see(f"cases/{again}"))["workers"]) == 1
