"""Interviews, findings and best-interests decisions, each under the name of who made them."""

from datetime import datetime, timedelta

from story.desk import Desk, Json
from story.header import Staff
from story.later_rows import Decision, Placement
from story.reception import person_ref
from story.rows import Interview

INTERVIEWS, DETERMINATIONS = "/screening/v1/interviews", "/screening/v1/determinations"
BEST_INTERESTS = "/screening/v1/best-interests"
MEMBERS = ("SOCIAL_AFFAIRS", "CASEWORKER", "SUPERVISOR", "DECIDER", "INTERVIEWER")


async def only(desk: Desk, who: Staff, path: str, person: str) -> Json:
    """The one thing of its kind that a service made of a case by itself, once it has."""

    async def there() -> Json | None:
        page = await desk.get(who, path, case_ref=desk.case(person)) or {"items": []}
        found: Json | None = next(iter(page["items"]), None)
        if found is not None:
            desk.met(f"{path}/{found['ref']}", found["version"])
        return found

    return await desk.until(there, f"{path} of {person}")


async def interview(desk: Desk, row: Interview) -> None:
    """Given to an interviewer, held in private, answered question by question, and brought to an end."""
    scenario, asker = desk.scenario, desk.scenario.staff[row.interviewer]
    found = await only(desk, scenario.on_duty("SUPERVISES"), INTERVIEWS, row.person)
    path = f"{INTERVIEWS}/{found['ref']}"
    lead = {"staff_ref": desk.staff(asker.key), "organisation_ref": desk.organisation(asker.organisation)}
    given = row.starts - timedelta(minutes=10)
    await desk.change(scenario.on_duty("SUPERVISES"), path, "assign", given, **lead)
    granted = [one for one in scenario.of(scenario.consents, row.person) if one.answer == "GRANTED"]
    await desk.heard("screening", desk.case(row.person), "intake.consent.granted", len(granted))
    room = {"language": row.language, "present": ["SUPPORT_PERSON"] if row.support else []}
    observed = row.method == "OBSERVATION"
    await desk.change(asker, path, "start", row.starts, room=room, observation_only=observed)
    answers: dict[str, Json] = {
        f"{scenario.where(one)}, column {one.question}": {
            "ref": desk.ref("answer", row.person, one.question),
            "question": one.question,
            "value": one.value,
            "source": one.source,
        }
        for one in scenario.of(scenario.answers, row.person)
    }
    asked = row.starts + (row.ends - row.starts) / 2
    await desk.post_lines(asker, f"{path}/answers", "answers", answers, asked)
    months = {"first_month": row.first_month, "last_month": row.last_month}
    await desk.change(asker, path, "complete", row.ends, **months)


async def determine(desk: Desk, row: Decision) -> None:
    """A named person agrees with the suggestion or departs from it with a reason; a second one confirms where asked."""
    decider = desk.scenario.staff[row.decider]
    await desk.heard("screening", desk.case(row.person), "intake.case.age_evaluated")
    holder = desk.scenario.on_duty("SUPERVISES")
    asked = await only(desk, holder, INTERVIEWS, row.person)
    suggest = {
        "ref": desk.ref("determination", row.person),
        "case_ref": desk.case(row.person),
        "interview_ref": asked["ref"],
    }
    before = row.at - timedelta(hours=1)
    ours = decider.organisation == holder.organisation
    await desk.post(decider if ours else holder, DETERMINATIONS, suggest, before)
    path = f"{DETERMINATIONS}/{suggest['ref']}"
    await _invite(desk, path, decider, before)
    body = {"outcome": row.outcome, "reason": row.reason or "AGREES_WITH_SUGGESTION", "words": row.words}
    await desk.change(decider, path, "make", row.at, **body)
    if row.second:
        second = desk.scenario.staff[row.second]
        await _invite(desk, path, second, row.at)
        await desk.change(second, path, "confirm", row.at + timedelta(minutes=30), words=row.words)


async def _invite(desk: Desk, path: str, decider: Staff, at: datetime) -> None:
    """A decider of another organisation takes part once the holder's supervisor has asked them to."""
    holder = desk.scenario.on_duty("SUPERVISES")
    if decider.organisation != holder.organisation:
        who = {"staff_ref": desk.staff(decider.key), "organisation_ref": desk.organisation(decider.organisation)}
        await desk.change(holder, path, "assign", at, **who)


def _member(desk: Desk, key: str, chair: bool) -> Json:
    worker = desk.scenario.staff[key]
    role = worker.role if worker.role in MEMBERS else "OTHER"
    who = {"staff_ref": desk.staff(key), "organisation_ref": desk.organisation(worker.organisation)}
    return {**who, "role": role, "chair": chair}


async def decide_best_interests(desk: Desk, row: Placement) -> None:
    """Who may receive this child, which options were looked at before, and what the child says.

    Whoever is named as the decider proposes it. The holder's supervisor lets the others read it, and each of them
    confirms it themselves until it is decided.
    """
    decider = desk.scenario.staff[row.decided_by]
    found = await only(desk, decider, BEST_INTERESTS, row.person)
    body = {
        "receiver": row.option,
        "person_ref": person_ref(desk, row.receiver),
        "members": [_member(desk, key, key == row.decided_by) for key in row.panel],
        "set_aside": list(row.set_aside),
        "child_view": row.child_view,
        "view_not_given": row.view_not_given,
        "reasons": row.reasons,
        "review_day": str(row.review_on),
    }
    path = f"{BEST_INTERESTS}/{found['ref']}"
    await desk.change(decider, path, "propose", row.at, **body)
    await _confirmed(desk, path, row)


async def _confirmed(desk: Desk, path: str, row: Placement) -> None:
    """Each of the panel who did not propose it confirms it, as long as it is not decided."""
    if (await desk.get(desk.scenario.staff[row.decided_by], path) or {}).get("status") != "proposed":
        return
    await desk.change(desk.scenario.on_duty("SUPERVISES"), path, "seat-panel", row.at)
    for key in row.panel:
        if key != row.decided_by:
            receipt = await desk.change(desk.scenario.staff[key], path, "confirm", row.at)
            if receipt["status"] == "decided":
                return
