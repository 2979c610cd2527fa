"""Somebody who works on a case in all four services leaves their organisation, and everything goes on without them."""

from typing import Any

from shared.auth import Purpose, Role
from shared.ids import pseudonym
from shared.testing import Harness, caller, ref
from tests.service.grants.desk import TERMS, business_plan
from tests.service.intake.desk import CENTRE, OFFICER, Desk, born
from tests.service.intake.test_custody import HEAD
from tests.support.answered import ok

LEAVER = pseudonym("staff", "srey-intake")
MINE = {"staff_ref": LEAVER, "organisation_ref": CENTRE}
NEXT = {"staff_ref": pseudonym("staff", "dara-next"), "organisation_ref": CENTRE}
OTHERS = {
    "intake": (Role.INTAKE_OFFICER, Purpose.PROTECTION),
    "screening": (Role.INTERVIEWER, Purpose.SCREENING),
    "referrals": (Role.CASEWORKER, Purpose.REINTEGRATION),
    "grants": (Role.GRANTS_OFFICER, Purpose.GRANTS),
}


def who(service: str, name: str = "srey-intake", house: str = "bavet-centre") -> str:
    """Somebody as they work at a service."""
    role, purpose = OTHERS[service]
    return caller(name, role, house, purpose)


def head(service: str) -> str:
    return caller("sopheap-head", Role.SUPERVISOR, purpose=OTHERS[service][1])


async def post(
    world: Harness, service: str, path: str, by: str, body: dict[str, Any], version: int | None = None
) -> Any:
    return ok(await world.post(f"/{service}/v1/{path}", by, body, version=version))


async def _worked_on(world: Harness) -> dict[str, tuple[str, ...]]:
    """The leaver opened a case, of somebody in another house, interviews, has the plan, and asks for a grant."""
    await post(
        world, "referrals", "organisations", head("referrals"), {"ref": CENTRE, "kind": "SHELTER", "name": "Bavet"}
    )
    for name, role, entry in (("srey-intake", "CASEWORKER", "leaver"), ("sopheap-head", "SUPERVISOR", "head")):
        staff = {"ref": ref(entry), "organisation_ref": CENTRE, "staff_ref": pseudonym("staff", name), "roles": [role]}
        await post(world, "referrals", "staff", head("referrals"), staff)
    desk = Desk(world)
    case = await desk.case("Sok Dara", born(1990, 6, 1))
    person = (await desk.see(f"cases/{case}"))["person_ref"]
    stay = await desk.hosted(case)
    interview = (await world.rows("screening", "interview"))[0]
    await post(
        world, "screening", f"interviews/{interview['ref']}/assign", head("screening"), MINE, interview["version"]
    )
    plan = (await world.rows("referrals", "plan"))[0]["ref"]
    await post(world, "referrals", f"plans/{plan}/assign", head("referrals"), MINE)
    goal = {"ref": ref("goal"), "plan_ref": plan, "domain": "EDUCATION", "service": "EDU-ENROL", "due_on": "2027-01-01"}
    await post(world, "referrals", "goals", who("referrals"), {**goal, "responsible": "CASEWORKER"})
    programme = {"ref": ref("fund"), "name": "Fund", "currency": "USD", "budget": 100_000, "terms": TERMS}
    await post(world, "grants", "programmes", head("grants"), programme)
    draft = {"ref": ref("application"), "case_ref": case, "programme_ref": ref("fund"), "holders": [person]}
    await post(world, "grants", "applications", who("grants"), {**draft, "plan": business_plan()})
    journey = f"cases/{case}/journey"
    return {
        "intake": (f"cases/{case}", f"persons/{person}", f"stays/{stay}", journey),
        "screening": (f"interviews/{interview['ref']}", f"interviews/{interview['ref']}/answers", journey),
        "referrals": (f"plans/{plan}", f"goals/{ref('goal')}", journey),
        "grants": (f"applications/{ref('application')}", journey),
    }


LISTS = {
    "intake": ("cases", "persons", "stays"),
    "screening": ("interviews",),
    "referrals": ("plans", "goals", "organisations"),
    "grants": ("applications", "programmes"),
}


async def _seen(world: Harness, service: str, path: str, by: str) -> int:
    return (await world.get(f"/{service}/v1/{path}", by)).status_code


async def test_who_leaves_sees_nothing_anywhere_and_what_they_worked_on_goes_on(world: Harness) -> None:
    paths = await _worked_on(world)
    for service, found in paths.items():
        assert [await _seen(world, service, path, who(service)) for path in found] == [200] * len(found), service
    await post(world, "referrals", f"staff/{ref('leaver')}/leave", head("referrals"), {}, 1)
    for service, found in paths.items():
        for by in (who(service), caller("srey-intake", Role.SUPERVISOR, purpose=OTHERS[service][1])):
            for path in (*found, "permissions", "codes"):
                assert await _seen(world, service, path, by) == 404, (service, path)
            for listed in LISTS[service]:
                assert ok(await world.get(f"/{service}/v1/{listed}", by))["items"] == [], (service, listed)
        assert await _seen(world, service, "permissions", who(service, house="far-centre")) == 200
    await _goes_on(world, paths)


async def _goes_on(world: Harness, paths: dict[str, tuple[str, ...]]) -> None:
    """The holder's supervisor is called to each, sees it as it stands, and names somebody who goes on."""
    world.clock.advance(seconds=2)
    await world.settle()
    stay = ok(await world.get(f"/intake/v1/{paths['intake'][2]}", HEAD))
    assert stay["status"] == "admitted"
    for service, kind in (("intake", "TEAM"), ("screening", None), ("referrals", None), ("grants", "GRANT")):
        thing = paths[service][0]
        before = ok(await world.get(f"/{service}/v1/{thing}", head(service)))
        assert [one["code"] for one in await _called(world, service)] == ["nobody_works_on_it"], service
        named = NEXT if kind is None else {**NEXT, "kind": kind}
        await post(world, service, f"{thing}/assign", head(service), named, before["version"])
        assert await _seen(world, service, thing, who(service, "dara-next")) == 200
        assert await _called(world, service) == []
    released = [kind for service in paths for kind in await world.told(service) if kind.endswith(".released.v1")]
    assert sorted(released) == [
        "grants.application.released.v1",
        "intake.case.released.v1",
        "referrals.plan.released.v1",
        "screening.interview.released.v1",
    ]


async def _called(world: Harness, service: str) -> list[dict[str, Any]]:
    """What waits for the holder's supervisors."""
    found = ok(await world.get(f"/{service}/v1/attention", head(service), status="open"))["items"]
    return [one for one in found if one["kind"] == "nobody_works_on_it"]


async def test_who_comes_back_begins_anew_in_every_service(world: Harness) -> None:
    paths = await _worked_on(world)
    entry = f"staff/{ref('leaver')}"
    await post(world, "referrals", f"{entry}/leave", head("referrals"), {}, 1)
    await post(world, "referrals", f"{entry}/return", head("referrals"), {}, 2)
    for service in paths:
        assert await _seen(world, service, paths[service][-1], who(service)) == 404, service
        assert await _seen(world, service, "permissions", who(service)) == 200
    team = {**MINE, "kind": "TEAM"}
    version = ok(await world.get(f"/intake/v1/{paths['intake'][0]}", HEAD))["version"]
    await post(world, "intake", f"{paths['intake'][0]}/assign", HEAD, team, version)
    assert await _seen(world, "intake", paths["intake"][-1], OFFICER) == 200
