"""The register of staff over HTTP: kept by an organisation's own supervisors, and leaving shuts everything at once."""

import json
from typing import Any

import pytest

from shared.auth import Purpose, Role
from shared.contracts.catalogue import EVERY
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.intake.desk import refused
from tests.service.referrals.desk import CASE, HEAD, HOUSE, SCHOOL, STRANGER, SUPERVISOR, TEACHER, WORKER, Desk
from tests.support.answered import ok

COORDINATOR = caller("coordinator", Role.REFERRAL_COORDINATOR, purpose=Purpose.REINTEGRATION)
SECOND = caller("second", Role.SUPERVISOR, purpose=Purpose.REINTEGRATION)
ELSEWHERE = caller("worker", Role.CASEWORKER, "bavet-school", Purpose.REINTEGRATION)
ENTRY, ITSELF = ref("entry worker"), ref("entry supervisor")
STREAM = f"organisation/{HOUSE}"


@pytest.fixture
async def house(desk: Desk) -> Desk:
    """The house stands in the directory, and its worker and its supervisor in the register."""
    await desk.house_listed()
    ok(await desk.registered("worker", name="Chan Sophy", roles=["CASEWORKER"]))
    ok(await desk.registered("supervisor", name="Keo Vibol", roles=["SUPERVISOR"]))
    return desk


async def left(desk: Desk, entry: str = ENTRY, who: str = SUPERVISOR) -> None:
    ok(await change(desk, "leave", entry, who))


async def change(desk: Desk, command: str, entry: str = ENTRY, who: str = SUPERVISOR, **body: Any) -> Any:
    version = next(row["version"] for row in await desk.rows("staff") if row["ref"] == entry)
    return await desk.post(f"staff/{entry}/{command}", who, body, version=version)


async def seen(desk: Desk, path: str, who: str = SUPERVISOR, **params: Any) -> dict[str, Any]:
    return ok(await desk.get(path, who, **params))


async def test_a_supervisor_registers_and_corrects_staff_whose_names_no_event_has(house: Desk) -> None:
    entry = await seen(house, f"staff/{ENTRY}")
    assert (entry["name"], entry["roles"], entry["status"]) == ("Chan Sophy", ["CASEWORKER"], "active")
    assert (entry["staff_ref"], entry["organisation_ref"]) == (pseudonym("staff", "worker"), HOUSE)
    assert sorted(entry["next"]) == ["correctStaff", "leaveOrganisation"]
    ok(await change(house, "correct", name="Chan Sophea", roles=["CASEWORKER", "INTERVIEWER"]))
    entry = await seen(house, f"staff/{ENTRY}")
    assert (entry["name"], entry["roles"], entry["version"]) == ("Chan Sophea", ["CASEWORKER", "INTERVIEWER"], 2)
    ok(await change(house, "correct", name=None))
    assert (await seen(house, f"staff/{ENTRY}"))["name"] is None
    refused(await change(house, "correct", roles=["SYSTEM"]), "role_of_nobody")
    await left(house)
    ok(await change(house, "return"))
    assert await house.told(STREAM) == ["organisation.registered", "staff.left", "staff.returned"]
    facts = [row["data"] for row in await house.rows("journal") if row["type"].startswith("referrals.staff.")]
    named = {"organisation_ref": HOUSE, "staff_ref": pseudonym("staff", "worker")}
    assert [json.loads(fact) for fact in facts] == [named, named]
    assert all({"organisation_ref", "staff_ref"} == set(EVERY[f"referrals.staff.{fact}.v1"].model_fields)
               for fact in ("left", "returned"))  # fmt: skip


async def test_an_entry_is_one_for_a_person_at_an_organisation_that_is_in_the_directory(house: Desk) -> None:
    again = await house.registered("worker", name="Chan Sophy", roles=["CASEWORKER"])
    assert ok(again)["ref"] == ENTRY
    refused(await house.registered("worker", name="Another"), "ref_in_use")
    twice = {"ref": ref("twice"), "organisation_ref": HOUSE, "staff_ref": pseudonym("staff", "worker")}
    refused(await house.post("staff", SUPERVISOR, twice), "staff_registered")
    unknown = caller("head", Role.SUPERVISOR, "nowhere-house", Purpose.REINTEGRATION)
    nowhere = {"ref": ref("x"), "organisation_ref": pseudonym("organisation", "nowhere-house"), "staff_ref": ref("y")}
    refused(await house.post("staff", unknown, nowhere), "organisation_not_in_directory")


async def test_names_are_read_one_by_one_by_the_organisation_s_own_supervisors_alone(house: Desk) -> None:
    await house.directory("EDU-ENROL")
    ok(await house.registered("teacher", HEAD, SCHOOL, name="Sao Rith", roles=["SERVICE_PROVIDER"]))
    for who in (WORKER, COORDINATOR, TEACHER, HEAD, STRANGER):
        refused(await house.get(f"staff/{ENTRY}", who), "not_found")
        refused(await change(house, "correct", ENTRY, who, name="Nobody"), "not_found")
        refused(await change(house, "leave", ENTRY, who), "not_found")
        if who is not HEAD:
            refused(await house.registered("somebody", who), "not_found")
    refused(await house.registered("somebody", HEAD), "not_found")
    listed = (await seen(house, "staff"))["items"]
    assert [one["ref"] for one in listed] == [ENTRY, ITSELF]
    assert [one["name"] for one in listed] == [None, None]
    assert [one["ref"] for one in (await seen(house, "staff", HEAD))["items"]] == [ref("entry teacher")]
    stored = next(row for row in await house.rows("staff") if row["ref"] == ENTRY)
    assert b"Sophy" not in stored["name"]


async def test_the_list_is_read_page_by_page_and_by_status(house: Desk) -> None:
    first = await seen(house, "staff", limit=1)
    second = await seen(house, "staff", limit=1, cursor=first["next_cursor"])
    assert [one["ref"] for page in (first, second) for one in page["items"]] == [ENTRY, ITSELF]
    assert second["next_cursor"] is None
    await left(house)
    assert [one["ref"] for one in (await seen(house, "staff", status="left"))["items"]] == [ENTRY]
    found = await seen(house, "staff", staff_ref=pseudonym("staff", "supervisor"))
    assert [one["ref"] for one in found["items"]] == [ITSELF]


async def test_the_last_supervisor_stays(house: Desk) -> None:
    refused(await change(house, "leave", ITSELF), "last_supervisor")
    ok(await house.registered("second", name="Long Dara", roles=["SUPERVISOR"]))
    await left(house, ref("entry second"))
    refused(await change(house, "leave", ITSELF), "last_supervisor")
    ok(await change(house, "return", ref("entry second")))
    await left(house, ITSELF)
    refused(await change(house, "return", ITSELF), "not_found")
    ok(await change(house, "return", ITSELF, SECOND))


async def test_who_left_finds_nothing_at_the_next_request_wherever_they_ask(house: Desk) -> None:
    plan = await house.opened()
    goal = {"ref": ref("goal"), "plan_ref": plan, "domain": "EDUCATION", "service": "EDU-ENROL", "due_on": "2027-01-01"}
    goal |= {"responsible": "CASEWORKER"}
    ok(await house.harness.post("/referrals/v1/goals", WORKER, goal, key="the-goal"))
    reads = (f"plans/{plan}", f"goals/{ref('goal')}", f"organisations/{HOUSE}", f"cases/{CASE}/journey")
    directories = ("permissions", "codes", "codes/plan_status")
    for path in (*reads, *directories):
        ok(await house.get(path, WORKER))
    await left(house)
    for path in (*reads, *directories):
        refused(await house.get(path, WORKER), "not_found")
    for listed in ("plans", "goals", "organisations", "groups", "attention", "service-referrals"):
        assert (await seen(house, listed, WORKER))["items"] == [], listed
    version = next(row["version"] for row in await house.rows("plan"))
    refused(await house.post(f"plans/{plan}/begin", WORKER, {}, version=version), "not_found")
    # What was answered once is not answered again: what became of it is none of their business.
    refused(await house.harness.post("/referrals/v1/goals", WORKER, goal, key="the-goal"), "not_found")
    group = {"kind": "SELF_HELP_GROUP", "service": "SHG-JOIN", "name": "Chantrea"}
    refused(await house.post("groups", WORKER, group), "not_found")
    taken = {"staff_ref": pseudonym("staff", "worker"), "organisation_ref": HOUSE}
    refused(await house.post(f"plans/{plan}/assign", WORKER, taken), "not_found")
    assert await seen(house, f"plans/{plan}")
    refused(await house.get(f"plans/{plan}", ELSEWHERE), "not_found")
    await seen(house, "permissions", ELSEWHERE)


async def test_who_comes_back_has_nothing_of_before_and_may_be_given_it_anew(house: Desk) -> None:
    plan, mine = await house.opened(), {"staff_ref": pseudonym("staff", "worker"), "organisation_ref": HOUSE}
    ok(await house.post(f"plans/{plan}/assign", WORKER, mine))
    await left(house)
    ok(await change(house, "return"))
    refused(await house.get(f"cases/{CASE}/journey", WORKER), "not_found")
    refused(await house.post("goals", WORKER, {**_goal(plan), "ref": ref("late")}), "relation_needed")
    assert "openPlan" not in (await seen(house, f"plans/{plan}", WORKER))["next"]
    assert (await seen(house, f"plans/{plan}", WORKER))["next"] == ["assignPlan"]
    ok(await house.post(f"plans/{plan}/assign", SUPERVISOR, mine))
    ok(await house.get(f"cases/{CASE}/journey", WORKER))
    ok(await house.post("goals", WORKER, {**_goal(plan), "ref": ref("late")}))


def _goal(plan: str) -> dict[str, str]:
    return {
        "plan_ref": plan,
        "domain": "EDUCATION",
        "service": "EDU-ENROL",
        "responsible": "CASEWORKER",
        "due_on": "2027-01-01",
    }


async def test_a_plan_that_everybody_left_calls_the_supervisors_until_somebody_is_named(house: Desk) -> None:
    plan = await house.opened()
    for name in ("worker", "supervisor"):
        mine = {"staff_ref": pseudonym("staff", name), "organisation_ref": HOUSE}
        ok(await house.post(f"plans/{plan}/assign", SUPERVISOR, mine))
    await left(house)
    assert (await house.told())[-1] == "plan.released"
    await _a_moment_later(house)
    assert (await seen(house, "attention"))["items"] == []
    ok(await house.registered("second", name="Long Dara", roles=["SUPERVISOR"]))
    await left(house, ITSELF)
    await _a_moment_later(house)
    [waits] = (await seen(house, "attention", SECOND))["items"]
    assert (waits["kind"], waits["code"], waits["case_ref"]) == ("nobody_works_on_it", "nobody_works_on_it", CASE)
    assert (await seen(house, "attention", COORDINATOR))["items"] == [{**waits, "next": []}]
    ok(await house.post(f"plans/{plan}/assign", SECOND, {**mine, "staff_ref": pseudonym("staff", "second")}))
    [done] = (await seen(house, "attention", SECOND))["items"]
    assert (done["status"], done["reason"]) == ("dismissed", "DONE_BY_HAND")
    assert done["dismissed_by"] == pseudonym("staff", "second")


async def test_nobody_is_called_where_somebody_is_named_at_once(house: Desk) -> None:
    plan = await house.opened()
    mine = {"staff_ref": pseudonym("staff", "worker"), "organisation_ref": HOUSE}
    ok(await house.post(f"plans/{plan}/assign", WORKER, mine))
    await left(house)
    ok(await house.post(f"plans/{plan}/assign", SUPERVISOR, {**mine, "staff_ref": pseudonym("staff", "supervisor")}))
    await _a_moment_later(house)
    assert (await seen(house, "attention"))["items"] == []


async def _a_moment_later(desk: Desk) -> None:
    desk.harness.clock.advance(seconds=2)
    await desk.harness.settle()


async def test_who_signs_in_for_the_first_time_is_registered_beside_the_request(house: Desk) -> None:
    running = house.harness.running["referrals"]
    before = len(await house.rows("audit"))
    await seen(house, "organisations", COORDINATOR)
    assert len(await house.rows("audit")) == before + 1
    assert len(await house.rows("staff")) == 2
    assert await running.newcomers.step(running.kept)
    [entry] = (await seen(house, "staff", staff_ref=pseudonym("staff", "coordinator")))["items"]
    assert (entry["roles"], entry["status"]) == (["REFERRAL_COORDINATOR"], "active")
    assert await house.told(STREAM) == ["organisation.registered"]
    await seen(house, "organisations", COORDINATOR)
    assert await running.newcomers.step(running.kept) == 0
    assert len(await house.rows("staff")) == 3


async def test_a_sign_in_brings_nobody_back_and_no_organisation_into_the_register(house: Desk) -> None:
    running = house.harness.running["referrals"]
    await left(house)
    refused(await house.get("permissions", WORKER), "not_found")
    await seen(house, "permissions", STRANGER)
    running.newcomers._seen.clear()
    refused(await house.get("permissions", WORKER), "not_found")
    registering = [row for row in await house.rows("audit") if row["action"] == "referrals.staff.register"]
    await running.newcomers.step(running.kept)
    assert [row for row in await house.rows("audit") if row["action"] == "referrals.staff.register"] == registering
    entries = {row["staff_ref"]: row["status"] for row in await house.rows("staff")}
    assert entries == {pseudonym("staff", "worker"): "left", pseudonym("staff", "supervisor"): "active"}
