"""Plays what follows the way home: the plan and its goals, help from partners, groups, and visits."""

from datetime import datetime, timedelta
from itertools import zip_longest

from story.desk import Desk, Json
from story.header import Staff
from story.later_rows import Help, Membership, Visit
from story.questions import only
from story.reception import person_ref
from story.refusals import NotTaken, behind
from story.rows import Person

PLANS, REFERRALS, FOLLOWUPS = "/referrals/v1/plans", "/referrals/v1/service-referrals", "/referrals/v1/followups"
DOMAINS = {"EDU": "EDUCATION", "SKL": "SKILLS", "GRA": "LIVELIHOOD", "FOO": "FOOD", "AWR": "FAMILY"}
A_WEEK, A_YEAR = timedelta(days=7), timedelta(days=365)


def _signatures(desk: Desk, person: Person) -> list[Json]:
    """An adult signs; for a child the caregiver who receives it, and social affairs."""
    supervisor = {"party": "SUPERVISOR", "kind": "WRITTEN"}
    if person.key not in desk.scenario.children:
        return [{"party": "PERSON", "kind": "THUMBPRINT", "person_ref": person_ref(desk, person.key)}, supervisor]
    receiver = desk.scenario.of(desk.scenario.placements, person.key)[0].receiver
    caregiver = {"party": "CAREGIVER", "kind": "THUMBPRINT", "person_ref": person_ref(desk, receiver)}
    return [caregiver, supervisor, {"party": "SOCIAL_AFFAIRS", "kind": "WRITTEN"}]


def _goals(desk: Desk, person: Person) -> list[str]:
    """The services that a person's help and grant lead to, in a fixed order."""
    helped = [row.code for row in desk.scenario.of(desk.scenario.help, person.key) if row.through == "REFERRAL"]
    granted = ["GRANT-BIZ"] if any(grant.person == person.key for grant in desk.scenario.grants) else []
    return sorted({*helped, *granted}) or ["MON-VISIT"]


async def plan(desk: Desk, person: Person) -> None:
    """The caseworker takes the plan, writes down what is to be reached, and has it agreed."""
    worker, stay = desk.scenario.on_duty("PLANS"), desk.scenario.stay[person.key]
    lead = desk.scenario.on_duty("SUPERVISES")
    found = await only(desk, lead, PLANS, person.key)
    path = f"{PLANS}/{found['ref']}"
    at = stay.departs + timedelta(days=1)
    me = {"staff_ref": desk.staff(worker.key), "organisation_ref": desk.organisation(worker.organisation)}
    await desk.change(lead, path, "assign", at, **me)
    for code in _goals(desk, person):
        goal = {
            "ref": desk.ref("goal", person.key, code),
            "plan_ref": found["ref"],
            "domain": DOMAINS.get(code[:3], "SAFETY"),
            "service": code,
            "responsible": "CASEWORKER",
            "due_on": str((at + A_YEAR).date()),
        }
        await desk.post(worker, "/referrals/v1/goals", goal, at)
    await desk.change(worker, path, "agree", at + timedelta(hours=1), signatures=_signatures(desk, person))
    await desk.change(worker, path, "begin", at + timedelta(hours=2))


async def refer(desk: Desk, person: Person) -> None:
    """Each service that partners give: asked for, accepted, given, completed."""
    await desk.heard("referrals", desk.case(person.key), "screening.determination.made")
    for row in desk.scenario.of(desk.scenario.help, person.key):
        if row.through == "REFERRAL":
            with behind(desk.scenario.where(row)):
                await _one(desk, row)


async def _one(desk: Desk, row: Help) -> None:
    worker = desk.scenario.on_duty("PLANS")
    ref = desk.ref("service-referral", row.person, row.code)
    path, asked = f"{REFERRALS}/{ref}", row.begins - A_WEEK
    draft = {
        "ref": ref,
        "case_ref": desk.case(row.person),
        "service": row.code,
        "organisation_ref": desk.organisation(row.provider),
    }
    await desk.post(worker, REFERRALS, draft, asked)
    await desk.change(worker, path, "send", asked + timedelta(minutes=10))
    provider = _provider(desk, row)
    await desk.change(provider, path, "acknowledge", asked + timedelta(days=1))
    await desk.change(provider, path, "accept", asked + timedelta(days=2))
    given = {
        "ref": desk.ref("delivery", row.person, row.code),
        "quantity": row.quantity,
        "unit": row.unit,
        "acknowledgement": "THUMBPRINT",
    }
    await desk.post(provider, f"{path}/deliveries", given, row.ends)
    await desk.change(provider, path, "complete", row.ends + timedelta(hours=1))


def _provider(desk: Desk, row: Help) -> Staff:
    """The provider's own worker; where the story names none, who coordinates."""
    own = (one for one in desk.scenario.header.staff if one.organisation == row.provider and "PROVIDES" in one.duties)
    return next(own, desk.scenario.on_duty("COORDINATES"))


async def join(desk: Desk, row: Membership) -> None:
    """A household joins a group through one of its people."""
    worker = desk.scenario.on_duty("PLANS")
    body = {
        "ref": desk.ref("membership", row.group, row.person),
        "case_ref": desk.case(row.person),
        "group_ref": desk.ref("group", row.group),
        "member": "HOUSEHOLD",
    }
    await desk.post(worker, "/referrals/v1/memberships", body, row.joined)


async def visit(desk: Desk, person: Person) -> None:
    """The visits that were made or missed, in the order of the schedule."""
    rows = desk.scenario.of(desk.scenario.visits, person.key)
    if not rows:
        return
    worker = desk.scenario.staff[rows[0].visitor]

    async def planned() -> list[Json] | None:
        return await desk.every(worker, FOLLOWUPS, case_ref=desk.case(person.key)) or None

    due = sorted(await desk.until(planned, f"follow-ups of {person.key}"), key=lambda one: str(one["due_on"]))
    for row, followup in zip_longest(rows, due[: len(rows)]):
        place = desk.scenario.where(row)
        if followup is None:
            raise NotTaken("no_visit_planned", f"{place}: the schedule has no further visit", place)
        with behind(place):
            await _met(desk, row, f"{FOLLOWUPS}/{followup['ref']}", row.at)


async def _met(desk: Desk, row: Visit, path: str, at: datetime) -> None:
    visitor = desk.scenario.staff[row.visitor]
    if row.result == "MISSED":
        await desk.change(visitor, path, "miss", at, reason=row.reason)
        return
    await desk.change(visitor, path, "record", at, service="MON-VISIT", findings=list(row.findings))
