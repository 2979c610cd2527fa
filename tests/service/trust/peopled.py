"""A world for each service, in which there is one of every thing that can be read alone; where each is, by its name."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

from services.screening.interviews.forms import LATEST
from shared.auth import Role
from shared.contracts.intake import CaseInformed
from shared.ids import case_number, pseudonym
from shared.journey.attention import give_to_people
from shared.journey.todos import Todo
from shared.testing import Harness, caller, ref
from tests.service.grants import desk as grants
from tests.service.intake import desk as intake
from tests.service.intake import test_disclosures as school
from tests.service.intake.test_c4_readings import asked
from tests.service.intake.test_erasures import asked as to_be_forgotten
from tests.service.intake.test_glass import broken
from tests.service.intake.test_handovers import line
from tests.service.referrals import desk as aftercare
from tests.service.referrals.test_aftercare import AGREED_CHILD, goal, visits
from tests.service.screening import casework as screening
from tests.service.screening.test_best_interests import HOME, found
from tests.support.answered import ok
from tests.support.standing import ELSEWHERE, Standing
from tests.support.stewards import FIRST, FIRST_REF, OFFICE_REF, begun

Places = Mapping[str, str]
"""Where each thing is, by the name that the table has for it."""
HOST = pseudonym("organisation", ELSEWHERE[Standing.HOST])
ASKER = caller("asker", Role.CASEWORKER, ELSEWHERE[Standing.SENDER])


async def _attention(world: Harness, service: str) -> str:
    """Something that people must look at."""
    kept = world.running[service].kept
    todo = Todo(0, "cause", "many_cases_read", f"staff/{ref('somebody')}", None, 0, None)
    await kept.database.write(
        lambda conn: give_to_people(conn, kept.ledger, kept.secret, todo, "too_many_cases", kept.clock())
    )
    return str((await world.rows(service, "attention"))[-1]["ref"])


async def of_intake(world: Harness) -> tuple[str, Places]:
    """A list, a child of a household with everything that is known of it, and a place in school."""
    desk = intake.Desk(world)
    case = await school.accepted(desk)
    listed: dict[str, Any] = {"country": "VN", "gate": intake.GATE_CODE, "planned_day": "2026-11-04"}
    listed |= {"receiver_ref": intake.GATE_OFFICE, "host_ref": HOST, "consulate_ref": intake.CONSULATE}
    lines = [line(1, "Xốc Xa Rây", remarks={"remarks": "Alone."})]
    group = ok(await desk.do("handovers", intake.SENDER, ref=ref("group"), lines=lines, **listed))["ref"]
    stay = await desk.hosted(case, ELSEWHERE[Standing.HOST])
    meals = [{"ref": ref("meal"), "stay_ref": stay, "kind": "MEAL"}]
    ok(await desk.do("provisions", lines=meals))
    number = (await desk.see(f"cases/{case}"))["case_number"]
    ok(await desk.do("access-requests", ASKER, ref=ref("ask"), case_number=number, kind="PLAN", reason="HEALTH"))
    world.clock.advance(seconds=2)
    await world.settle()
    spoken = {"informed": intake.TOLD, "signature": "VERBAL_WITNESSED", "witness": "Chum Sovann"}
    agreed: dict[str, Any] = {
        "giver": "CAREGIVER",
        "giver_ref": ref("Ly Bopha"),
        "assent": "ASSENT",
        "purpose": "STORE",
        **spoken,
    }
    consent = ok(await desk.do("consents/grant", case_ref=case, **agreed))["ref"]
    ok(await asked(desk, case))
    return case, {
        "handovers": group,
        "lines": ref("line 1"),
        "persons": ref("Dara"),
        "households": ref("home"),
        "intake-cases": case,
        "access-requests": ref("ask"),
        "consents": consent,
        "stays": stay,
        "provisions": ref("meal"),
        **dict.fromkeys(("disclosures", "outline"), school.REQUEST),
        "glass": ok(await broken(desk, case))["ref"],
        "erasures": ok(await to_be_forgotten(desk, ref("Dara")))["ref"],
        "c4-readings": ref("reading"),
    }


async def of_screening(world: Harness) -> tuple[str, Places]:
    """A child who was interviewed, and for whom it was decided what happened and who may receive it."""
    casework = screening.Casework(world)
    await found(casework)
    await casework.settle_best(screening.WORKER, **HOME)
    determination = (await world.rows("screening", "determination"))[0]["ref"]
    office = ELSEWHERE[Standing.BODY]
    await casework.registered(office, "POLICE")
    told = CaseInformed(case_ref=screening.CASE, organisation_ref=pseudonym("organisation", office))
    await world.hear("intake", told)
    number = case_number(screening.CASE)
    own = {"ref": ref("official"), "case_number": number, "body": "POLICE", "outcome": "VOT", "words": "We know."}
    ok(await world.post("/screening/v1/official-findings", caller("heng-police", Role.DECIDER, office), own))
    return screening.CASE, {
        "interviews": casework.interview,
        "answers": casework.interview,
        "determinations": determination,
        "assessment": determination,
        "findings": screening.CASE,
        "official-findings": ref("official"),
        "official-finding-of-case": number,
        "best-interests": (await casework.best())["ref"],
        "forms": LATEST.version,
    }


async def of_referrals(world: Harness) -> tuple[str, Places]:
    """A plan with a goal, a request that was accepted, a group with a member, and a visit that was made."""
    desk = aftercare.Desk(world)
    await begun(world)
    proposed = {"ref": ref("proposal"), "organisation_ref": OFFICE_REF, "staff_ref": ref("third"), "name": "Third"}
    ok(await desk.post("proposals/appointment", FIRST, proposed))
    plan = await desk.opened()
    await desk.may_share()
    await desk.entitled("HOUSEHOLD_SUPPORT")
    listed = {"ref": aftercare.SCHOOL, "kind": "SCHOOL", "name": "Bavet school", "services": [{"service": "EDU-ENROL"}]}
    ok(await desk.post("organisations", aftercare.SUPERVISOR, listed | {"contact": {"phone": "+855 12 000 000"}}))
    await desk.house_listed()
    ok(await desk.registered("worker", name="Chan Sophy", roles=["CASEWORKER"]))
    made = await goal(desk, plan)
    ok(await desk.do(f"plans/{plan}/agree", aftercare.WORKER, {"signatures": AGREED_CHILD}))
    request = await desk.drafted()
    ok(await desk.do(f"service-referrals/{request}/send", aftercare.WORKER))
    ok(await desk.do(f"service-referrals/{request}/accept", aftercare.TEACHER))
    group = {"ref": ref("group"), "kind": "SELF_HELP_GROUP", "service": "SHG-JOIN", "name": "Rice of the village"}
    ok(await desk.post("groups", aftercare.WORKER, group))
    joins = {"ref": ref("joins"), "case_ref": aftercare.CASE, "group_ref": ref("group"), "member": "HOUSEHOLD"}
    ok(await desk.post("memberships", aftercare.WORKER, joins))
    await desk.came_home(date(2026, 11, 4))
    visit = (await visits(desk))[0]["ref"]
    ok(await desk.do(f"followups/{visit}/miss", aftercare.WORKER, {"reason": "UNREACHABLE", "note": "gate was shut"}))
    return aftercare.CASE, {
        "organisations": aftercare.SCHOOL,
        "staff": ref("entry worker"),
        "groups": ref("group"),
        "proposals": ref("proposal"),
        "stewards": FIRST_REF,
        "plans": plan,
        "goals": made,
        "service-referrals": request,
        "memberships": ref("joins"),
        "followups": visit,
    }


async def of_grants(world: Harness) -> tuple[str, Places]:
    """A grant with its first instalment paid and accounted for, and its business looked at."""
    desk = grants.Desk(world)
    await desk.heard("sok")
    programme = await desk.programme()
    path, (first, _), business = await desk.signed("sok", programme)
    await desk.paid(first)
    await desk.evidenced(first, 15_000)
    things = {thing: at for thing, _, at in (each.partition("/") for each in (path, first, business))}
    return ref("sok"), {"programmes": programme, **things}


WORLDS: Mapping[str, tuple[Callable[[Harness], Awaitable[tuple[str, Places]]], str]] = {
    "intake": (of_intake, "bavet-centre"),
    "screening": (of_screening, "bavet-centre"),
    "referrals": (of_referrals, "bavet-centre"),
    "grants": (of_grants, grants.ORGANISATION),
}
"""How each is peopled, and who holds the case in it."""


async def peopled(world: Harness, service: str) -> tuple[str, Places]:
    """The case, and where each thing is that can be read alone."""
    case, places = await WORLDS[service][0](world)
    everywhere = {"journey": case, "codes": "sex", f"{service}-attention": await _attention(world, service)}
    return case, {**places, **everywhere}
