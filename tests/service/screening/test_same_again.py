"""The same request again answers as the first time; another one under the same ref is refused and stores nothing."""

from dataclasses import dataclass
from typing import Any

import pytest

from services.screening.app import SERVICE
from services.screening.interviews.commands import AnswerLine
from shared.auth import Role
from shared.contracts.intake import CaseInformed
from shared.ids import case_number, pseudonym
from shared.testing import caller, ref
from tests.service.screening.casework import CASE, DECIDER, INTERVIEWER, ROOM, SECOND, WORKER, Casework

EARLIER = "2026-11-04T00:30:00Z"
OTHER_CASE = ref("another case")
POLICE, STATION = (
    caller("heng-police", Role.DECIDER, "police-of-svay-rieng"),
    pseudonym("organisation", "police-of-svay-rieng"),
)


@dataclass(frozen=True)
class Creating:
    """A creating command as somebody may send it, and another value for each of its fields."""

    path: str
    table: str
    who: str
    body: dict[str, Any]
    changes: dict[str, Any]


CREATING = {
    "OpenInterview": Creating("interviews", "interview", WORKER, {"case_ref": ref("a case")}, {"case_ref": OTHER_CASE}),
    "SuggestDetermination": Creating(
        "determinations",
        "determination",
        DECIDER,
        {"case_ref": CASE},
        {"case_ref": OTHER_CASE, "interview_ref": ref("another interview"), "body": "NON_POLICE_GOV"},
    ),
    "RequireBestInterests": Creating(
        "best-interests",
        "best_interests",
        WORKER,
        {"case_ref": CASE, "cause": "UNACCOMPANIED"},
        {"case_ref": OTHER_CASE, "cause": "EVERY_CHILD", "panel": True},
    ),
    "RecordFinding": Creating(
        "official-findings",
        "official_finding",
        POLICE,
        {"case_number": case_number(CASE), "body": "POLICE", "outcome": "VOT_PRESUMED"},
        {
            "case_number": case_number(OTHER_CASE),
            "body": "COURT_OR_PROSECUTION",
            "outcome": "VOT",
            "words": "As far as we know.",
        },
    ),
}
LINE = {
    "ref": ref("a line"),
    "question": "BEATEN",
    "value": "YES",
    "source": "SELF",
    "quote": "Mẹ",
    "quote_language": "vi",
}
OTHER_LINE = {"question": "NO_SUCH", "value": "NO", "source": "DOCUMENT", "quote": "Cha", "quote_language": "km"}


def test_every_creating_command_and_each_of_its_fields_is_tried() -> None:
    rows = [row for things in SERVICE.commands for row in things if row.handling.creates]
    assert {row.command.__name__: set(row.command.model_fields) for row in rows} == {
        name: {"ref", "effective_at", *creating.changes} for name, creating in CREATING.items()
    }
    assert set(AnswerLine.model_fields) == {"ref", "effective_at", *OTHER_LINE}


async def stored(casework: Casework, table: str) -> Any:
    """The rows of a table, and how much was told."""
    return await casework.world.rows("screening", table), len(await casework.world.told("screening"))


@pytest.mark.parametrize("name", CREATING)
async def test_the_same_again_and_another(casework: Casework, name: str) -> None:
    await casework.admit()
    await casework.ask("refuse")
    await casework.know(ref("a case"), OTHER_CASE)
    await casework.registered("police-of-svay-rieng", "POLICE")
    told = [CaseInformed(case_ref=case, organisation_ref=STATION) for case in (CASE, OTHER_CASE)]
    await casework.world.hear("intake", *told)
    creating = CREATING[name]
    body = {"ref": ref("created"), **creating.body}
    if "interview_ref" in creating.changes:
        body["interview_ref"] = casework.interview
    path = f"/screening/v1/{creating.path}"
    first = await casework.world.post(path, creating.who, body)
    assert first.status_code == 201, first.text
    once = await stored(casework, creating.table)
    again = await casework.world.post(path, creating.who, body)
    assert (again.status_code, again.json()) == (201, first.json())
    for field, value in {**creating.changes, "effective_at": EARLIER}.items():
        other = await casework.world.post(path, creating.who, body | {field: value})
        assert (field, other.status_code, other.json()["code"]) == (field, 409, "ref_in_use")
    assert await stored(casework, creating.table) == once


async def test_what_has_changed_meanwhile_answers_as_it_stands(casework: Casework) -> None:
    await casework.admit()
    path, body = "/screening/v1/best-interests", {"ref": ref("created"), "case_ref": CASE}
    await casework.world.post(path, WORKER, body)
    await casework.world.post(f"{path}/{body['ref']}/void", SECOND, {"reason": "DUPLICATE"}, version=1)
    again = await casework.world.post(path, WORKER, body)
    assert (again.status_code, again.json()["status"], again.json()["version"]) == (201, "voided", 2)


async def test_a_line_again_and_another(casework: Casework) -> None:
    await casework.admit()
    await casework.ask("start", {"room": ROOM})

    async def line(sent: dict[str, Any], **beside: Any) -> tuple[str, str | None]:
        path = f"/screening/v1/interviews/{casework.interview}/answers"
        answer = await casework.world.post(path, INTERVIEWER, {"answers": [sent], **beside})
        assert answer.status_code == 200, answer.text
        found = answer.json()["lines"][0]
        return found["status"], found["code"]

    assert await line(LINE) == ("stored", None)
    once = await stored(casework, "answer")
    assert await line(LINE) == ("known", None)
    for field, value in {**OTHER_LINE, "effective_at": EARLIER}.items():
        assert (field, *await line(LINE | {field: value})) == (field, "refused", "ref_in_use")
    assert await line(LINE, effective_at=EARLIER) == ("refused", "ref_in_use")
    assert await stored(casework, "answer") == once
