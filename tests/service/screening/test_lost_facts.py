"""Screening itself was put back from an older copy: what it told since goes on to protect in screening as well."""

import json
from typing import Any

import pytest

from shared.auth import Role
from shared.contracts import screening
from shared.model import Event
from shared.testing import caller
from tests.service.screening.casework import (
    CASE,
    CENTRE,
    DAY,
    DECIDER,
    ROOM,
    SECOND,
    SENT,
    Casework,
    decision,
    lines,
    staff,
)
from tests.support.answered import ok
from tests.support.went_back import is_folded, lost_itself

HEAD = caller("vanna-supervisor", Role.SUPERVISOR)
NEXT = caller("mara-interviewer", Role.INTERVIEWER)
KEPT = ("NO_FAMILY_CONTACT", "SEPARATE_ROOM")


async def _lost(casework: Casework, *facts: Event) -> None:
    await lost_itself(casework.world, "screening", *facts)
    assert await is_folded(casework.world, "screening")


async def _dismissed(casework: Casework) -> None:
    """People have looked at all that was lost."""
    for row in ok(await casework.world.get("/screening/v1/attention", HEAD, status="open"))["items"]:
        assert row["kind"] == "facts_lost"
        path = f"/screening/v1/attention/{row['ref']}/dismiss"
        ok(await casework.world.post(path, HEAD, {"reason": "DONE_BY_HAND"}, version="1.1"))
    assert await is_folded(casework.world, "screening")


async def _handling(casework: Casework) -> list[set[str]]:
    """How to treat the person, as each fact of screening says."""
    facts = [json.loads(row["data"]) if isinstance(row["data"], str) else row["data"]
             for row in await casework.world.rows("screening", "journal")]  # fmt: skip
    return [set(fact["handling"]) for fact in facts if "handling" in fact]


async def _on(casework: Casework, thing: str, command: str, who: str, body: dict[str, Any] | None = None) -> Any:
    seen = await casework.world.get(f"/screening/v1/{thing}", HEAD)
    tag = seen.headers["etag"].strip('"')
    return await casework.world.post(f"/screening/v1/{thing}/{command}", who, body, version=tag)


def refused(answer: Any, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (409, code), answer.text


@pytest.mark.parametrize("ended", ["refused", "stopped"])
async def test_who_refused_in_the_lost_time_is_not_asked_until_people_have_looked(
    casework: Casework, ended: str
) -> None:
    await casework.admit()
    interview = f"interviews/{casework.interview}"
    if ended == "stopped":
        await casework.ask("start", {"room": ROOM})
    named: dict[str, Any] = {"case_ref": CASE, "interview_ref": casework.interview, "day": DAY}
    stopped = screening.InterviewStopped(**named, reason="DISTRESS")
    await _lost(casework, screening.InterviewRefused(**named) if ended == "refused" else stopped)
    named_now = {"staff_ref": staff("mara-interviewer"), "organisation_ref": CENTRE}
    ok(await _on(casework, interview, "assign", SECOND, named_now))
    command = "start" if ended == "refused" else "answers"
    body: dict[str, Any] = {"room": ROOM} if ended == "refused" else {"answers": lines(())}
    refused(await _on(casework, interview, command, NEXT, body), "not_allowed_in_status")
    await _dismissed(casework)
    ok(await _on(casework, interview, command, NEXT, body))


async def test_how_to_treat_somebody_is_said_by_every_decision_until_people_have_looked(casework: Casework) -> None:
    await casework.admit()
    await casework.interviewed(SENT)
    found = await casework.suggest()
    [said] = await _handling(casework)
    more = set(KEPT) - said
    assert more
    suggested = screening.DeterminationSuggested(
        case_ref=CASE, determination_ref=found, body="NGO", handling=tuple(sorted({*said, *KEPT})), day=DAY
    )
    await _lost(casework, suggested)
    thing = f"determinations/{found}"
    ok(await _on(casework, thing, "make", DECIDER, decision("VOT")))
    assert (await _handling(casework))[-1] == said | set(KEPT)
    await _dismissed(casework)
    ok(await _on(casework, thing, "review", SECOND, {"reason": "NEW_FACTS"}))
    ok(await _on(casework, thing, "amend", DECIDER, decision("VOT")))
    assert (await _handling(casework))[-1] == said
