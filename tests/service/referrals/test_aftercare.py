"""Plans, groups and visits: what happens once somebody is home, and when a case may end."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.auth import Role
from shared.clock import wire
from shared.contracts import intake
from shared.ids import pseudonym
from shared.testing import TickingClock, caller, ref
from tests.service.referrals.desk import CASE, HOUSE, HOUSEHOLD, SCHOOL, STRANGER, SUPERVISOR, WORKER, Desk

AGREED_CHILD = [
    {"party": "CAREGIVER", "kind": "THUMBPRINT"},
    {"party": "SUPERVISOR", "kind": "WRITTEN"},
    {"party": "SOCIAL_AFFAIRS", "kind": "WRITTEN"},
]


async def goal(desk: Desk, plan: str) -> str:
    body = {"plan_ref": plan, "domain": "EDUCATION", "responsible": "CASEWORKER", "due_on": "2026-12-01"}
    answer = await desk.post("goals", WORKER, body | {"service": "EDU-ENROL", "note": "wants to read"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ref"])


async def visits(desk: Desk, **params: Any) -> list[dict[str, Any]]:
    found = (await desk.get("followups", WORKER, case_ref=CASE, **params)).json()["items"]
    return sorted(found, key=lambda visit: str(visit["due_on"]))


async def test_a_plan_is_agreed_by_those_who_must(desk: Desk) -> None:
    plan = await desk.opened()
    early = await desk.do(f"plans/{plan}/agree", WORKER, {"signatures": AGREED_CHILD})
    assert early.json()["code"] == "plan_has_no_goal"
    made = await goal(desk, plan)
    assert (await desk.get(f"goals/{made}", WORKER)).json()["note"] == "wants to read"
    missing = await desk.do(f"plans/{plan}/agree", WORKER, {"signatures": AGREED_CHILD[:2]})
    assert missing.json()["details"] == {"missing": ["SOCIAL_AFFAIRS"]}
    agreed = await desk.do(f"plans/{plan}/agree", WORKER, {"signatures": AGREED_CHILD})
    assert agreed.json()["status"] == "agreed"
    assert (await desk.do(f"plans/{plan}/begin", WORKER)).json()["status"] == "active"
    assert (await desk.do(f"goals/{made}/end", WORKER, {"result": "MET"})).json()["status"] == "ended"


async def test_h12_an_implicated_caregiver_may_not_sign(desk: Desk) -> None:
    plan = await desk.opened()
    await goal(desk, plan)
    await desk.harness.hear(
        "intake",
        intake.CaseCaregiverImplicated(
            case_ref=CASE, household_ref=HOUSEHOLD, person_ref=ref("father"), implicated=True
        ),
    )
    signed = [AGREED_CHILD[0] | {"person_ref": ref("father")}, *AGREED_CHILD[1:]]
    refused = await desk.do(f"plans/{plan}/agree", WORKER, {"signatures": signed})
    assert refused.json()["code"] == "caregiver_may_not_sign"
    assert (await desk.do(f"plans/{plan}/agree", WORKER, {"signatures": AGREED_CHILD[1:]})).status_code == 200


async def test_h21_visits_follow_the_schedule_from_the_day_of_return(desk: Desk) -> None:
    await desk.opened()
    await desk.came_home(date(2026, 11, 30))
    found = await visits(desk)
    days = ["2026-12-14", "2026-12-30", "2027-01-30", "2027-02-28", "2027-05-30", "2027-11-30", "2028-11-30"]
    assert [visit["due_on"] for visit in found] == days
    assert {visit["kind"] for visit in found} == {"SCHEDULED"}


async def test_h21_an_adult_is_visited_less_often_than_a_child(desk: Desk) -> None:
    await desk.opened(minor=False)
    await desk.came_home(date(2026, 11, 4))
    found = [visit["due_on"] for visit in await visits(desk)]
    assert found == ["2026-12-04", "2027-02-04", "2027-05-04", "2027-11-04", "2028-11-04"]


async def test_h21_due_and_overdue_are_computed_for_the_day_asked_about(desk: Desk) -> None:
    await desk.opened(minor=False)
    await desk.came_home(date(2026, 11, 4))
    first = (await visits(desk))[0]["ref"]
    for as_of, timing in (
        ("2026-11-26", "early"),
        ("2026-11-27", "due"),
        ("2026-12-11", "due"),
        ("2026-12-12", "overdue"),
    ):
        assert (await desk.get(f"followups/{first}", WORKER, as_of=as_of)).json()["timing"] == timing
    assert "timing" not in (await desk.rows("followup"))[0]


async def test_h21_a_better_known_day_of_return_moves_the_visits_not_yet_made(desk: Desk) -> None:
    await desk.opened(minor=False)
    await desk.harness.hear("intake", intake.StayDeparted(case_ref=CASE, stay_ref=ref("stay"), day=date(2026, 11, 4)))
    first, second = (await visits(desk))[:2]
    await desk.do(f"followups/{first['ref']}/record", WORKER, {"service": "MON-CALL"})
    await desk.came_home(date(2026, 11, 6))
    moved = await visits(desk)
    assert [visit["due_on"] for visit in moved[:2]] == ["2026-12-04", "2027-02-06"]
    assert moved[1]["ref"] == second["ref"]


async def test_h21_two_misses_in_a_row_send_somebody_to_look_for_the_home(desk: Desk) -> None:
    await desk.opened(minor=False)
    await desk.came_home(date(2026, 11, 4))
    first, second = (await visits(desk))[:2]
    await desk.do(f"followups/{first['ref']}/miss", WORKER, {"reason": "UNREACHABLE", "note": "gate was shut"})
    assert [row["code"] for row in await desk.rows("attention")] == []
    await desk.do(f"followups/{second['ref']}/miss", WORKER, {"reason": "UNREACHABLE"})
    assert [row["code"] for row in await desk.rows("attention")] == ["home_trace_needed"]
    assert [visit["status"] for visit in await visits(desk, kind="HOME_TRACE")] == ["planned"]
    assert (await desk.told())[-3:] == ["followup.missed", "followup.missed", "followup.planned"]
    assert (await desk.get(f"followups/{first['ref']}", WORKER)).json()["note"] == "gate was shut"


async def test_h21_a_visit_that_was_moved_is_watched_at_its_new_day(desk: Desk) -> None:
    await desk.opened(minor=False)
    await desk.came_home(date(2026, 11, 4))
    first = (await visits(desk))[0]["ref"]
    await desk.do(f"followups/{first}/correct", WORKER, {"due_on": "2026-12-14"})
    clock = desk.harness.clock
    assert isinstance(clock, TickingClock)
    for now, codes in (
        (datetime(2026, 12, 12, tzinfo=UTC), []),
        (datetime(2026, 12, 22, tzinfo=UTC), ["followup_overdue"]),
    ):
        clock.now = now
        await desk.harness.settle()
        assert [row["code"] for row in await desk.rows("attention")] == codes


@pytest.mark.parametrize("made", [False, True])
async def test_h21_a_visit_nobody_made_in_its_window_reaches_people(desk: Desk, made: bool) -> None:
    await desk.opened(minor=False)
    await desk.came_home(date(2026, 11, 4))
    if made:
        first = (await visits(desk))[0]["ref"]
        await desk.do(f"followups/{first}/record", WORKER, {"service": "MON-VISIT"})
    clock = desk.harness.clock
    assert isinstance(clock, TickingClock)
    clock.now = datetime(2026, 12, 11, 16, 59, tzinfo=UTC)
    await desk.harness.settle()
    assert await desk.rows("attention") == []
    clock.now = datetime(2026, 12, 11, 17, 1, tzinfo=UTC)
    await desk.harness.settle()
    assert [row["code"] for row in await desk.rows("attention")] == ([] if made else ["followup_overdue"])


async def test_a_case_does_not_close_while_work_is_open(desk: Desk) -> None:
    plan = await desk.opened(minor=False)
    await desk.drafted("PSY-COUNSEL", HOUSE)
    await desk.came_home(date(2026, 11, 4))
    closing = {"reason": "GOALS_MET", "person_agrees": True, "override": "PERSON_WISHES"}
    refused = (await desk.do(f"plans/{plan}/close", SUPERVISOR, closing)).json()
    assert (refused["code"], refused["details"]) == (
        "work_is_open",
        {"open_referrals": 1, "planned_followups": 5, "protection_open": False},
    )


async def test_a_case_closes_by_its_criteria_or_by_a_supervisors_reason(desk: Desk) -> None:
    plan = await desk.opened(minor=False)
    closing = {"reason": "MOVED_ABROAD", "person_agrees": True}
    refused = (await desk.do(f"plans/{plan}/close", WORKER, closing)).json()
    assert refused["code"] == "criteria_not_met"
    assert refused["details"]["unmet"] == ["safe_home_on_two_visits", "followed_long_enough"]
    reason = {"override": "CARE_CONTINUES_ELSEWHERE"}
    assert (await desk.do(f"plans/{plan}/close", WORKER, closing | reason)).json()["code"] == "criteria_not_met"
    assert (await desk.do(f"plans/{plan}/close", SUPERVISOR, closing | reason)).json()["status"] == "closed"
    assert (await desk.do(f"plans/{plan}/reopen", SUPERVISOR, {"reason": "PERSON_ASKED"})).json()["status"] == "opened"
    ended = await desk.do(f"plans/{plan}/close", SUPERVISOR, closing | reason | {"reason": "FUNDING_ENDED"})
    assert ended.json()["code"] == "transfer_not_tried"
    tried = {"transfers": [{"organisation_ref": ref("elsewhere"), "tried_on": "2026-11-04", "accepted": False}]}
    ended = await desk.do(f"plans/{plan}/close", SUPERVISOR, closing | reason | {"reason": "FUNDING_ENDED"} | tried)
    assert ended.json()["status"] == "closed"


async def test_people_are_assigned_to_a_plan_and_released(desk: Desk) -> None:
    plan = await desk.opened()
    body = {"staff_ref": ref("new worker"), "organisation_ref": HOUSE}
    for _ in range(2):
        assert (await desk.post(f"plans/{plan}/assign", WORKER, body)).status_code == 200
    assert (await desk.post(f"plans/{plan}/release", WORKER, body)).status_code == 200
    assert (await desk.post(f"plans/{plan}/assign", STRANGER, body)).status_code == 404
    assert await desk.told() == ["plan.opened", "plan.assigned", "plan.released"]


async def test_the_house_that_opened_the_case_hands_out_its_plan(desk: Desk) -> None:
    plan = await desk.opened()
    body = {"staff_ref": ref("new worker"), "organisation_ref": HOUSE}
    colleague, head = caller("colleague", Role.CASEWORKER), caller("head", Role.SUPERVISOR)
    told = await desk.post(f"plans/{plan}/assign", colleague, body)
    assert (told.status_code, told.json()["code"]) == (403, "relation_needed")
    assert (await desk.post(f"plans/{plan}/assign", head, body)).status_code == 200
    own = {"staff_ref": pseudonym("staff", "colleague"), "organisation_ref": HOUSE}
    assert (await desk.post(f"plans/{plan}/assign", colleague, own)).status_code == 200


async def test_a_case_entered_in_error_takes_its_plan_with_it(desk: Desk) -> None:
    plan = await desk.opened()
    await desk.harness.hear("intake", intake.CaseVoided(case_ref=CASE, reason="PRACTICE"))
    assert (await desk.get(f"plans/{plan}", WORKER)).json()["status"] == "voided"
    assert await desk.rows("attention") == []


async def test_a_second_plan_for_the_same_case_is_refused(desk: Desk) -> None:
    plan = await desk.opened()
    body = {"ref": ref("second"), "case_ref": CASE}
    assert (await desk.post("plans", WORKER, body)).json()["code"] == "plan_known"
    await desk.do(f"plans/{plan}/void", SUPERVISOR, {"reason": "ENTERED_IN_ERROR"})
    assert (await desk.post("plans", WORKER, body)).status_code == 201
    assert (await desk.told())[-2:] == ["plan.opened", "plan.assigned"]


async def test_a_household_joins_a_self_help_group_and_comes_to_a_meeting(desk: Desk) -> None:
    await desk.opened(minor=False)
    await desk.entitled("HOUSEHOLD_SUPPORT")
    body = {"ref": ref("group"), "kind": "SELF_HELP_GROUP", "service": "SHG-JOIN", "name": "Rice of the village"}
    assert (await desk.post("groups", WORKER, body)).status_code == 201
    joins = {"ref": ref("joins"), "case_ref": CASE, "group_ref": ref("group"), "member": "HOUSEHOLD"}
    assert (await desk.post("memberships", WORKER, joins)).status_code == 201
    again = await desk.post("memberships", WORKER, joins | {"ref": ref("again")})
    assert again.json()["code"] == "already_a_member"
    meeting = {"ref": ref("meeting"), "memberships": [ref("joins")]}
    held = [await desk.post(f"groups/{ref('group')}/meetings", WORKER, meeting) for _ in range(2)]
    assert [answer.status_code for answer in held] == [201, 201]
    (came,), (known,) = (answer.json()["lines"] for answer in held)
    assert (came["ref"], came["status"], known["status"]) == (ref("joins"), "joined", "known")
    assert came["position"] in held[0].headers["Homeward-Position"]
    other = await desk.post(f"groups/{ref('group')}/meetings", WORKER, meeting | {"memberships": []})
    assert other.json()["code"] == "ref_in_use"
    assert (await desk.do(f"memberships/{ref('joins')}/leave", WORKER, {"reason": "MOVED"})).status_code == 200
    assert (await desk.told())[1:] == ["membership.joined", "membership.attended", "membership.left"]
    assert await desk.told(f"group/{ref('group')}") == ["group.formed", "group.held"]
    member = (await desk.get("memberships", WORKER, group_ref=ref("group"))).json()["items"][0]
    assert (member["household_ref"], member["attended"]) == (HOUSEHOLD, 1)
    meetings = (await desk.get(f"groups/{ref('group')}/meetings", WORKER)).json()["items"]
    assert [found["attended"] for found in meetings] == [1]


async def test_every_thing_is_corrected_and_voided_with_a_fact(desk: Desk) -> None:
    plan = await desk.opened(minor=False)
    await desk.entitled("HOUSEHOLD_SUPPORT")
    await desk.directory("EDU-ENROL")
    await desk.came_home(date(2026, 11, 4))
    group = {"kind": "COOPERATIVE", "service": "AC-JOIN", "name": "Palm sugar"}
    await desk.post("groups", WORKER, group | {"ref": ref("group")})
    await desk.post(
        "memberships", WORKER, {"ref": ref("m"), "case_ref": CASE, "group_ref": ref("group"), "member": "PERSON"}
    )
    made, visit = await goal(desk, plan), (await visits(desk))[0]["ref"]
    right = {"domain": "HEALTH", "responsible": "PERSON", "due_on": "2026-12-02"}
    school = {"kind": "SCHOOL", "name": "Bavet primary school", "contact": {"phone": "+855 12 000 000"}}
    corrections: dict[str, dict[str, Any]] = {
        f"plans/{plan}": {"opened_on": "2026-11-03"},
        f"goals/{made}": right,
        f"memberships/{ref('m')}": {"member": "HOUSEHOLD", "joined_on": "2026-11-04"},
        f"followups/{visit}": {"due_on": "2026-12-05"},
        f"groups/{ref('group')}": group | {"name": "Palm", "formed_on": "2026-11-01"},
        f"organisations/{SCHOOL}": school,
    }
    for thing, body in corrections.items():
        for command, sent in (("correct", body), ("void", {"reason": "ENTERED_IN_ERROR"})):
            answer = await desk.do(f"{thing}/{command}", SUPERVISOR, sent)
            assert answer.status_code == 200, (thing, command, answer.text)
            if command == "correct":
                assert (await desk.get(thing, SUPERVISOR)).status_code == 200
        assert answer.json()["next"] == []
    told = await desk.told()
    for name in ("plan", "goal", "membership", "followup"):
        assert {f"{name}.corrected", f"{name}.voided"} <= set(told)


async def test_what_happened_earlier_keeps_its_day(desk: Desk) -> None:
    await desk.opened(minor=False)
    await desk.came_home(date(2026, 11, 2))
    visit = (await visits(desk))[0]["ref"]
    then = wire(datetime(2026, 11, 3, 18, 0, tzinfo=UTC))
    body = {"service": "MON-CALL", "findings": ["SAFE_AT_HOME"], "effective_at": then}
    await desk.do(f"followups/{visit}/record", WORKER, body)
    assert (await desk.get(f"followups/{visit}", WORKER)).json()["visited_on"] == "2026-11-04"
