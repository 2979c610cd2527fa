"""Two of everything that belongs to something: each person has their own list, household, case, plan and grant."""

from typing import Any

import pytest

from shared.auth import Purpose, Role
from shared.ids import pseudonym
from shared.testing import Harness, caller, ref
from tests.service.grants import desk as grants
from tests.service.intake import desk as intake
from tests.service.intake.test_handovers import line
from tests.service.referrals import desk as aftercare
from tests.service.referrals.test_aftercare import goal
from tests.support.answered import ok

TWO = ("Sok Dara", "Ly Bopha")


async def reception(world: Harness, _patch: pytest.MonkeyPatch) -> None:
    """Two people of two lists, in two households, each with a case, a stay, what they got and what they refused."""
    desk = intake.Desk(world)
    listed: dict[str, Any] = {"country": "VN", "gate": intake.GATE_CODE, "planned_day": "2026-11-04"}
    listed |= {"receiver_ref": intake.GATE_OFFICE, "host_ref": intake.CENTRE}
    for name in TWO:
        group, on_list = ref(f"group of {name}"), ref(f"line of {name}")
        lines = [line(1, name, ref=on_list)]
        ok(await desk.do("handovers", intake.SENDER, ref=group, lines=lines, **listed))
        person = await desk.person(name, intake.born(1990), line_ref=on_list)
        members = [{"person_ref": person, "relationship": "HEAD"}]
        ok(await desk.do("households", ref=ref(f"home of {name}"), members=members))
        case: dict[str, Any] = {"ref": ref(f"case of {name}"), "person_ref": person, "country": "VN"}
        ok(await desk.do("cases", **case, handover_ref=group, line_ref=on_list))
        stay = await desk.stay(case["ref"])
        ok(await desk.do("provisions", lines=[{"ref": ref(f"meal {name}"), "stay_ref": stay, "kind": "MEAL"}]))
        refuses = {"case_ref": case["ref"], "purpose": "SHARE", "organisation_ref": ref(f"school of {name}")}
        ok(await desk.do("consents/refuse", **refuses))


async def in_aftercare(world: Harness, patch: pytest.MonkeyPatch) -> None:
    """Two people with plans, each with a goal, a request to a school, what it delivered, and a group."""
    desk = aftercare.Desk(world)
    for name in TWO:
        patch.setattr(aftercare, "CASE", case := ref(f"case of {name}"))
        await desk.opened(minor=False)
        plan = next(row["ref"] for row in await desk.rows("plan") if row["case_ref"] == case)
        school, group = pseudonym("organisation", _school(name)), ref(f"group of {name}")
        listed = {"ref": school, "kind": "SCHOOL", "name": name, "services": [{"service": "EDU-ENROL"}]}
        ok(await desk.post("organisations", aftercare.SUPERVISOR, listed))
        await desk.may_share(school, ref(f"consent of {name}"))
        await desk.entitled("HOUSEHOLD_SUPPORT")
        await goal(desk, plan)
        request = f"service-referrals/{await desk.drafted(to=school, name=f'request of {name}')}"
        ok(await desk.do(f"{request}/send", aftercare.WORKER))
        await _delivered(desk, request, name)
        formed = {"ref": group, "kind": "SELF_HELP_GROUP", "service": "SHG-JOIN", "name": name}
        ok(await desk.post("groups", aftercare.SUPERVISOR, formed))
        joins = {"ref": ref(f"joining of {name}"), "case_ref": case, "group_ref": group, "member": "HOUSEHOLD"}
        ok(await desk.post("memberships", aftercare.WORKER, joins))


def _school(name: str) -> str:
    return f"school-of-{name.partition(' ')[0].lower()}"


async def _delivered(desk: aftercare.Desk, request: str, name: str) -> None:
    teacher = caller("teacher", Role.SERVICE_PROVIDER, _school(name), Purpose.REINTEGRATION)
    ok(await desk.do(f"{request}/accept", teacher))
    given = {"ref": ref(f"lesson of {name}"), "quantity": 1, "unit": "ENROLMENT", "acknowledgement": "CAREGIVER"}
    ok(await desk.post(f"{request}/deliveries", teacher, given))


async def granted(world: Harness, _patch: pytest.MonkeyPatch) -> None:
    """Two people with a grant of a programme each, and a receipt."""
    desk = grants.Desk(world)
    for case in ("sok", "ly"):
        await desk.heard(case)
        _, (first, _), _ = await desk.signed(case, await desk.programme())
        await desk.paid(first)
        await desk.evidenced(first, 15_000)
