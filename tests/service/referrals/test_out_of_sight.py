"""What a provider may not read it cannot ask about either: a request that was not sent yet, or that has ended."""

from typing import Any

import pytest

from shared.testing import ref
from tests.service.referrals.desk import SCHOOL, TEACHER, WORKER, Desk

ANSWERS: dict[str, dict[str, Any]] = {
    "acknowledge": {},
    "accept": {},
    "reject": {"reason": "NO_CAPACITY"},
    "complete": {},
    "end": {"reason": "OTHER"},
    "deliveries": {"quantity": 1, "unit": "ENROLMENT", "acknowledgement": "CAREGIVER"},
}
ENDED = {"revoke": {"reason": "OTHER"}, "void": {"reason": "DUPLICATE"}}


async def _asked_for(desk: Desk) -> str:
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    return await desk.drafted()


async def _attempts(desk: Desk, request: str) -> list[tuple[int, Any]]:
    """Each way to speak of a request, with the right version, a wrong one, and none: status and body."""
    found = []
    async with desk.harness.client() as client:
        for step, body in ANSWERS.items():
            for number, match in enumerate(('"1"', '"2"', '"9"', None)):
                headers = {"Authorization": TEACHER, "Idempotency-Key": f"{request}-{step}-{number}"}
                headers |= {} if match is None or step == "deliveries" else {"If-Match": match}
                path = f"/referrals/v1/service-referrals/{request}/{step}"
                answer = await client.post(path, json=body, headers=headers)
                found.append((answer.status_code, answer.json() | {"request_id": "", "instance": ""}))
    return found


async def test_a_provider_finds_no_draft_by_writing_to_it(desk: Desk) -> None:
    draft = await _asked_for(desk)
    assert await _attempts(desk, draft) == await _attempts(desk, ref("nothing"))


@pytest.mark.parametrize("ended", ENDED)
async def test_a_provider_finds_nothing_that_ended_by_writing_to_it(desk: Desk, ended: str) -> None:
    request = await _asked_for(desk)
    assert (await desk.do(f"service-referrals/{request}/send", WORKER)).status_code == 200
    assert (await desk.do(f"service-referrals/{request}/{ended}", WORKER, ENDED[ended])).status_code == 200
    found = await _attempts(desk, request)
    assert {status for status, _ in found} == {404}
    assert found == await _attempts(desk, ref("nothing"))


async def test_a_repeated_answer_says_what_was_said_then_and_nothing_of_now(desk: Desk) -> None:
    """The line that lost an answer is answered; what became of the request since is not for the provider."""
    request = await _asked_for(desk)
    await desk.do(f"service-referrals/{request}/send", WORKER)
    path = f"/referrals/v1/service-referrals/{request}/accept"
    headers = {"Authorization": TEACHER, "Idempotency-Key": "once", "If-Match": '"2"'}
    async with desk.harness.client() as client:
        first = await client.post(path, json={}, headers=headers)
        assert (first.status_code, first.json()["status"]) == (200, "accepted")
        assert "homeward-position" in first.headers
        await desk.do(f"service-referrals/{request}/void", WORKER, {"reason": "DUPLICATE"})
        again = await client.post(path, json={}, headers=headers)
    assert (again.status_code, again.headers["etag"]) == (200, first.headers["etag"])
    assert again.json() == first.json() | {"next": []}
    assert "homeward-position" not in again.headers
    assert SCHOOL not in again.text
