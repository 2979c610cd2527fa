"""Budget and grants move together, whoever asks twice, at once, or takes it back."""

import asyncio
from typing import Any

import pytest

from shared.contracts import intake
from shared.testing import ref
from tests.service.grants.desk import Desk, business_plan, opened, payment, receipt, who


async def budget(desk: Desk, programme: str) -> tuple[int, int, int, int]:
    found = await desk.read(f"programmes/{programme}")
    return found["reserved"], found["committed"], found["spent"], found["free"]


async def test_the_same_payment_delivered_three_times_is_paid_once(desk: Desk) -> None:
    await desk.heard("sok")
    programme = await desk.programme()
    _, (first, _), _ = await desk.signed("sok", programme)
    await desk.done("sreymom", f"{first}/release", {"form": "GOODS"})
    same_key = [await desk.ask("sreymom", f"{first}/pay", payment("one"), key="pay-one") for _ in range(2)]
    other_key = await desk.ask("sreymom", f"{first}/pay", payment("one"), key="pay-again")
    assert [answer.status_code for answer in (*same_key, other_key)] == [200, 200, 200]
    assert await budget(desk, programme) == (0, 10_000, 15_000, 75_000)
    assert (await desk.world.told("grants")).count("grants.instalment.paid.v1") == 1
    await desk.evidenced(first, 15_000)
    assert (await desk.ask("sreymom", f"{first}/pay", payment("one"), key="pay-late")).status_code == 200
    assert await budget(desk, programme) == (0, 10_000, 15_000, 75_000)
    assert await desk.refused("sreymom", f"{first}/pay", payment("two")) == "already_paid"


async def test_two_deliveries_at_once_are_paid_once(desk: Desk) -> None:
    await desk.heard("sok")
    programme = await desk.programme()
    _, (first, _), _ = await desk.signed("sok", programme)
    await desk.done("sreymom", f"{first}/release", {"form": "GOODS"})
    async with desk.world.client() as client:
        sent = [
            client.post(
                f"/grants/v1/{first}/pay",
                json=payment("one"),
                headers={"Authorization": who("sreymom"), "Idempotency-Key": f"key-at-once-{number}"},
            )
            for number in range(8)
        ]
        answers = await asyncio.gather(*sent)
    assert {answer.status_code for answer in answers} == {200}
    assert await budget(desk, programme) == (0, 10_000, 15_000, 75_000)


async def test_of_two_approvals_for_one_household_at_once_one_is_refused(desk: Desk) -> None:
    programme = await desk.programme()
    paths = []
    for case in ("sok", "srey"):
        await desk.heard(case, but=(intake.CaseOpened,))
        await desk.world.hear("intake", opened(case, "shared"))
        paths.append(await desk.assessed(case, programme))
    for path in paths:
        await desk.voted(path)
    async with desk.world.client() as client:
        sent = [
            client.post(
                f"/grants/v1/{path}/approve",
                json={"amount": 25_000},
                headers={
                    "Authorization": who("sovann"),
                    "Idempotency-Key": f"approve-{path}",
                    "If-Match": f'"{desk.versions[path]}"',
                },
            )
            for path in paths
        ]
        answers = await asyncio.gather(*sent)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert next(a for a in answers if a.status_code == 409).json()["code"] == "household_has_a_grant"
    assert await budget(desk, programme) == (25_000, 0, 0, 75_000)


async def test_an_approval_never_exceeds_the_budget(desk: Desk) -> None:
    programme = await desk.programme(budget=30_000)
    for case in ("sok", "chan"):
        await desk.heard(case)
    await desk.approved("sok", programme)
    path = await desk.assessed("chan", programme)
    await desk.voted(path)
    assert await desk.refused("sovann", f"{path}/approve", {"amount": 25_000}) == "budget_exceeded"
    assert (await desk.read(path))["status"] == "committee_review"
    await desk.done("sovann", f"{path}/defer")
    assert await budget(desk, programme) == (25_000, 0, 0, 5_000)


@pytest.mark.parametrize(
    ("action", "body", "free"),
    [
        ("cancel", {"reason": "APPLICANT_WISH"}, 100_000),
        ("void", {"reason": "ENTERED_IN_ERROR"}, 100_000),
    ],
)
@pytest.mark.parametrize("signed", [False, True])
async def test_ended_before_payment_all_of_it_is_free_again(
    desk: Desk, action: str, body: dict[str, Any], free: int, signed: bool
) -> None:
    await desk.heard("sok")
    programme = await desk.programme()
    path = (await desk.signed("sok", programme))[0] if signed else await desk.approved("sok", programme)
    await desk.done("dara", f"{path}/{action}", body)
    assert await budget(desk, programme) == (0, 0, 0, free)


async def test_terminated_after_the_first_part_the_rest_is_free_and_nothing_is_owed(desk: Desk) -> None:
    await desk.heard("sok")
    programme = await desk.programme()
    path, (first, second), business = await desk.signed("sok", programme)
    await desk.paid(first)
    await desk.done("dara", f"{business}/cease", {"reason": "FLOOD"})
    await desk.read(path)
    await desk.done("dara", f"{path}/suspend", {"reason": "BUSINESS_STOPPED"})
    await desk.done("dara", f"{path}/terminate", {"reason": "LOST_TO_FLOOD"})
    assert await budget(desk, programme) == (0, 0, 15_000, 85_000)
    assert (await desk.read(second))["status"] == "cancelled"


async def test_a_dropped_last_part_closes_the_disbursement(desk: Desk) -> None:
    await desk.heard("sok")
    programme = await desk.programme()
    path, (first, second), _ = await desk.signed("sok", programme)
    await desk.paid(first)
    assert (await desk.read(path))["status"] == "disbursing"
    await desk.done("dara", f"{second}/cancel", {"reason": "NOT_NEEDED"})
    assert (await desk.read(path))["status"] == "active"
    assert await budget(desk, programme) == (0, 0, 15_000, 85_000)


async def test_a_plan_and_receipts_in_riel_keep_their_rates(desk: Desk) -> None:
    await desk.heard("sok")
    programme = await desk.programme()
    rate = {"currency": "KHR", "per_dollar": 40_500_000, "day": "2026-11-03", "source": "NBC"}
    body = {
        "case_ref": ref("sok"),
        "programme_ref": programme,
        "holders": [ref("person of sok")],
        "plan": business_plan(810_000, currency="KHR"),
    }
    assert await desk.refused("dara", "applications", body) == "rate_missing"
    drafted = await desk.done("dara", "applications", body | {"rate": rate})
    found = await desk.read(f"applications/{drafted['ref']}")
    assert (found["requested"], found["conversion"]["rate"]) == (20_000, rate)


async def test_completed_after_six_months_of_running(desk: Desk) -> None:
    await desk.heard("sok")
    programme = await desk.programme(shares=[100], completion_months=0)
    path, (only,), business = await desk.signed("sok", programme)
    await desk.paid(only)
    await desk.read(path)
    assert await desk.refused("dara", f"{path}/complete") == "payments_not_reconciled"
    await desk.done("dara", f"{only}/add-receipt", receipt("all", 24_960))
    await desk.done("veasna", f"{only}/reconcile")
    assert await desk.refused("dara", f"{path}/complete") == "business_not_proven"
    await desk.done("dara", f"{business}/check", {"check_ref": ref("visit"), "state": "OPERATING"})
    assert (await desk.done("dara", f"{path}/complete"))["status"] == "completed"
