"""What stands at the head of a request: names, keys and versions of the caller's, and for whom it is meant."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from services.operating.door import KEY, WHO
from shared.auth import Role
from shared.hosting import by_first_segment
from shared.settings import Settings
from shared.testing import Harness, caller, ref
from shared.web.hosts import Hosts
from tests.conftest import Start

OFFICER = caller("sok", Role.INTAKE_OFFICER)
PERSONS = "/intake/v1/persons"
PERSON = {"sex": "FEMALE", "identity": {"names": [{"full_name": "Sok Dara", "script": "LATIN"}]}}
GIVEN = "Sok_Dara.0123456789-abcdef"


async def _stored(world: Harness) -> str:
    """Everything that every service keeps, as text."""
    rows = []
    for name, running in world.running.items():
        for table in running.service.ledger.stream.metadata.tables:
            rows += await world.rows(name, table)
    return repr(rows)


async def test_the_callers_name_of_a_request_stands_in_the_log_alone(
    world: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "shared.web.edge")
    headers = {"Authorization": OFFICER, "Idempotency-Key": "k", "Request-Id": GIVEN}
    async with world.client() as client:
        done = await client.post(PERSONS, json=PERSON, headers=headers)
        refused = await client.post(PERSONS, json={}, headers=headers)
    await world.settle()
    assert done.status_code == 201
    for answer in (done, refused):
        assert GIVEN not in f"{answer.headers} {answer.text}"
        assert len(answer.headers["request-id"]) == 32
    assert GIVEN not in await _stored(world)
    named = [(record.__dict__["request_id"], record.__dict__["callers_id"]) for record in caplog.records]
    assert named == [(answer.headers["request-id"], GIVEN) for answer in (done, refused)]


@pytest.mark.parametrize("given", ["", "x" * 65, "Sok Dara", "សុខ", "a\tb", "<b>"])
async def test_a_name_of_another_form_is_not_even_logged(
    start: Start, caplog: pytest.LogCaptureFixture, given: str
) -> None:
    caplog.set_level(logging.INFO, "shared.web.edge")
    intake = await start("intake")
    async with intake.client() as client:
        answer = await client.get("/intake/health/live", headers={b"Request-Id": given.encode()})
    assert answer.status_code == 200
    assert caplog.records == []


async def test_an_idempotency_key_is_stored_as_a_digest_and_found_by_it(start: Start) -> None:
    intake = await start("intake")
    first = await intake.post(PERSONS, OFFICER, PERSON, key="Sok-Dara-1990")
    again = await intake.post(PERSONS, OFFICER, PERSON, key="Sok-Dara-1990")
    assert first.json() == again.json()
    assert len(await intake.rows("intake", "idempotency")) == 1
    assert "Sok-Dara-1990" not in await _stored(intake)


@pytest.mark.parametrize(
    "name", ["Content-Type", "Idempotency-Key", "If-Match", "Authorization", "Authorization", "content-type"]
)
async def test_a_header_that_says_one_thing_is_sent_once(start: Start, name: str) -> None:
    values = {"Content-Type": "application/json", "Idempotency-Key": "k", "Authorization": OFFICER}
    headers = [*values.items(), (name, "text/plain"), *([] if name in values else [(name, "text/plain")])]
    intake = await start("intake")
    async with intake.client() as client:
        answer = await client.post(PERSONS, content=b'{"sex":1,"sex":2}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "header_twice")


@pytest.mark.parametrize("etag", ['"1"', 'W/"1"'])
async def test_a_weak_version_compares_as_its_strong_form(start: Start, etag: str) -> None:
    intake = await start("intake")
    made = await intake.post(PERSONS, OFFICER, PERSON)
    path = f"{PERSONS}/{made.json()['ref']}/correct"
    headers = {"Authorization": OFFICER, "Idempotency-Key": "k2", "If-Match": etag}
    async with intake.client() as client:
        done = await client.post(path, json={"sex": "MALE"}, headers=headers)
        stale = await client.post(path, json={"sex": "FEMALE"}, headers={**headers, "Idempotency-Key": "k3"})
    assert (done.status_code, stale.status_code) == (200, 412)


SERVED: Mapping[str, bool] = {
    "localhost": True,
    "LocalHost:8470": True,
    "localhost.": True,
    "127.0.0.1": True,
    "127.0.0.1:1": True,
    "127.8.8.8": True,
    "[::1]:8470": True,
    "homeward.example.org": True,
    "homeward.example.org:443": True,
    "10.0.0.7:8470": True,
    "evil.example.org": False,
    "localhost.evil.example.org": False,
    "evil.localhost": False,
    "10.0.0.8": False,
    "0.0.0.0": False,  # noqa: S104 -- as a name
    "": False,
    "localhost:port": False,
    "localhost,evil": False,
    "localhost@evil": False,
    "[::1": False,
    "::1]": False,
    "សុខ": False,
    "127.0.0.1\x00": False,
}
HOSTS = Hosts(Settings(host="10.0.0.7", network="private", allowed_hosts="homeward.example.org, Other.example"))


@pytest.mark.parametrize("name", SERVED)
def test_only_names_that_somebody_vouched_for_are_served(name: str) -> None:
    assert HOSTS.serve({"headers": [(b"host", name.encode())]}) is SERVED[name]


def test_a_request_names_one_host() -> None:
    assert HOSTS.serve({"headers": []}) is False
    assert HOSTS.serve({"headers": [(b"host", b"localhost"), (b"host", b"localhost")]}) is False


@pytest.mark.parametrize("path", ["/", "/intake/health/live", PERSONS, "/operating/check", "/nobody"])
async def test_a_foreign_host_is_told_that_it_is_at_the_wrong_door(world: Harness, path: str) -> None:
    async with world.client() as client:
        answer = await client.get(path, headers={"Authorization": OFFICER, "Host": "evil.example.org"})
    assert (answer.status_code, answer.json()["code"]) == (421, "host_not_served")
    assert "evil" not in answer.text


async def _raw(app: Any, **scope: Any) -> int:
    """The status of a request as a server would hand it over, of whatever form."""
    sent: list[Any] = []
    coming = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Any:
        return next(coming, None) or await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    usual = {"type": "http", "http_version": "1.1", "query_string": b"", "headers": [(b"host", b"localhost")]}
    await app({**usual, "raw_path": scope["path"].encode(), "client": ("127.0.0.1", 1), **scope}, receive, send)
    status: int = sent[0]["status"]
    return status


@pytest.mark.parametrize("path", ["*", "", "//", "intake", "/intake", "/intake/", "/\x00", "/..", "/operating/", "/%"])
@pytest.mark.parametrize("method", ["OPTIONS", "GET", "HEAD", "POST", "TRACE", "CONNECT", "", "\xff"])
async def test_targets_of_any_form_are_no_failure(world: Harness, path: str, method: str) -> None:
    assert 400 <= await _raw(world.app, method=method, path=path) < 500


@pytest.mark.parametrize("address", ["garbage", "", "localhost", "300.1.1.1", "::g", "10.0.0.1", "\x00", "សុខ"])
async def test_the_operators_door_is_closed_to_addresses_that_are_none(world: Harness, address: str) -> None:
    key = (KEY.encode(), world.app.door._key.encode())
    who = (WHO.encode(), ref("ops").encode())
    headers = [(b"host", b"localhost"), key, who]
    door = {"method": "POST", "path": "/operating/check", "headers": headers}
    assert await _raw(world.app, **door, client=(address, 1)) == 404
    assert await _raw(world.app, **door, client=None) == 404
    assert await _raw(world.app, **door) == 200


async def test_what_nobody_serves_is_a_problem() -> None:
    async def alone(scope: Any, receive: Any, send: Any) -> None:
        await by_first_segment({}, scope, receive, send)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=alone), base_url="http://localhost") as client:
        answer = await client.get("/nobody")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
