"""Referrals was put back to before a request was taken back: nobody acts on it until people have looked."""

from typing import Any

import pytest

from shared.contracts import referrals
from tests.service.intake.desk import refused
from tests.service.referrals.desk import CASE, SCHOOL, SUPERVISOR, TEACHER, WORKER, Desk
from tests.support.answered import ok
from tests.support.went_back import is_folded, lost_itself

MOVES = {"draft": ("send", WORKER), "sent": ("accept", TEACHER), "accepted": ("deliveries", TEACHER)}
GIVEN: dict[str, Any] = {"quantity": 1, "unit": "ENROLMENT", "acknowledgement": "CAREGIVER"}


async def _on(desk: Desk, request: str, command: str, who: str) -> Any:
    version = next(row["version"] for row in await desk.rows("service_referral") if row["ref"] == request)
    body = GIVEN if command == "deliveries" else {}
    path = f"/referrals/v1/service-referrals/{request}/{command}"
    return await desk.harness.post(path, who, body, version=f"{version}.1")


@pytest.mark.parametrize("status", MOVES)
async def test_a_request_that_was_taken_back_in_the_lost_time_is_not_acted_on(desk: Desk, status: str) -> None:
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    request = await desk.drafted()
    for before, (command, who) in list(MOVES.items())[:2]:
        if list(MOVES).index(before) < list(MOVES).index(status):
            ok(await desk.do(f"service-referrals/{request}/{command}", who))
    day = desk.harness.clock().date()
    named = {"case_ref": CASE, "service_referral_ref": request, "service": "EDU-ENROL", "organisation_ref": SCHOOL}
    await lost_itself(
        desk.harness, "referrals", referrals.ServiceReferralRevoked(**named, reason="CONSENT_WITHDRAWN", day=day)
    )
    assert await is_folded(desk.harness, "referrals")
    command, who = MOVES[status]
    refused(await _on(desk, request, command, who), "not_allowed_in_status")
    [row] = ok(await desk.get("attention", SUPERVISOR, status="open"))["items"]
    looked = f"/referrals/v1/attention/{row['ref']}/dismiss"
    ok(await desk.harness.post(looked, SUPERVISOR, {"reason": "DONE_BY_HAND"}, version="1.1"))
    assert await is_folded(desk.harness, "referrals")
    ok(await _on(desk, request, command, who))
