"""The number of a request: in every log line of it, whichever thread writes it, and in the answer to the caller."""

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.auth import Role
from shared.observability.logging import configure
from shared.observability.tracing import Untraced
from shared.observability.watching import Watching
from shared.settings import Settings
from shared.storage.sqlite import SqliteDatabase
from shared.testing import CountedIds, Harness, caller, ref
from shared.web.edge import Edge
from shared.web.limits import Limits
from tests.support.logged import logs_as_before
from tests.support.served import Bare, served

NAME = "Sok Dara"
OFFICER = caller("srey-intake", Role.INTAKE_OFFICER)
PERSON = {"ref": ref("person"), "sex": "FEMALE", "identity": {"names": [{"full_name": NAME, "script": "LATIN"}]}}
CASE = {"ref": ref("case"), "person_ref": ref("person"), "country": "VN"}
log = logging.getLogger("shared.of_a_test")


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    with logs_as_before():
        yield


async def test_every_log_line_of_a_request_has_its_number_and_a_500_tells_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, both = SqliteDatabase(tmp_path / "store.db"), asyncio.Barrier(2)

    async def failing(scope: Any, receive: Any, send: Any) -> None:
        await both.wait()
        await store.write(lambda _: log.warning("in the writer's thread"))
        await store.read(lambda _: log.warning("in a reader's thread"))
        await asyncio.to_thread(log.warning, "in another thread")
        await both.wait()
        raise RuntimeError(NAME)

    limits = Limits(Settings())
    edge = Edge(failing, limits, CountedIds(), Watching("intake", Untraced()))
    async with served(Bare(edge, limits)) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answers = await asyncio.gather(client.get("/one"), client.get("/two"))
    await store.close()
    text = capsys.readouterr().err
    lines = [json.loads(line) for line in text.splitlines()]
    for answer in answers:
        number = answer.json()["request_id"]
        assert (answer.status_code, answer.headers["request-id"]) == (500, number)
        of_it = [line for line in lines if line.get("request_id") == number]
        assert [line["event"].strip() for line in of_it] == [
            "in the writer's thread",
            "in a reader's thread",
            "in another thread",
            "Exception in ASGI application",
        ]
        assert of_it[-1]["error"] == "RuntimeError"
        assert answer.headers["cache-control"] == "no-store"
    assert len(lines) == 8
    assert NAME not in text


async def test_what_a_request_causes_in_another_service_is_logged_under_its_number(
    world: Harness, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of the service that was asked, never what its caller calls the request."""

    def failing(*_: Any) -> None:
        log.warning("in the writer's thread")
        raise ZeroDivisionError

    reactions: Any = world.running["referrals"].kept.reactions
    for name in reactions.names:
        monkeypatch.setitem(reactions._functions, name, failing)
    configure("WARNING")
    await world.post("/intake/v1/persons", OFFICER, PERSON)
    opened = await world.post("/intake/v1/cases", OFFICER, CASE)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    [fact] = [row for row in await world.rows("referrals", "heard") if row["type"] == "intake.case.opened.v1"]
    of_it = [line for line in lines if line.get("request_id") == opened.headers["request-id"]]
    assert [line["event"] for line in of_it] == ["in the writer's thread", "to-do failed"], lines
    assert {line["cause"] for line in of_it} == {fact["event_id"]}
    assert opened.headers["request-id"] == fact["correlation"]
