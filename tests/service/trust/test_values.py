"""Over HTTP no value is guessed: every body and query of all four services, and nothing stored for a wrong one."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from shared.auth import Purpose, Role
from shared.testing import Harness, caller, ref
from tests.architecture.source import SERVICES

OFFICER = caller("sok", Role.INTAKE_OFFICER)
Start = Callable[[str], Awaitable[Harness]]
LOOKS = {"/intake/v1/persons/lookup"}
"""What is asked for there has no time of its own."""
WRONG = {"date": ["0", "20240101", "1970-01-01T00:00:00", "1899-12-31"], "integer": ["1_0", "1.0", " 1", "+1"]}


async def _operations(harness: Harness, service: str, method: str) -> list[tuple[str, dict[str, Any]]]:
    document = (await harness.get(f"/{service}/openapi.json", OFFICER)).json()
    return [
        (path.replace("{ref}", ref("x")), found[method]) for path, found in document["paths"].items() if method in found
    ]


@pytest.mark.parametrize("service", SERVICES)
async def test_a_body_with_a_guessable_moment_is_refused(start: Start, service: str) -> None:
    harness = await start(service)
    posts = [path for path, found in await _operations(harness, service, "post") if "{" not in path]
    posts = [path for path in posts if path not in LOOKS]
    assert posts
    for path in posts:
        answer = await harness.post(path, OFFICER, {"effective_at": 0})
        assert answer.status_code == 422, path
        assert {"pointer": "/body/effective_at", "code": "not_a_moment"} in answer.json()["errors"], path
    assert await harness.told(service) == []


@pytest.mark.parametrize("service", SERVICES)
async def test_a_query_with_a_guessable_value_is_refused(start: Start, service: str) -> None:
    harness, asked = await start(service), 0
    for path, found in await _operations(harness, service, "get"):
        for parameter in found.get("parameters", []):
            schemas = parameter["schema"].get("anyOf", [parameter["schema"]])
            kinds = {schema.get("format", schema.get("type")) for schema in schemas}
            for value in [value for kind in kinds & set(WRONG) for value in WRONG[kind]]:
                answer = await harness.get(path, OFFICER, **{parameter["name"]: value})
                assert answer.status_code == 422, (path, parameter["name"], value)
                asked += 1
    assert asked


async def test_a_second_head_by_a_correction_is_refused(start: Start) -> None:
    intake = await start("intake")
    person = {"sex": "FEMALE", "identity": {"names": [{"full_name": "Sok Dara", "script": "LATIN"}]}}
    people = [(await intake.post("/intake/v1/persons", OFFICER, person)).json()["ref"] for _ in range(2)]
    members = [
        {"person_ref": people[0], "relationship": "HEAD"},
        {"person_ref": people[1], "relationship": "SPOUSE", "implicated_caregiver": True},
    ]
    made = (await intake.post("/intake/v1/households", OFFICER, {"members": members})).json()
    path = f"/intake/v1/households/{made['ref']}/correct"
    told = await intake.told("intake")

    second = await intake.post(
        path, OFFICER, {"person_ref": people[1], "relationship": "HEAD"}, version=made["version"]
    )
    assert (second.status_code, second.json()["code"]) == (409, "household_has_a_head")
    empty = await intake.post(path, OFFICER, {"person_ref": people[1]}, version=made["version"])
    assert (empty.status_code, empty.json()["version"]) == (200, made["version"])
    assert await intake.told("intake") == told

    other = await intake.post(
        path, OFFICER, {"person_ref": people[1], "relationship": "SIBLING"}, version=made["version"]
    )
    assert other.status_code == 200
    read = (await intake.get(f"/intake/v1/households/{made['ref']}", OFFICER)).json()
    assert read["members"][1] == members[1] | {"relationship": "SIBLING"}


async def test_what_is_left_out_of_a_correction_stays_and_null_empties_it(start: Start) -> None:
    desk, who = await start("referrals"), caller("supervisor", Role.SUPERVISOR, purpose=Purpose.REINTEGRATION)
    contact = {"person": "Chan", "phone": None, "email": None}
    body = {"kind": "SCHOOL", "name": "Bavet School", "country": "VN", "contact": contact}
    made = (await desk.post("/referrals/v1/organisations", who, body | {"services": [{"service": "EDU-ENROL"}]})).json()
    thing = f"/referrals/v1/organisations/{made['ref']}"

    renamed = await desk.post(f"{thing}/correct", who, {"name": "School of Bavet"}, version=made["version"])
    read = (await desk.get(thing, who)).json()
    assert (read["name"], read["country"], read["contact"]) == ("School of Bavet", "VN", contact)
    assert [offered["service"] for offered in read["services"]] == ["EDU-ENROL"]
    emptied = await desk.post(f"{thing}/correct", who, {"contact": None}, version=renamed.json()["version"])
    assert (await desk.get(thing, who)).json()["contact"] is None
    refused = await desk.post(f"{thing}/correct", who, {"country": None}, version=emptied.json()["version"])
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/body/country")
