"""One service alone with a row of everything it lists, prepared by the people of its own desk."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date

from shared.contracts import intake
from shared.ids import Subject, case_number
from shared.journey.attention import give_to_people
from shared.journey.todos import Todo
from shared.testing import Harness, ref
from tests.conftest import Start
from tests.service.grants import desk as grants
from tests.service.intake import desk as reception
from tests.service.intake.test_c4_readings import asked as asked_where
from tests.service.intake.test_erasures import asked as to_be_forgotten
from tests.service.intake.test_glass import broken
from tests.service.intake.test_handovers import announced
from tests.service.referrals import desk as aftercare
from tests.service.screening.casework import CASE, DECIDER, SENT, Casework, decision
from tests.support.answered import ok
from tests.support.stewards import FIRST, begun

DAY = date(2026, 11, 4)


async def _reception(world: Harness) -> None:
    """A group on its way, and somebody of an earlier one at the centre, of whom another house asks."""
    desk = reception.Desk(world)
    await announced(desk)
    case = await desk.case("Sok Dara", reception.born(1990, 6, 1))
    person = (await desk.see(f"cases/{case}"))["person_ref"]
    ok(await desk.do("households", members=[{"person_ref": person, "relationship": "HEAD"}]))
    asked = {"case_number": case_number(case), "kind": "PLAN", "reason": "HEALTH"}
    ok(await desk.do("access-requests", reception.DOSVY, **asked))
    world.clock.advance(seconds=2)
    await world.settle()
    ok(await desk.do("consents/refuse", case_ref=case, purpose="MEDIA"))
    stay = await desk.stay(case)
    ok(await desk.do("provisions", lines=[{"ref": ref("meal"), "stay_ref": stay, "kind": "MEAL"}]))
    ok(await broken(desk, case))
    ok(await asked_where(desk, case))
    ok(await to_be_forgotten(desk, person))
    await _called(world, case)


async def _interviews(world: Harness) -> None:
    """A child of whom a body has found, and who is to be received."""
    casework = Casework(world)
    await casework.admit()
    await casework.interviewed(SENT)
    await casework.on(await casework.suggest(), "make", DECIDER, decision("VOT"))
    await _called(world, CASE)


async def _aftercare(world: Harness) -> None:
    """Two stewards, what one proposes; a plan with a goal, a request to a school, a group that was joined, visits."""
    desk = aftercare.Desk(world)
    await begun(world)
    station = {"organisation_ref": ref("station"), "kind": "POLICE", "name": "A station"}
    ok(await desk.post("proposals/registration", FIRST, station))
    plan = await desk.opened(minor=False)
    await desk.directory("EDU-ENROL")
    ok(
        await desk.registered(
            "teacher", aftercare.HEAD, aftercare.SCHOOL, name="Chan Sophy", roles=["SERVICE_PROVIDER"]
        )
    )
    await desk.may_share()
    request = await desk.drafted()
    ok(await desk.do(f"service-referrals/{request}/send", aftercare.WORKER))
    goal = {"plan_ref": plan, "domain": "EDUCATION", "service": "EDU-ENROL", "responsible": "CASEWORKER"}
    ok(await desk.post("goals", aftercare.WORKER, goal | {"due_on": "2027-01-01"}))
    formed = {"kind": "SELF_HELP_GROUP", "service": "SHG-JOIN", "name": "Chantrea"}
    group = ok(await desk.post("groups", aftercare.SUPERVISOR, formed))["ref"]
    ok(await desk.post(f"groups/{group}/meetings", aftercare.SUPERVISOR, {"memberships": []}))
    await desk.entitled("HOUSEHOLD_SUPPORT")
    joined = {"case_ref": aftercare.CASE, "group_ref": group, "member": "HOUSEHOLD"}
    ok(await desk.post("memberships", aftercare.WORKER, joined))
    await desk.came_home(DAY)
    await _called(world, aftercare.CASE)


async def _grants(world: Harness) -> None:
    """A signed grant with its instalments and its business."""
    desk = grants.Desk(world)
    await desk.heard("sok")
    await desk.signed("sok", await desk.programme())
    await world.hear("intake", intake.StayMissing(case_ref=ref("sok"), stay_ref=ref("stay"), day=DAY))


async def _called(world: Harness, case_ref: str) -> None:
    """People are called to the case, as where a reaction ended in a refusal."""
    [running] = world.running.values()
    kept, at = running.kept, world.clock()
    todo = Todo(0, "a cause", "close_case", Subject("case", case_ref), None, 0, None)
    await kept.database.write(
        lambda conn: give_to_people(conn, kept.ledger, kept.secret, todo, "not_allowed_in_status", at)
    )


PREPARED: Mapping[str, Callable[[Harness], Awaitable[None]]] = {
    "intake": _reception,
    "screening": _interviews,
    "referrals": _aftercare,
    "grants": _grants,
}


async def prepared(start: Start, service: str) -> Harness:
    """That service, with its rows."""
    world = await start(service)
    await PREPARED[service](world)
    return world
