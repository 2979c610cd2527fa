"""A cursor opens for the list, the filters and the caller that it was given to, and shows nothing to anybody."""

import base64
import json
from typing import Any

import pytest

from shared.auth import Role
from shared.testing import Harness, caller
from tests.conftest import Start

OFFICER = caller("sok", Role.INTAKE_OFFICER)
LISTS = ("persons", "households", "cases", "handovers")
MADE_UP = {
    "the first year in a far zone": ["0001-01-01T00:00:00+23:59", "a" * 32],
    "the last year in a far zone": ["9999-12-31T23:59:59-23:59", "a" * 32],
    "a surrogate": ["2026-11-04T00:00:00+00:00", "\ud800"],
    "NUL": ["2026-11-04T00:00:00+00:00", "\x00"],
    "a list": ["2026-11-04T00:00:00+00:00", []],
}


async def _three(start: Start) -> Harness:
    intake = await start("intake")
    for _ in range(3):
        name = {"full_name": "Sok Dara", "script": "LATIN"}
        await intake.post("/intake/v1/persons", OFFICER, {"sex": "FEMALE", "identity": {"names": [name]}})
    return intake


async def _first(intake: Harness, **asked: Any) -> str:
    page = await intake.get("/intake/v1/persons", OFFICER, limit=1, **asked)
    found: str = page.json()["next_cursor"]
    return found


async def _code(intake: Harness, path: str, who: str, **asked: Any) -> str:
    answer = await intake.get(f"/intake/v1/{path}", who, **asked)
    assert answer.status_code == 422
    code: str = answer.json()["code"]
    return code


async def test_it_leads_to_the_next_page_as_often_as_it_is_asked(start: Start) -> None:
    intake = await _three(start)
    cursor, whole = await _first(intake), (await intake.get("/intake/v1/persons", OFFICER)).json()["items"]
    for limit in (1, 2):
        page = await intake.get("/intake/v1/persons", OFFICER, limit=limit, cursor=cursor)
        assert page.json()["items"] == whole[1 : 1 + limit]
    assert await _first(intake) == cursor


@pytest.mark.parametrize("other", LISTS[1:])
async def test_it_is_of_one_list(start: Start, other: str) -> None:
    intake = await _three(start)
    assert await _code(intake, other, OFFICER, cursor=await _first(intake)) == "cursor_unusable"


async def test_it_is_of_one_set_of_filters(start: Start) -> None:
    intake = await _three(start)
    plain, filtered = await _first(intake), await _first(intake, status="registered")
    assert await _code(intake, "persons", OFFICER, cursor=plain, status="registered") == "cursor_unusable"
    assert await _code(intake, "persons", OFFICER, cursor=filtered) == "cursor_unusable"
    assert await _code(intake, "persons", OFFICER, cursor=filtered, status="voided") == "cursor_unusable"


@pytest.mark.parametrize(
    "other",
    [
        caller("dara", Role.INTAKE_OFFICER),
        caller("sok", Role.SUPERVISOR),
        caller("sok", Role.INTAKE_OFFICER, "poipet-centre"),
    ],
)
async def test_it_is_of_one_caller(start: Start, other: str) -> None:
    intake = await _three(start)
    assert await _code(intake, "persons", other, cursor=await _first(intake)) == "cursor_unusable"


async def test_nothing_can_be_read_in_it(start: Start) -> None:
    intake = await _three(start)
    cursor = await _first(intake)
    shown = (await intake.get("/intake/v1/persons", OFFICER)).json()["items"][0]["ref"]
    inside = base64.urlsafe_b64decode(cursor + "==")
    for plain in (shown.encode(), bytes.fromhex(shown), b"2026", b"person"):
        assert plain not in inside


@pytest.mark.parametrize("place", range(0, 60, 7))
async def test_a_changed_letter_spoils_it(start: Start, place: int) -> None:
    intake = await _three(start)
    cursor = await _first(intake)
    spoilt = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
    assert await _code(intake, "persons", OFFICER, cursor=spoilt) == "cursor_unusable"


@pytest.mark.parametrize("name", MADE_UP)
async def test_one_that_was_made_up_is_refused(start: Start, name: str) -> None:
    intake = await start("intake")
    cursor = base64.urlsafe_b64encode(json.dumps(MADE_UP[name]).encode()).decode().rstrip("=")
    assert await _code(intake, "persons", OFFICER, cursor=cursor) == "cursor_unusable"
