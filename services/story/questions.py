"""Interviews, findings and best-interests decisions, each under the name of who made them."""

from datetime import timedelta
from typing import Any

from services.story.desk import Desk, Json
from services.story.header import Staff
from services.story.later_rows import Decision, Placement
from services.story.reception import person_ref
from services.story.rows import Interview

INTERVIEWS, DETERMINATIONS = "/screening/v1/interviews", "/screening/v1/determinations"
BEST_INTERESTS = "/screening/v1/best-interests"


async def only(desk: Desk, who: Staff, path: str, person: str) -> Json:
    """The one thing of its kind that a service made of a case by itself, once it has."""

    async def there() -> Json | None:
        page = await desk.get(who, path, case_ref=desk.case(person)) or {"items": []}
        return next(iter(page["items"]), None)

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
    answers = [
        {
            "ref": desk.ref("answer", row.person, one.question),
            "question": one.question,
            "value": one.value,
            "source": one.source,
        }
        for one in scenario.of(scenario.answers, row.person)
    ]
    asked = row.starts + (row.ends - row.starts) / 2
    await desk.post(asker, f"{path}/answers", {"answers": answers}, asked)
    months = {"first_month": row.first_month, "last_month": row.last_month}
    await desk.change(asker, path, "complete", row.ends, **months)


async def determine(desk: Desk, row: Decision) -> None:
    """A named person agrees with the suggestion or departs from it with a reason; a second one confirms where asked."""
    decider = desk.scenario.staff[row.decider]
    found = await only(desk, decider, DETERMINATIONS, row.person)
    path = f"{DETERMINATIONS}/{found['ref']}"
    body: dict[str, Any] = {
        "outcome": row.outcome,
        "reason": row.reason or "AGREES_WITH_SUGGESTION",
        "assessment": found["assessment"],
    }
    if row.words:
        body["words"] = row.words
    await desk.change(decider, path, "make", row.at, **body)
    if row.second:
        second = desk.scenario.staff[row.second]
        await desk.change(second, path, "confirm", row.at + timedelta(minutes=30), **body)


async def decide_best_interests(desk: Desk, row: Placement) -> None:
    """Who may receive this child."""
    decider = desk.scenario.staff[row.decided_by]
    found = await only(desk, decider, BEST_INTERESTS, row.person)
    body = {
        "option": row.option,
        "receiver_ref": person_ref(desk, row.receiver),
        "panel": [desk.staff(key) for key in row.panel],
        "view_heard": row.view_heard,
        "review_on": str(row.review_on),
    }
    await desk.change(decider, f"{BEST_INTERESTS}/{found['ref']}", "decide", row.at, **body)
