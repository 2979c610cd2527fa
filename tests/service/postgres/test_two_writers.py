"""Rules that span things, with two writers at once: whoever comes second sees what the first has stored.

Each test holds the first writer's transaction open until the second waits for it. Were state read before the lock, the
second would decide on what was so before, and both would pass.
"""

from typing import Any

import httpx

from shared.contracts import intake
from tests.service.grants.desk import Desk as GrantsDesk
from tests.service.grants.desk import opened, who
from tests.service.intake.desk import OFFICER
from tests.service.intake.desk import Desk as IntakeDesk
from tests.service.postgres.conftest import Both, Pair
from tests.service.referrals.desk import WITHDRAWN, WORKER
from tests.service.referrals.desk import Desk as ReferralsDesk


async def _approvals(pair: Pair, desk: GrantsDesk, paths: list[str]) -> httpx.Response:
    """Both committees approve; the answer to the second."""

    def approve(client: httpx.AsyncClient, path: str) -> Any:
        headers = {
            "Authorization": who("sovann"),
            "Idempotency-Key": f"approve-{path}",
            "If-Match": f'"{desk.versions[path]}"',
        }
        return client.post(f"/grants/v1/{path}/approve", json={"amount": 25_000}, headers=headers)

    async with desk.world.client() as other:
        return await pair.race(lambda client: approve(client, paths[0]), lambda: approve(other, paths[1]))


async def test_of_two_approvals_at_once_the_second_sees_what_is_left_of_the_budget(both: Both) -> None:
    pair = await both("grants")
    desk = GrantsDesk(pair.harness)
    programme, paths = await desk.programme(budget=30_000), []
    for case in ("sok", "chan"):
        await desk.heard(case)
        paths.append(await desk.assessed(case, programme))
        await desk.voted(paths[-1])
    answer = await _approvals(pair, desk, paths)
    assert (answer.status_code, answer.json()["code"]) == (409, "budget_exceeded")
    assert (await desk.read(f"programmes/{programme}"))["free"] == 5_000


async def test_of_two_grants_for_one_household_at_once_the_second_is_refused(both: Both) -> None:
    pair = await both("grants")
    desk = GrantsDesk(pair.harness)
    paths = []
    for case in ("sok", "srey"):
        await desk.heard(case, but=(intake.CaseOpened,))
        await desk.world.hear("intake", opened(case, "shared"))
        # Another programme each: what stands between them is the household alone.
        paths.append(await desk.assessed(case, await desk.programme()))
        await desk.voted(paths[-1])
    answer = await _approvals(pair, desk, paths)
    assert (answer.status_code, answer.json()["code"]) == (409, "household_has_a_grant")


async def _asked(pair: Pair) -> tuple[ReferralsDesk, str]:
    """A request that may be sent, and a withdrawal that nobody has heard yet."""
    desk = ReferralsDesk(pair.harness)
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    request = await desk.drafted()
    await pair.slow.consumer.step()
    await pair.harness.tell("intake", WITHDRAWN)
    return desk, request


def _send(client: httpx.AsyncClient, request: str) -> Any:
    headers = {"Authorization": WORKER, "Idempotency-Key": "send", "If-Match": '"1"'}
    return client.post(f"/referrals/v1/service-referrals/{request}/send", json={}, headers=headers)


async def test_a_send_that_meets_a_withdrawal_on_its_way_in_is_refused(both: Both) -> None:
    pair = await both("referrals")
    desk, request = await _asked(pair)
    async with desk.harness.client() as other:
        answer: Any = await pair.race(lambda _: pair.slow.consumer.step(20.0), lambda: _send(other, request))
    assert answer.json()["code"] == "consent_to_share_missing"
    assert "service_referral.sent" not in await desk.told()


async def test_a_withdrawal_that_comes_behind_a_send_takes_it_back(both: Both) -> None:
    pair = await both("referrals")
    desk, request = await _asked(pair)
    consumer = pair.harness.running["referrals"].consumer
    await pair.race(lambda client: _send(client, request), lambda: consumer.step(20.0))
    await desk.harness.settle()
    assert [row["status"] for row in await desk.rows("service_referral")] == ["revoked"]


async def test_of_two_cases_opened_at_once_for_one_person_the_second_is_refused(both: Both) -> None:
    pair = await both("intake")
    person = await IntakeDesk(pair.harness).person("Sok Invented")

    def open_case(client: httpx.AsyncClient, name: str) -> Any:
        headers = {"Authorization": OFFICER, "Idempotency-Key": name}
        return client.post("/intake/v1/cases", json={"person_ref": person, "country": "VN"}, headers=headers)

    async with pair.harness.client() as other:
        answer = await pair.race(lambda client: open_case(client, "case-one"), lambda: open_case(other, "case-two"))
    assert (answer.status_code, answer.json()["code"]) == (409, "case_already_open")
