"""The audit as it is read: by the privacy officer, and by a caseworker for the person who asks who saw their file."""

from collections import Counter
from random import Random
from typing import Any

import pytest

from shared.auth import Purpose, Role
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.conftest import Start
from tests.service.intake.desk import OFFICER, OTHER, Desk, born, refused
from tests.support.answered import ok
from tests.support.callers import caller_of

PRIVACY = caller("maly-privacy", Role.PRIVACY_OFFICER)
SUPERVISOR = caller("vanna", Role.SUPERVISOR)
WORKER = caller("chan", Role.CASEWORKER)
ELSEWHERE = caller("chan-elsewhere", Role.CASEWORKER, "another-centre")
KEYS = {
    "at",
    "staff_ref",
    "organisation_ref",
    "role",
    "purpose",
    "action",
    "decision",
    "subjects",
    "classes",
    "request_id",
}


@pytest.fixture
async def desk(start: Start) -> Desk:
    return Desk(await start("intake"))


async def numbered(desk: Desk) -> None:
    """Let the sequencer number all that waits."""
    while await desk.harness.running["intake"].sequencer.step():
        pass


async def all_of(desk: Desk, path: str, who: str, **params: Any) -> list[dict[str, Any]]:
    """Every item of a list, page by page."""
    items: list[dict[str, Any]] = []
    page = await desk.see(path, who, limit=7, **params)
    while True:
        items += page["items"]
        if not page.get("next_cursor"):
            return items
        page = await desk.see(path, who, limit=7, cursor=page["next_cursor"], **params)


async def test_the_privacy_officer_reads_who_did_what_and_no_value(desk: Desk) -> None:
    case = await desk.case("Sok Dara", born(2012))
    await desk.see(f"cases/{case}")
    await desk.unseen(f"cases/{case}", ELSEWHERE)
    items = await all_of(desk, "audit", PRIVACY)
    assert all(set(item) == KEYS for item in items)
    assert "Sok Dara" not in str(items)
    assert {item["decision"] for item in items} >= {"done", "shown", "not_found"}
    assert items == sorted(items, key=lambda item: item["at"])
    newest = await desk.see("audit", PRIVACY, limit=1, order="newest")
    assert newest["items"][0]["action"] == "audit.read"


@pytest.mark.parametrize("at_once", [True, False])
async def test_it_is_filtered_before_and_after_entries_have_their_numbers(desk: Desk, at_once: bool) -> None:
    case, other = await desk.case("Sok Dara", born(2012)), await desk.case("Sok Thary", born(2011))
    for _ in range(3):
        await desk.see(f"cases/{case}")
        await desk.see(f"cases/{other}", OTHER)
    if not at_once:
        await numbered(desk)

    async def found(**params: Any) -> list[dict[str, Any]]:
        return await all_of(desk, "audit", PRIVACY, **params)

    mine = await found(subject=f"case/{case}", action="intake.case.read", decision="shown")
    assert len(mine) == 3
    assert all(f"case/{case}" in item["subjects"] for item in mine)
    assert [item["subjects"] for item in await found(staff_ref=pseudonym("staff", "dara-intake"))] == [
        [f"case/{other}"]
    ] * 3
    assert await found(subject=f"case/{ref('nobody')}", action="intake.case.read") == []
    assert await found(last_day="2026-11-03") == []
    assert len(await found(first_day="2026-11-04", last_day="2026-11-04", action="intake.case.read")) == 6
    refused(await desk.harness.get("/intake/v1/audit", PRIVACY, subject="Sok Dara"), "invalid")


async def test_reading_the_audit_is_in_the_audit(desk: Desk) -> None:
    case = await desk.case("Sok Dara", born(2012))
    await desk.see("audit", PRIVACY, subject=f"case/{case}")
    last = (await desk.harness.rows("intake", "audit"))[-1]
    assert (last["action"], last["decision"], last["subjects"]) == ("audit.read", "shown", [f"case/{case}"])
    assert last["staff_ref"] == pseudonym("staff", "maly-privacy")


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.PRIVACY_OFFICER, Role.SYSTEM}])
async def test_nobody_else_reads_it(desk: Desk, role: Role) -> None:
    answer = await desk.harness.get("/intake/v1/audit", caller("somebody", role, purpose=Purpose.PROTECTION))
    assert answer.status_code in {403, 404}


async def test_a_cursor_is_of_its_filters_alone(desk: Desk) -> None:
    await desk.case("Sok Dara", born(2012))
    page = await desk.see("audit", PRIVACY, limit=1)
    answer = await desk.harness.get("/intake/v1/audit", PRIVACY, cursor=page["next_cursor"], decision="done")
    refused(answer, "cursor_unusable")


async def test_who_saw_a_file_is_told_by_those_who_work_on_the_case_alone(desk: Desk) -> None:
    case = await desk.case("Sok Dara", born(2012))
    worker = caller("srey-intake", Role.CASEWORKER)
    assert {item["staff_ref"] for item in (await desk.see(f"cases/{case}/readers", worker))["items"]}
    ok(await desk.harness.get(f"/intake/v1/cases/{case}/readers", SUPERVISOR))
    for stranger in (ELSEWHERE, WORKER, OFFICER, PRIVACY, caller("boss", Role.SUPERVISOR, "another-centre")):
        await desk.unseen(f"cases/{case}/readers", stranger)
    await desk.unseen(f"cases/{ref('none')}/readers", worker)


@pytest.mark.parametrize("seed", range(4))
async def test_who_saw_a_file_is_complete(desk: Desk, seed: int) -> None:
    """Over a random walk, compared with what the driver noted of each answer that told of the person."""
    walk = Random(seed)  # noqa: S311 -- an order, not a secret
    cases = [await desk.case(name, born(2012)) for name in ("Sok Dara", "Sok Thary", "Chan Vibol")]
    persons = [(await desk.see(f"cases/{case}"))["person_ref"] for case in cases]
    begun = len(await all_of(desk, f"cases/{cases[0]}/readers", SUPERVISOR))
    noted: Counter[tuple[str, str, str]] = Counter()

    def note(who: str, action: str) -> None:
        asking = caller_of(who)
        noted[asking.staff_ref, asking.organisation_ref, action] += 1

    readers = [OFFICER, OTHER, SUPERVISOR, WORKER, ELSEWHERE, PRIVACY]
    for step in range(40):
        who, place = walk.choice(readers), walk.randrange(len(cases))
        path, action = walk.choice(
            [
                (f"cases/{cases[place]}", "intake.case.read"),
                (f"persons/{persons[place]}", "intake.person.read"),
                (f"cases/{cases[place]}/journey", "journey.read"),
                ("cases", "intake.case.read"),
                ("persons", "intake.person.read"),
            ]
        )
        answer = await desk.harness.get(f"/intake/v1/{path}", who)
        # The driver's own look at the answer: whether the first of the three stands in it.
        if answer.is_success and (cases[0] in answer.text or persons[0] in answer.text or cases[0] in path):
            note(who, action)
        if step % 9 == 0:
            await numbered(desk)

    items = await all_of(desk, f"cases/{cases[0]}/readers", SUPERVISOR)
    said = Counter(
        (item["staff_ref"], item["organisation_ref"], item["action"])
        for item in items[begun:]
        if item["action"] != "audit.readers"
    )
    assert said == noted
    assert noted.total() > 5
    assert all(item["at"] and item["purpose"] and item["classes"] is not None for item in items)
