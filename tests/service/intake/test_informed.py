"""The holder tells a body of state of a case: the body comes to nothing here by it, and the holder takes it back."""

from typing import Any

import pytest

from shared.auth import Purpose, Role
from shared.contracts import referrals
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.intake.desk import CENTRE, OFFICER, OTHER, Desk, born, refused
from tests.service.intake.test_custody import HEAD
from tests.support.answered import ok

STATION = pseudonym("organisation", "police-of-svay-rieng")
POLICE = [
    caller(f"heng-{role.lower().replace('_', '-')}", role, "police-of-svay-rieng", purpose)
    for role, purpose in (
        (Role.DECIDER, Purpose.PROTECTION),
        (Role.SUPERVISOR, Purpose.PROTECTION),
        (Role.SOCIAL_AFFAIRS, Purpose.PROTECTION),
        (Role.RECEIVING_AUTHORITY, Purpose.REPATRIATION),
    )
]
WORKER = caller("chan-caseworker", Role.CASEWORKER)


async def _parts(desk: Desk) -> list[str]:
    rows = await desk.harness.rows("intake", "relation")
    return [row["organisation_ref"] for row in rows if row["kind"] == "INFORMED"]


async def test_the_holder_tells_a_body_and_takes_it_back(desk: Desk) -> None:
    case = await desk.case("Keo Rithy", born(2014, 5, 2))
    path, body = f"cases/{case}", {"organisation_ref": STATION}
    ok(await desk.change(path, "inform", HEAD, **body))
    assert (await _parts(desk), (await desk.see(path))["informed"]) == ([STATION], [STATION])
    before = len(await desk.harness.told("intake", f"case/{case}"))
    ok(await desk.change(path, "inform", HEAD, **body))
    assert len(await desk.harness.told("intake", f"case/{case}")) == before, "it is told once"
    ok(await desk.change(path, "end-informing", HEAD, **body))
    assert (await _parts(desk), (await desk.see(path))["informed"]) == ([], [])
    assert (await desk.harness.told("intake", f"case/{case}"))[-2:] == [
        "intake.case.informed.v1",
        "intake.case.informing_ended.v1",
    ]
    refused(await desk.change(path, "inform", HEAD, organisation_ref=CENTRE), "informed_holder")


async def test_it_opens_nothing_here(desk: Desk) -> None:
    case = await desk.case("Keo Rithy", born(2014, 5, 2))
    stay = await desk.stay(case)
    person = (await desk.see(f"cases/{case}"))["person_ref"]
    ok(await desk.change(f"cases/{case}", "inform", HEAD, organisation_ref=STATION))
    for who in POLICE:
        for path in (f"cases/{case}", f"persons/{person}", f"stays/{stay}", f"cases/{case}/journey"):
            assert (await desk.harness.get(f"/intake/v1/{path}", who)).status_code == 404
        for things in ("cases", "persons", "stays"):
            listed = await desk.harness.get(f"/intake/v1/{things}", who)
            assert listed.status_code == 404 or listed.json()["items"] == []


@pytest.mark.parametrize("who", [OFFICER, OTHER, WORKER, *POLICE, caller("far-head", Role.SUPERVISOR, "far-centre")])
async def test_attack_nobody_but_the_holder_tells_a_body_of_a_case(desk: Desk, who: str) -> None:
    case = await desk.case("Keo Rithy", born(2014, 5, 2))
    told = "relation_needed" if who == WORKER else "not_found"
    refused(await desk.do(f"cases/{case}/inform", who, 1, organisation_ref=STATION), told)
    assert await _parts(desk) == []


async def test_it_ends_at_closure_and_is_not_there_again_when_the_case_is_opened_anew(desk: Desk) -> None:
    case = await desk.case("Keo Sophea", born(1985))
    ok(await desk.change(f"cases/{case}", "inform", HEAD, organisation_ref=STATION))
    day = desk.harness.clock().date()
    plan: dict[str, Any] = {"case_ref": case, "plan_ref": ref("plan"), "day": day}
    closed = referrals.PlanClosed(**plan, reason="GOALS_MET", overridden=False)
    await desk.harness.hear("referrals", closed)
    assert (await desk.see(f"cases/{case}"))["informed"] == []
    assert await _parts(desk) == []
    await desk.harness.hear("referrals", referrals.PlanReopened(**plan, reason="NEW_RISK"))
    assert (await desk.see(f"cases/{case}"))["status"] == "open"
    assert await _parts(desk) == []
