"""Every line of the tables: taken and read back exactly, or refused with a problem that echoes nothing. Never a 5xx."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from shared.auth import Purpose, Role
from shared.testing import Harness, caller
from tests.service.trust.bad_inputs import BIRTHS, BODIES, CODES, HEADERS, MOMENTS, MONEY, PAGES, REFS, RIEL, TEXTS

OFFICER = caller("sok", Role.INTAKE_OFFICER)
PERSONS = "/intake/v1/persons"


@pytest.fixture
async def intake(start: Callable[[str], Awaitable[Harness]]) -> AsyncIterator[Harness]:
    yield await start("intake")


def _person(**parts: Any) -> dict[str, Any]:
    name = {"full_name": "Sok Dara", "script": "LATIN"}
    return {"sex": "FEMALE", "identity": {"names": [name]}} | parts


async def _taken(intake: Harness, body: dict[str, Any], expected: bool) -> dict[str, Any] | None:
    """Send it, see that it was taken or refused as the table says; the person as read back when taken."""
    answer = await intake.post(PERSONS, OFFICER, body)
    if not expected:
        _is_problem(answer)
        assert await intake.told("intake") == []
        return None
    assert answer.status_code == 201, answer.text
    found = await intake.get(f"{PERSONS}/{answer.json()['ref']}", OFFICER)
    assert found.status_code == 200
    read: dict[str, Any] = found.json()
    return read


def _is_problem(answer: httpx.Response, status: int | None = None) -> None:
    assert 400 <= answer.status_code < 500, answer.text
    if status is not None:
        assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["code"]
    assert set(problem) <= {"type", "title", "status", "code", "request_id", "details", "errors"}


@pytest.mark.parametrize("name", TEXTS)
async def test_text(intake: Harness, name: str) -> None:
    text, taken = TEXTS[name]
    body = _person(identity={"names": [{"full_name": text, "script": "LATIN"}]})
    read = await _taken(intake, body, taken)
    if read is not None:
        assert read["identity"]["names"][0]["full_name"] == text


@pytest.mark.parametrize("name", [name for name, (_, taken) in TEXTS.items() if not taken])
async def test_refused_text_is_not_echoed(intake: Harness, name: str) -> None:
    marked = f"{TEXTS[name][0]}Xyzzy"
    answer = await intake.post(PERSONS, OFFICER, _person(identity={"names": [{"full_name": [marked], "script": "?"}]}))
    _is_problem(answer)
    assert "Xyzzy" not in answer.text


async def test_a_made_up_key_is_not_echoed(intake: Harness) -> None:
    answer = await intake.post(PERSONS, OFFICER, _person(SokDara=1))
    _is_problem(answer, 422)
    assert "SokDara" not in answer.text


@pytest.mark.parametrize("name", BIRTHS)
async def test_births(intake: Harness, name: str) -> None:
    birth, taken = BIRTHS[name]
    identity = {"births": [{**birth, "source": "SELF"}] if birth else [{}]}
    read = await _taken(intake, _person(identity=identity), taken)
    if read is not None:
        assert {key: read["identity"]["births"][0][key] for key in birth} == birth


@pytest.mark.parametrize("name", MONEY)
async def test_money(start: Callable[[str], Awaitable[Harness]], name: str) -> None:
    change, taken = MONEY[name]
    desk, who = await start("grants"), caller("bopha", Role.SUPERVISOR, "livelihood-fund", Purpose.GRANTS)
    terms = {"ceiling": 50_000, "small_limit": 15_000, "tolerance": 50}
    body = {"name": "Livelihoods", "currency": "KHR", "rate": RIEL, "budget": 1_000_000, "terms": terms} | change
    answer = await desk.post("/grants/v1/programmes", who, body)
    if not taken:
        _is_problem(answer)
        assert await desk.told("grants") == []
        return
    read = await desk.get(f"/grants/v1/programmes/{answer.json()['ref']}", who)
    assert (read.json()["budget"], read.json()["currency"]) == (body["budget"], body["currency"])


@pytest.mark.parametrize("name", MOMENTS)
async def test_moments(intake: Harness, name: str) -> None:
    moment, taken = MOMENTS[name]
    await _taken(intake, _person(effective_at=moment), taken)


@pytest.mark.parametrize("name", CODES)
async def test_codes(intake: Harness, name: str) -> None:
    code, taken = CODES[name]
    read = await _taken(intake, _person(sex=code), taken)
    if read is not None:
        assert read["sex"] == code


@pytest.mark.parametrize("name", REFS)
async def test_refs(intake: Harness, name: str) -> None:
    ref, status = REFS[name]
    answer = await intake.get(f"{PERSONS}/{ref}", OFFICER)
    _is_problem(answer, status)


@pytest.mark.parametrize("name", BODIES)
async def test_bodies(intake: Harness, name: str) -> None:
    body, kind, status = BODIES[name]
    headers = {"Authorization": OFFICER, "Idempotency-Key": "k"} | ({"Content-Type": kind} if kind else {})
    async with intake.client() as client:
        answer = await client.post(PERSONS, content=body, headers=headers)
    _is_problem(answer, status)
    assert await intake.told("intake") == []


async def test_a_body_that_says_too_little_of_its_length(intake: Harness) -> None:
    body = json.dumps(_person()).encode()
    headers = {"Authorization": OFFICER, "Idempotency-Key": "k", "Content-Type": "application/json"}
    async with intake.client() as client:
        answer = await client.post(PERSONS, content=body[:-5], headers=headers | {"Content-Length": str(len(body))})
    _is_problem(answer, 400)


async def test_a_body_without_end(intake: Harness) -> None:
    """It is read no further than the limit."""
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield b" " * 65_536

    headers = {"Authorization": OFFICER, "Idempotency-Key": "k", "Content-Type": "application/json"}
    async with intake.client() as client:
        answer = await client.post(PERSONS, content=endless(), headers=headers)
    _is_problem(answer, 413)
    assert sent < 3_000_000


async def test_ten_thousand_and_one_lines(intake: Harness) -> None:
    line = {"ref": "a" * 32, "case_ref": "b" * 32, "kind": "MEAL", "quantity": 1, "unit": "MEAL"}
    answer = await intake.post("/intake/v1/provisions", OFFICER, {"lines": [line] * 10_001})
    _is_problem(answer)
    assert await intake.told("intake") == []


@pytest.mark.parametrize("name", PAGES)
async def test_pages(intake: Harness, name: str) -> None:
    _is_problem(await intake.get(PERSONS, OFFICER, **PAGES[name]))


@pytest.mark.parametrize("name", HEADERS)
async def test_headers(intake: Harness, name: str) -> None:
    extra, status = HEADERS[name]
    named = {"Authorization": OFFICER, "Idempotency-Key": "k", **extra}
    headers = {name.encode(): value if isinstance(value, bytes) else value.encode() for name, value in named.items()}
    async with intake.client() as client:
        answer = await client.post(PERSONS, json=_person(), headers=headers)
    _is_problem(answer, status)


async def test_a_creating_request_without_a_key_is_refused(intake: Harness) -> None:
    async with intake.client() as client:
        answer = await client.post(PERSONS, json=_person(), headers={"Authorization": OFFICER})
    _is_problem(answer, 400)
    assert answer.json()["code"] == "idempotency_key_required"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
async def test_odd_methods(intake: Harness, method: str) -> None:
    async with intake.client() as client:
        answer = await client.request(method, PERSONS, headers={"Authorization": OFFICER})
    _is_problem(answer, 405)


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Forwarded-For", "X-User", "Host"])
async def test_a_header_that_claims_something_changes_nothing(intake: Harness, header: str) -> None:
    async with intake.client() as client:
        answer = await client.get(PERSONS, headers={"Authorization": OFFICER, header: "DELETE"})
    assert answer.status_code == 200


async def test_a_key_used_again_for_something_else_is_refused(intake: Harness) -> None:
    first = await intake.post(PERSONS, OFFICER, _person(), key="same")
    again = await intake.post(PERSONS, OFFICER, _person(), key="same")
    other = await intake.post(PERSONS, OFFICER, _person(sex="MALE"), key="same")
    assert first.json()["ref"] == again.json()["ref"]
    _is_problem(other, 422)
    assert len(await intake.told("intake")) == 1
