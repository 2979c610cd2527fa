"""Lists as a front end asks for them: by several statuses, by day and month, and by what is due."""

from datetime import date
from typing import Any

from shared.contracts import intake
from shared.ids import pseudonym
from tests.service.referrals.desk import CASE, HOUSE, SCHOOL, SUPERVISOR, TEACHER, WITHDRAWN, WORKER, Desk


async def due(desk: Desk, path: str, **asked: Any) -> list[Any]:
    answer = await desk.get(path, WORKER, **asked)
    assert answer.status_code == 200, answer.text
    return [item.get("due_on") or item["service"] for item in answer.json()["items"]]


async def test_visits_are_listed_by_how_they_stand_on_a_day(desk: Desk) -> None:
    await desk.opened(minor=False)
    await desk.came_home(date(2026, 11, 4))
    every = ["2026-12-04", "2027-02-04", "2027-05-04", "2027-11-04", "2028-11-04"]
    assert (await due(desk, "followups", order="newest"))[::-1] == await due(desk, "followups")
    for timing, expected in (("overdue", every[:1]), ("due", every[1:2]), ("early", every[2:])):
        assert sorted(await due(desk, "followups", timing=timing, as_of="2027-02-10")) == expected
    assert await due(desk, "followups", timing="due") == []
    for first, last, timing in (("2026-11-27", "2026-12-11", "due"), ("2026-11-26", "2026-11-26", "early")):
        assert every[0] in await due(desk, "followups", timing=timing, as_of=first)
        assert every[0] in await due(desk, "followups", timing=timing, as_of=last)
    assert await due(desk, "followups", timing="overdue", as_of="2026-12-12") == every[:1]


async def test_visits_are_listed_by_day_month_and_several_statuses(desk: Desk) -> None:
    await desk.opened(minor=False)
    await desk.came_home(date(2026, 11, 4))
    assert await due(desk, "followups", month="2027-02") == ["2027-02-04"]
    assert await due(desk, "followups", day="2027-05-04") == ["2027-05-04"]
    assert await due(desk, "followups", day="2027-05-04", month="2027-02") == []
    first = (await desk.get("followups", WORKER)).json()["items"][0]
    await desk.do(f"followups/{first['ref']}/cancel", WORKER, {"reason": "OTHER"})
    assert await due(desk, "followups", status="cancelled") == [first["due_on"]]
    assert len(await due(desk, "followups", status=["cancelled", "planned"])) == 5
    assert await due(desk, "followups", status="cancelled", timing="overdue", as_of="2030-01-01") == []


async def test_requests_are_listed_by_their_day_to_answer(desk: Desk) -> None:
    await desk.opened()
    await desk.directory("EDU-ENROL", "EDU-MATERIAL")
    await desk.may_share()
    for service, by in (("EDU-ENROL", "2026-11-10"), ("PSY-COUNSEL", "2026-11-20"), ("MED-CHECK", None)):
        request = await desk.drafted(service, SCHOOL if service == "EDU-ENROL" else HOUSE, service)
        if by is not None:
            await desk.do(f"service-referrals/{request}/send", WORKER, {"respond_by": by})
    on = {"as_of": "2026-11-11"}
    assert await due(desk, "service-referrals", timing="overdue", **on) == ["EDU-ENROL"]
    assert await due(desk, "service-referrals", timing="due", **on) == ["PSY-COUNSEL"]
    assert await due(desk, "service-referrals", timing="due", as_of="2026-11-10") == ["EDU-ENROL", "PSY-COUNSEL"]
    assert await due(desk, "service-referrals", status=["draft", "sent"]) == ["EDU-ENROL", "PSY-COUNSEL", "MED-CHECK"]
    assert await due(desk, "service-referrals", status="draft", timing="due", **on) == []
    assert await due(desk, "service-referrals", month="2026-11") == ["EDU-ENROL", "PSY-COUNSEL"]
    assert await due(desk, "service-referrals", month="2026-12") == []
    seen = (await desk.get("service-referrals", TEACHER, timing="overdue", **on)).json()["items"]
    assert [item["service"] for item in seen] == ["EDU-ENROL"]


async def test_what_is_read_says_when_it_was_recorded_and_changed(desk: Desk) -> None:
    plan = await desk.opened()
    body = {"staff_ref": pseudonym("staff", "somebody"), "organisation_ref": HOUSE}
    await desk.post(f"plans/{plan}/assign", SUPERVISOR, body)
    found = (await desk.get(f"plans/{plan}", WORKER)).json()
    assert found["recorded_at"] < found["updated_at"]
    assert [one["opened_on"] for one in (await desk.get("plans", WORKER, month="2026-11")).json()["items"]]
    assert (await desk.get("plans", WORKER, month="2026-10")).json()["items"] == []


async def test_a_withdrawal_heard_of_late_ends_a_request_when_it_was_sent(desk: Desk) -> None:
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    request = await desk.drafted()
    await desk.do(f"service-referrals/{request}/send", WORKER)
    before = desk.harness.clock().replace(day=1)
    await desk.harness.hear("intake", WITHDRAWN, at=before)
    row = (await desk.rows("service_referral"))[0]
    assert (row["status"], row["ended_on"]) == ("revoked", row["sent_on"])
    assert await desk.rows("attention") == []


async def test_nobody_is_visited_before_they_came_home(desk: Desk) -> None:
    await desk.opened(minor=False)
    left = intake.StayDeparted(case_ref=CASE, stay_ref="0" * 32, day=date(2026, 11, 4))
    await desk.harness.hear("intake", left)
    visit = (await desk.get("followups", WORKER)).json()["items"][0]["ref"]
    body = {"service": "MON-VISIT", "effective_at": "2026-11-03T12:00:00+07:00"}
    refused = await desk.do(f"followups/{visit}/record", WORKER, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "before_the_home_coming")
