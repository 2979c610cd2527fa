"""A page of a list: from either end, by one value, by several, and by a range."""

from typing import Any

import pytest
from sqlalchemy import true

from services.intake.persons.tables import PersonRow
from shared.auth import SYSTEM, Role
from shared.reading import Between, PageAsked, Reader
from shared.sealing import Keys
from shared.testing import Harness, caller
from tests.conftest import Start

OFFICER = caller("sok", Role.INTAKE_OFFICER)
PATH = "/intake/v1/persons"


async def _four(start: Start) -> tuple[Harness, list[str]]:
    intake = await start("intake")
    refs = []
    for name, sex in (("A", "FEMALE"), ("B", "MALE"), ("C", "NOT_RECORDED"), ("D", "FEMALE")):
        identity = {"names": [{"full_name": name, "script": "LATIN"}]}
        refs.append((await intake.post(PATH, OFFICER, {"sex": sex, "identity": identity})).json()["ref"])
    return intake, refs


async def test_the_newest_come_first_when_asked_page_by_page(start: Start) -> None:
    intake, refs = await _four(start)
    found, asked = list[str](), {"limit": 3, "order": "newest"}
    while asked:
        page = (await intake.get(PATH, OFFICER, **asked)).json()
        found += [item["ref"] for item in page["items"]]
        asked = {**asked, "cursor": page["next_cursor"]} if page["next_cursor"] else {}
    assert found == refs[::-1]


async def test_a_cursor_does_not_turn_round(start: Start) -> None:
    intake, _ = await _four(start)
    cursor = (await intake.get(PATH, OFFICER, limit=1, order="newest")).json()["next_cursor"]
    answer = await intake.get(PATH, OFFICER, limit=1, cursor=cursor)
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_unusable")


@pytest.mark.parametrize(
    ("filters", "places"),
    [
        ({"sex": ("FEMALE", "MALE")}, (0, 1, 3)),
        ({"sex": ["MALE"]}, (1,)),
        ({"sex": ()}, ()),
        ({"sex": None}, (0, 1, 2, 3)),
        ({"sex": Between("FEMALE", "NOT_RECORDED")}, (0, 1, 3)),
        ({"sex": Between(low="MALE")}, (1, 2)),
        ({"sex": Between(high="MALE")}, (0, 3)),
        ({"sex": Between()}, (0, 1, 2, 3)),
    ],
)
async def test_filters_by_several_values_and_by_a_range(
    start: Start, filters: dict[str, Any], places: tuple[int, ...]
) -> None:
    intake, refs = await _four(start)
    kept = intake.running["intake"].kept
    rows, _ = await kept.database.read(
        lambda connection: Reader(connection, kept, Keys(kept.name, {}), SYSTEM, kept.clock()).page(
            PersonRow, PageAsked(), true(), **filters
        )
    )
    assert [row["ref"] for row in rows] == [refs[place] for place in places]
