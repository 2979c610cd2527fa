"""Intake was put back from an older copy: whoever was shut out in the lost time stays out, here and wherever heard."""

import pytest

from shared.auth import Role
from shared.contracts import intake
from shared.ids import pseudonym
from shared.model import Event
from shared.testing import caller, ref
from tests.conftest import Start
from tests.service.intake.desk import CENTRE, OTHER, Desk, born, refused
from tests.service.intake.test_bars_of_a_person import AGAIN, _closed
from tests.service.intake.test_conflicts import COUSIN, ELSEWHERE, HERE, MINE, SECOND_HEAD
from tests.service.intake.test_custody import HEAD
from tests.support.answered import ok
from tests.support.went_back import is_folded, lost_itself, went_back

THIRD_HEAD = caller("third-head", Role.SUPERVISOR)
TEAM = {"staff_ref": COUSIN, "organisation_ref": CENTRE, "kind": "TEAM"}
COLLEAGUE = TEAM | {"staff_ref": pseudonym("staff", "dara-intake")}


async def _case(desk: Desk) -> tuple[str, str]:
    """A case on which who opened it works, and a colleague."""
    case = await desk.case("Sok Dara", born(1990))
    ok(await desk.change(f"cases/{case}", "assign", HEAD, **COLLEAGUE))
    return case, str((await desk.see(f"cases/{case}", HEAD))["person_ref"])


def near(case: str) -> Event:
    return intake.CaseConflictDeclared(case_ref=case, staff_ref=COUSIN)


async def _lost(desk: Desk, *facts: Event) -> None:
    await lost_itself(desk.harness, "intake", *facts)
    assert await is_folded(desk.harness, "intake")


async def _dismissed(desk: Desk, who: str = HEAD) -> None:
    """People have looked at all that was lost."""
    for row in (await desk.see("attention", who, status="open"))["items"]:
        ok(await desk.change(f"attention/{row['ref']}", "dismiss", who, reason="DONE_BY_HAND"))
    assert await is_folded(desk.harness, "intake")


async def test_a_lost_conflict_of_interest_bars_until_somebody_else_says_otherwise(desk: Desk) -> None:
    case, person = await _case(desk)
    paths = (f"cases/{case}", f"persons/{person}", f"cases/{case}/journey")
    await _lost(desk, near(case))
    for who in (caller("srey-intake", Role.INTAKE_OFFICER), HERE, ELSEWHERE):
        for path in paths:
            await desk.unseen(path, who)
        for listed in ("cases", "persons", "attention"):
            assert (await desk.see(listed, who))["items"] == [], listed
    [row] = (await desk.see("attention", HEAD, status="open"))["items"]
    assert row["kind"] == "facts_lost"
    refused(await desk.do(f"attention/{row['ref']}/dismiss", HERE, "1.1", reason="DONE_BY_HAND"), "not_found")
    refused(await desk.change(f"cases/{case}", "assign", HEAD, **TEAM), "barred_from_case")
    await _dismissed(desk)
    for path in paths:
        await desk.see(path)


async def test_who_was_barred_in_the_lost_time_opens_no_other_case_and_is_barred_from_each_later_one(
    desk: Desk,
) -> None:
    case, person = await _case(desk)
    await _closed(desk, case)
    await _lost(desk, near(case))
    refused(await desk.do("cases", HERE, person_ref=person, **AGAIN), "not_found")
    second = ok(await desk.do("cases", OTHER, ref=ref("second"), person_ref=person, **AGAIN))["ref"]
    for one in (case, second):
        await desk.unseen(f"cases/{one}", HERE)
    assert (await desk.harness.told("intake", f"case/{second}"))[1] == "intake.case.conflict_declared.v1"
    # It is said again by whoever knows why, and found to be over by two others.
    ok(await desk.change(f"cases/{case}", "declare-conflict", HEAD, **MINE))
    await _dismissed(desk)
    await desk.unseen(f"cases/{case}", HERE)
    for command, who in (("ask-conflict-end", SECOND_HEAD), ("end-conflict", THIRD_HEAD)):
        ok(await desk.change(f"cases/{case}", command, who, staff_ref=COUSIN))
    for one in (case, second):
        await desk.see(f"cases/{one}", HERE)


async def test_who_was_barred_in_the_lost_time_does_not_come_by_a_case_that_was_struck_out(desk: Desk) -> None:
    case, person = await _case(desk)
    ok(await desk.change(f"cases/{case}", "void", OTHER, reason="DUPLICATE"))
    await _lost(desk, near(case))
    refused(await desk.do("cases", HERE, person_ref=person, **AGAIN), "not_found")
    ok(await desk.do("cases", OTHER, person_ref=person, **AGAIN))


async def test_who_was_released_in_the_lost_time_stays_out(desk: Desk) -> None:
    case, _ = await _case(desk)
    await desk.see(f"cases/{case}/journey", OTHER)
    await _lost(desk, intake.CaseReleased(case_ref=case, **COLLEAGUE))
    await desk.unseen(f"cases/{case}/journey", OTHER)
    await desk.see(f"cases/{case}/journey")
    await _dismissed(desk)
    await desk.see(f"cases/{case}/journey", OTHER)


async def test_who_is_assigned_anew_is_in_at_once(desk: Desk) -> None:
    case, _ = await _case(desk)
    await _lost(desk, intake.CaseReleased(case_ref=case, **COLLEAGUE))
    for command in ("release", "assign"):
        ok(await desk.change(f"cases/{case}", command, HEAD, **COLLEAGUE))
    await desk.see(f"cases/{case}/journey", OTHER)


@pytest.mark.parametrize("service", ["screening", "referrals", "grants"])
async def test_whoever_heard_it_keeps_people_out(start: Start, service: str) -> None:
    world = await start(service)
    case, sok, kim = ref("case"), pseudonym("staff", "sok"), pseudonym("staff", "kim")
    here = {"organisation_ref": CENTRE}
    works = [intake.CaseAssigned(case_ref=case, staff_ref=one, kind="TEAM", **here) for one in (sok, kim)]
    opened = intake.CaseOpened(case_ref=case, country="VN", is_minor=True, opened=world.clock().date(), **here)
    left = intake.CaseReleased(case_ref=case, staff_ref=kim, kind="TEAM", **here)
    await world.hear("intake", opened, *works, intake.CaseConflictDeclared(case_ref=case, staff_ref=sok), left)
    journey = f"/{service}/v1/cases/{case}/journey"
    callers = {name: caller(name, Role.CASEWORKER) for name in ("sok", "kim")}

    async def seen() -> dict[str, int]:
        return {name: (await world.get(journey, who)).status_code for name, who in callers.items()}

    assert await seen() == {"sok": 404, "kim": 404}
    await went_back(world, service, "intake", {f"case/{case}": 3})
    assert await is_folded(world, service)
    assert await seen() == {"sok": 404, "kim": 404}
    [row] = ok(await world.get(f"/{service}/v1/attention", HEAD, status="open"))["items"]
    dismiss = f"/{service}/v1/attention/{row['ref']}/dismiss"
    assert (await world.post(dismiss, callers["sok"], {"reason": "DONE_BY_HAND"}, version=1)).status_code == 404
    ok(await world.post(dismiss, HEAD, {"reason": "DONE_BY_HAND"}, version=1))
    assert await is_folded(world, service)
    assert await seen() == {"sok": 200, "kim": 200}
