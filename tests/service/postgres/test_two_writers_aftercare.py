"""Two writers at once in screening, referrals and grants: what is judged is what stands under the lock."""

from datetime import date
from typing import Any

from shared.contracts import intake
from shared.ids import pseudonym
from shared.testing import ref
from tests.service.grants.desk import Desk as GrantsDesk
from tests.service.grants.desk import business_plan, opened, who
from tests.service.postgres.conftest import Both, Pair, Request, request
from tests.service.referrals.desk import CASE, HOUSE, STRANGER, TEACHER, WORKER
from tests.service.referrals.desk import Desk as ReferralsDesk
from tests.service.referrals.test_lost_facts import SUBJECT, asked_and_withdrawn, called, dismissed, is_folded
from tests.service.screening.casework import INTERVIEWER, Casework
from tests.support.went_back import tells_again

LOWER_TERMS = {"ceiling": 20_000, "small_limit": 15_000, "tolerance": 50}


async def test_an_admission_that_meets_an_interview_opened_by_hand_asks_nobody_for_attention(both: Both) -> None:
    pair = await both("screening")
    consumer, doing = (getattr(pair.harness.running["screening"], name) for name in ("consumer", "doing"))
    admitted = intake.StayAdmitted(
        case_ref=CASE, stay_ref=ref("stay"), organisation_ref=HOUSE, day=date(2026, 11, 4), too_young_to_ask=False
    )
    await Casework(pair.harness).know(CASE)
    await pair.harness.tell("intake", admitted)
    await consumer.step(20.0)
    by_hand = request(INTERVIEWER, "/screening/v1/interviews", {"case_ref": CASE})
    await pair.race(by_hand, doing.step)
    assert len(await pair.harness.rows("screening", "interview")) == 1
    assert await pair.harness.rows("screening", "attention") == []


async def test_what_was_taken_back_meanwhile_is_no_request_to_this_house_any_more(both: Both) -> None:
    pair = await both("referrals")
    desk = ReferralsDesk(pair.harness)
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    drafted = await desk.drafted()
    path = f"/referrals/v1/service-referrals/{drafted}"
    assert (await desk.do(f"service-referrals/{drafted}/send", WORKER)).status_code == 200
    revoke = request(WORKER, f"{path}/revoke", {"reason": "OTHER"}, 2)
    given = {"quantity": 1, "unit": "ENROLMENT", "acknowledgement": "CAREGIVER"}
    answer = await pair.meet(revoke, request(TEACHER, f"{path}/deliveries", given))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_who_is_released_meanwhile_gives_the_plan_to_nobody(both: Both) -> None:
    pair = await both("referrals")
    desk = ReferralsDesk(pair.harness)
    plan = await desk.opened()
    stranger: dict[str, Any] = {"staff_ref": pseudonym("staff", "stranger"), "kind": "TEAM"}
    works = {"case_ref": CASE, "organisation_ref": pseudonym("organisation", "other-house"), **stranger}
    await desk.harness.hear("intake", intake.CaseAssigned(**works))
    await pair.slow.consumer.step()
    await desk.harness.tell("intake", intake.CaseReleased(**works))
    worker = {"staff_ref": ref("friend"), "organisation_ref": ref("friends")}
    assign = request(STRANGER, f"/referrals/v1/plans/{plan}/assign", worker)
    async with desk.harness.client() as other:
        answer: Any = await pair.race(lambda _: pair.slow.consumer.step(20.0), lambda: assign(other))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def _grants(desk: GrantsDesk, name: str, path: str, body: dict[str, Any] | None = None) -> Request:
    """A command of one of them on a thing at the version that was seen last."""
    return request(who(name), f"/grants/v1/{path}", body, desk.versions.get(path.rpartition("/")[0]))


async def _asked(both: Both, **terms: Any) -> tuple[Pair, GrantsDesk, str]:
    """A case that may have a grant, and a programme."""
    pair = await both("grants")
    desk = GrantsDesk(pair.harness)
    await desk.heard("sok")
    return pair, desk, await desk.programme(**terms)


async def test_nobody_applies_to_a_programme_that_closes_meanwhile(both: Both) -> None:
    pair, desk, programme = await _asked(both)
    holders = [ref("person of sok")]
    draft = {"case_ref": ref("sok"), "programme_ref": programme, "holders": holders, "plan": business_plan()}
    close = _grants(desk, "bopha", f"programmes/{programme}/close")
    answer = await pair.meet(close, request(who("dara"), "/grants/v1/applications", draft))
    assert (answer.status_code, answer.json()["code"]) == (409, "programme_not_open")


async def test_a_plan_is_judged_by_the_terms_that_stand_under_the_lock(both: Both) -> None:
    pair, desk, programme = await _asked(both)
    path = await desk.drafted("sok", programme)
    lower = {"reason": "NEW_INFORMATION", "name": "Return fund", "budget": 100_000, "terms": LOWER_TERMS}
    correct = _grants(desk, "bopha", f"programmes/{programme}/correct", lower)
    answer = await pair.meet(correct, _grants(desk, "dara", f"{path}/submit"))
    assert (answer.status_code, answer.json()["code"]) == (409, "over_the_ceiling")


async def test_nobody_is_found_eligible_whose_household_gets_a_grant_meanwhile(both: Both) -> None:
    pair, desk, programme = await _asked(both)
    await desk.heard("srey", but=(intake.CaseOpened,))
    await desk.world.hear("intake", opened("srey", "sok"))
    waiting = await desk.drafted("srey", await desk.programme())
    await desk.done("dara", f"{waiting}/submit")
    path = await desk.assessed("sok", programme)
    await desk.voted(path)
    check = _grants(desk, "mony", f"{waiting}/check-eligibility", {"basis": "GRANT_ADULT"})
    answer = await pair.meet(_grants(desk, "sovann", f"{path}/approve", {"amount": 25_000}), check)
    assert (answer.status_code, answer.json()["code"]) == (409, "household_has_a_grant")


async def test_nobody_is_called_to_money_that_is_no_longer_held(both: Both) -> None:
    pair, desk, programme = await _asked(both, shares=[100])
    _, (part,), _ = await desk.signed("sok", programme)
    missing = intake.StayMissing(case_ref=ref("sok"), stay_ref=ref("stay"), day=date(2026, 11, 5))
    await pair.harness.tell("intake", missing)
    running = pair.harness.running["grants"]
    await running.consumer.step(20.0)
    await running.doing.step()
    assert (await desk.read(part))["status"] == "held"
    cancel = _grants(desk, "dara", f"{part}/cancel", {"reason": "NOT_NEEDED"})
    await pair.race(cancel, running.doing.step)
    assert (await desk.read(part))["status"] == "cancelled"
    assert await pair.harness.rows("grants", "attention") == []


async def test_a_request_that_meets_the_loss_of_a_withdrawal_is_not_sent(both: Both) -> None:
    """Before the loss, while it is heard, and after it: until somebody dismisses it."""
    pair = await both("referrals")
    desk = ReferralsDesk(pair.harness)
    path = f"/referrals/v1/service-referrals/{await asked_and_withdrawn(desk)}"
    send = request(WORKER, f"{path}/send", version=1)
    await pair.slow.consumer.step()
    await tells_again(desk.harness, "referrals", "intake", {SUBJECT: 4})
    async with desk.harness.client() as other:
        answer: Any = await pair.race(lambda _: pair.slow.consumer.step(20.0), lambda: send(other))
    assert (answer.status_code, answer.json()["code"]) == (409, "consent_to_share_missing")
    [row] = await called(desk)
    await dismissed(desk, row)
    assert await is_folded(desk)
    assert (await desk.harness.post(f"{path}/send", WORKER, version=1)).json()["status"] == "sent"
