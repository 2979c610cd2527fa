"""A clear word to whoever may know: which kinds of part would do. To everybody else it is as if nothing were there."""

from typing import Any

import httpx
import pytest

from shared.auth import Purpose, Role
from shared.contracts import intake
from shared.ids import pseudonym
from shared.testing import Harness, caller, ref
from tests.conftest import Start
from tests.service.intake.desk import Desk
from tests.service.intake.desk import refused as denied
from tests.service.referrals.desk import CASE, HOUSE, SUPERVISOR, TEACHER, WORKER
from tests.service.referrals.desk import Desk as Aftercare
from tests.support.answered import ok

COLLEAGUE = caller("mealea", Role.CASEWORKER, purpose=Purpose.REINTEGRATION)
STRANGER = caller("mealea", Role.CASEWORKER, "other-house", Purpose.REINTEGRATION)


def _told(answer: httpx.Response) -> tuple[int, str, Any]:
    body = answer.json()
    return answer.status_code, body["code"], body.get("details")


@pytest.fixture
async def house(start: Start) -> Aftercare:
    return Aftercare(await start("referrals"))


async def test_a_colleague_of_the_holder_is_told_which_kinds_of_part_would_do(house: Aftercare) -> None:
    plan = await house.opened()
    answer = await house.post(f"plans/{plan}/begin", COLLEAGUE, {}, version=1)
    assert _told(answer) == (403, "relation_needed", {"kinds": sorted(answer.json()["details"]["kinds"])})
    assert {"PLAN", "TEAM"} <= set(answer.json()["details"]["kinds"])
    for somebody in ("worker", "supervisor", HOUSE):
        assert pseudonym("staff", somebody) not in answer.text
        assert somebody not in answer.text
    title = {"Authorization": COLLEAGUE, "Idempotency-Key": "vi", "If-Match": '"1"', "Accept-Language": "vi"}
    async with house.harness.client() as client:
        said = await client.post(f"/referrals/v1/plans/{plan}/begin", json={}, headers=title)
    assert said.json()["title"].startswith("Bạn được xem")


async def test_who_may_not_read_it_finds_nothing_there_or_not(house: Aftercare) -> None:
    plan = await house.opened()
    for who in (STRANGER, TEACHER, caller("kim", Role.ANALYST)):
        for path in (f"plans/{plan}/begin", f"plans/{ref('no plan')}/begin"):
            assert _told(await house.post(path, who, {}, version=1)) == (404, "not_found", None)


async def test_who_is_barred_from_the_case_is_told_nothing(house: Aftercare) -> None:
    plan = await house.opened()
    named = intake.CaseConflictDeclared(case_ref=CASE, staff_ref=pseudonym("staff", "mealea"))
    await house.harness.hear("intake", named)
    assert _told(await house.post(f"plans/{plan}/begin", COLLEAGUE, {}, version=1)) == (404, "not_found", None)


async def test_who_is_asked_for_a_service_is_not_told_of_parts_that_only_its_sender_can_use(house: Aftercare) -> None:
    await house.opened()
    await house.directory("EDU-ENROL")
    await house.may_share()
    request = await house.drafted()
    ok(await house.do(f"service-referrals/{request}/send", WORKER))
    head = caller("head", Role.SUPERVISOR, "bavet-school", Purpose.REINTEGRATION)
    ok(await house.get(f"service-referrals/{request}", head))
    revoked = await house.post(f"service-referrals/{request}/revoke", head, {"reason": "OTHER"}, version=2)
    assert _told(revoked) == (404, "not_found", None)


async def test_the_refusal_stands_in_the_audit_and_nothing_was_done(house: Aftercare) -> None:
    plan = await house.opened()
    before = await house.rows("journal")
    await house.post(f"plans/{plan}/begin", COLLEAGUE, {}, version=1)
    assert await house.rows("journal") == before
    entries = [row for row in await house.rows("audit") if row["decision"] == "relation_needed"]
    assert [(row["action"], row["staff_ref"]) for row in entries] == [
        ("referrals.plan.begin", pseudonym("staff", "mealea"))
    ]


async def test_once_the_part_is_given_the_same_request_is_done(house: Aftercare) -> None:
    plan = await house.opened()
    other = {"staff_ref": pseudonym("staff", "kim"), "organisation_ref": HOUSE}
    asked = await house.post(f"plans/{plan}/assign", COLLEAGUE, other)
    assert _told(asked)[:2] == (403, "relation_needed")
    mine = {"staff_ref": pseudonym("staff", "mealea"), "organisation_ref": HOUSE}
    ok(await house.post(f"plans/{plan}/assign", SUPERVISOR, mine))
    ok(await house.post(f"plans/{plan}/assign", COLLEAGUE, other))


async def test_a_purpose_that_is_not_for_this_is_said_before_a_part(world: Harness) -> None:
    desk = Desk(world)
    case = await desk.case("Sok Dara")
    head = caller("sopheap-head", Role.SUPERVISOR, purpose=Purpose.GRANTS)
    denied(await desk.do(f"cases/{case}/offer-transfer", head, 1, organisation_ref=ref("far"), reason="SAFETY"),
           "purpose_not_for_this")  # fmt: skip
