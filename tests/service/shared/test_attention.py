"""What people are called to look at: the same in each service, from the reaction that calls to who dismisses."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from importlib import import_module
from typing import Any

import pytest

from services import SERVICES
from shared.audit import alerts
from shared.auth import Role
from shared.bus.lag import lag
from shared.clock import local_day
from shared.codes import lookup
from shared.contracts import intake, referrals
from shared.errors import Refused
from shared.ids import pseudonym
from shared.journey.lost import KIND
from shared.testing import Harness, caller, ref
from shared.writing import within
from tests.conftest import Start
from tests.service.grants import desk as grants
from tests.service.intake import desk as reception
from tests.service.referrals import desk as aftercare
from tests.service.screening.casework import CASE, CENTRE, DAY, Casework
from tests.support.answered import ok

SUPERVISOR, WORKER, ANALYST = (
    caller(name, role) for name, role in (("vanna", Role.SUPERVISOR), ("chan", Role.CASEWORKER), ("mey", Role.ANALYST))
)
DONE, NOT_NEEDED = {"reason": "DONE_BY_HAND"}, {"reason": "NO_LONGER_NEEDED"}


async def _a_voided_case_is_to_close(world: Harness) -> str:
    desk = reception.Desk(world)
    case = await desk.case("Sok Dara", reception.born(2008, 6, 1))
    ok(await desk.change(f"cases/{case}", "void", reason="ENTERED_IN_ERROR"))
    closed = referrals.PlanClosed(case_ref=case, plan_ref=ref("plan"), reason="GOALS_MET", day=DAY, overridden=False)
    await world.hear("referrals", closed)
    return case


async def _a_reaction_that_a_rule_refuses(world: Harness) -> str:
    """No rule of screening refuses today what it heard; one is made to."""

    def refuse(*_: Any, **__: Any) -> None:
        raise Refused("case_has_an_interview")

    await Casework(world).know(CASE)
    admitted = intake.StayAdmitted(case_ref=CASE, stay_ref=ref("stay"), organisation_ref=CENTRE, day=DAY)
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("services.screening.reactions.open_for_case", refuse)
        await world.hear("intake", admitted)
    return CASE


async def _a_visit_nobody_made(world: Harness) -> str:
    desk = aftercare.Desk(world)
    await desk.opened(minor=False)
    await desk.came_home(DAY)
    world.clock.advance(days=48, hours=17)  # at the border it is the next day already
    await world.settle()
    return aftercare.CASE


async def _money_of_somebody_missing(world: Harness) -> str:
    desk = grants.Desk(world)
    await desk.heard("sok")
    await desk.signed("sok", await desk.programme())
    await world.hear("intake", intake.CaseTransferAccepted(case_ref=ref("sok"), organisation_ref=CENTRE))
    await world.hear("intake", intake.StayMissing(case_ref=ref("sok"), stay_ref=ref("stay"), day=DAY))
    return ref("sok")


Raise = Callable[[Harness], Awaitable[str]]
RAISED: dict[str, tuple[Raise, str, str]] = {
    "intake": (_a_voided_case_is_to_close, "close_case", "not_allowed_in_status"),
    "screening": (_a_reaction_that_a_rule_refuses, "open_interview", "case_has_an_interview"),
    "referrals": (_a_visit_nobody_made, "followup_overdue", "followup_overdue"),
    "grants": (_money_of_somebody_missing, "call_people_to_what_is_held", "instalments_held"),
}


async def listed(world: Harness, path: str, who: str = WORKER, **filters: Any) -> list[dict[str, Any]]:
    return list(ok(await world.get(path, who, **filters))["items"])


@pytest.mark.parametrize("name", SERVICES)
async def test_people_are_called_look_and_dismiss(start: Start, name: str) -> None:
    world = await start(name)
    raised, kind, code = RAISED[name]
    case, path, kept = await raised(world), f"/{name}/v1/attention", world.running[name].kept
    [row] = await listed(world, path, status="open")
    assert {**row, "recorded_at": "", "updated_at": "", "ref": ""} == {
        "ref": "", "version": 1, "next": [], "recorded_at": "", "updated_at": "", "status": "open",
        "kind": kind, "code": code, "subject": f"case/{case}", "case_ref": case,
        "reason": None, "dismissed_by": None, "dismissed_at": None, "source": None, "lost": [],
    }  # fmt: skip
    one = f"{path}/{row['ref']}"
    assert ok(await world.get(one, WORKER)) == row
    assert ok(await world.get(one, SUPERVISOR)) == row | {"next": ["dismissAttention"]}
    for who in (ANALYST, caller("oudom", Role.OPERATOR)):
        assert [(await world.get(at, who)).status_code for at in (path, one)] == [404, 404]
    assert (await lag(kept)).attention == 1

    refused = await world.post(f"{one}/dismiss", WORKER, DONE, version=1)
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    receipt = ok(await world.post(f"{one}/dismiss", SUPERVISOR, DONE, version=1, key="once"))
    assert receipt == {"ref": row["ref"], "version": 2, "status": "dismissed", "next": []}
    assert await listed(world, path, status="open") == []
    [gone] = await listed(world, path, status="dismissed", reason="DONE_BY_HAND")
    assert (gone["dismissed_by"], gone["version"]) == (pseudonym("staff", "vanna"), 2)
    assert gone["dismissed_at"] is not None
    assert (await lag(kept)).attention == 0
    done = [entry for entry in await world.rows(name, "audit") if entry["action"] == "attention.dismiss"]
    assert [(entry["decision"], entry["subjects"]) for entry in done] == [
        ("not_found", [f"attention/{row['ref']}", f"case/{case}"]),
        ("done", [f"case/{case}"]),
    ]


async def test_the_same_dismissal_again_is_the_same_and_another_is_refused(start: Start) -> None:
    world = await start("intake")
    await _a_voided_case_is_to_close(world)
    [row] = await listed(world, "/intake/v1/attention")
    path = f"/intake/v1/attention/{row['ref']}"

    async def dismissed(body: dict[str, Any], version: int | None, key: str = "", who: str = SUPERVISOR) -> Any:
        answer = await world.post(f"{path}/dismiss", who, body, version=version, key=key)
        return answer.status_code, answer.json().get("code") or answer.json()["version"], answer.headers.get("etag")

    assert await dismissed(DONE, None) == (428, "version_required", None)
    assert await dismissed(DONE, 7) == (412, "stale", None)
    assert await dismissed({"reason": "BORED"}, 1) == (422, "invalid", None)
    assert await dismissed({**DONE, "effective_at": "2026-11-05T00:00:00Z"}, 1) == (422, "in_the_future", None)
    first = await dismissed(DONE, 1, "once")
    assert first == (200, 2, '"2"')
    before = await world.rows("intake", "attention")
    assert await dismissed(DONE, 1, "once") == first
    assert await dismissed(DONE, 2, who=caller("sopheap", Role.SUPERVISOR)) == first
    assert await dismissed(NOT_NEEDED, 1, "once") == (422, "idempotency_key_reused", None)
    assert await dismissed(NOT_NEEDED, 2) == (409, "not_allowed_in_status", None)
    assert await world.rows("intake", "attention") == before
    assert (await world.get(path, WORKER)).headers["etag"] == '"2"'


async def test_no_event_tells_of_a_dismissal(start: Start) -> None:
    world = await start("grants")
    case = await _money_of_somebody_missing(world)
    [row] = await listed(world, "/grants/v1/attention")
    journal = await world.rows("grants", "journal")
    await world.post(f"/grants/v1/attention/{row['ref']}/dismiss", SUPERVISOR, DONE, version=1)
    assert await world.rows("grants", "journal") == journal
    assert (await listed(world, "/grants/v1/attention", case_ref=case))[0]["status"] == "dismissed"


async def test_the_list_is_filtered_and_turned(start: Start) -> None:
    """One visit that nobody made is overdue in December, the next in February."""
    world = await start("referrals")
    case, path = await _a_visit_nobody_made(world), "/referrals/v1/attention"
    world.clock.advance(days=70)
    await world.settle()
    rows = await listed(world, path)
    assert len(rows) == 2
    days = [str(local_day(datetime.fromisoformat(row["recorded_at"]))) for row in rows]
    assert days[0][:7] < days[1][:7]
    first, second = rows
    for filters, found in (
        ({"order": "newest"}, [second, first]),
        ({"day": days[0]}, [first]),
        ({"month": days[1][:7]}, [second]),
        ({"day": days[0], "month": days[1][:7]}, []),
        ({"month": "2026-11"}, []),
        ({"case_ref": case}, rows),
        ({"subject": f"case/{case}"}, rows),
        ({"case_ref": case, "subject": f"household/{case}"}, []),
        ({"subject": f"household/{case}"}, []),
        ({"kind": ["followup_overdue", "open_plan"]}, rows),
        ({"kind": "open_plan"}, []),
        ({"code": "followup_overdue"}, rows),
        ({"code": "plan_known"}, []),
        ({"status": ["open", "dismissed"]}, rows),
        ({"status": "dismissed"}, []),
        ({"reason": "DONE_BY_HAND"}, []),
    ):
        assert await listed(world, path, **filters) == found, filters
    page = ok(await world.get(path, WORKER, limit=1))
    assert (await listed(world, path, limit=1, cursor=page["next_cursor"])) == [second]
    other = await world.get(path, WORKER, limit=1, cursor=page["next_cursor"], status="open")
    assert (other.status_code, other.json()["code"]) == (422, "cursor_unusable")
    unknown = await world.get(path, WORKER, kind="no_such_reaction")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "invalid")


def test_whatever_may_call_people_has_its_words() -> None:
    """A label for every reaction and deadline of every service, for lost facts and many reads, and for nothing else."""
    known = {name for service in SERVICES for name in import_module(f"services.{service}.app").SERVICE.reactions.names}
    assert set(lookup("attention_kind").codes) == {*known, KIND, within.KIND, *alerts.KINDS}
