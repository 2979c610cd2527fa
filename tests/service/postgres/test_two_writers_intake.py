"""Two writers at once in intake: people, ages and working relations are judged as they stand under the lock."""

from datetime import date
from typing import Any

import pytest

from shared.contracts import referrals
from shared.ids import pseudonym
from tests.service.intake.desk import OFFICER, OTHER, TOLD, Desk, born, refused
from tests.service.postgres.conftest import Both, Pair, Request, request
from tests.support.answered import ok

VOID = {"reason": "ENTERED_IN_ERROR"}
NAME = "Sok Invented"
ADULT, CHILD = born(1985), born(2013, 5, 2)


@pytest.fixture
async def pair(both: Both) -> Pair:
    return await both("intake")


@pytest.fixture
def desk(pair: Pair) -> Desk:
    return Desk(pair.harness)


def _open(person: str) -> Request:
    return request(OFFICER, "/intake/v1/cases", {"person_ref": person, "country": "VN"})


async def _do(desk: Desk, who: str, thing: str, command: str, **body: object) -> Request:
    """A command on a thing as it stands before the two meet."""
    return request(who, f"/intake/v1/{thing}/{command}", dict(body), await desk.version(thing))


async def _closed(desk: Desk) -> tuple[str, str]:
    """A closed case and its person."""
    case = await desk.case(NAME, ADULT)
    closed = referrals.PlanClosed(
        case_ref=case, plan_ref=case, reason="GOALS_MET", day=date(2026, 11, 4), overridden=False
    )
    await desk.harness.hear("referrals", closed)
    found = await desk.see(f"cases/{case}")
    assert found["status"] == "closed"
    return case, found["person_ref"]


async def test_no_case_opens_about_a_person_who_is_struck_out_meanwhile(pair: Pair, desk: Desk) -> None:
    person = await desk.person(NAME)
    refused(await pair.meet(await _do(desk, OFFICER, f"persons/{person}", "void", **VOID), _open(person)),
            "person_voided")  # fmt: skip


async def test_no_case_opens_again_about_a_person_who_is_struck_out_meanwhile(pair: Pair, desk: Desk) -> None:
    case, person = await _closed(desk)
    void = await _do(desk, OFFICER, f"persons/{person}", "void", **VOID)
    refused(await pair.meet(void, await _do(desk, OFFICER, f"cases/{case}", "reopen")), "person_voided")


async def test_nobody_is_struck_out_whose_case_opens_again_meanwhile(pair: Pair, desk: Desk) -> None:
    case, person = await _closed(desk)
    void = await _do(desk, OFFICER, f"persons/{person}", "void", **VOID)
    refused(await pair.meet(await _do(desk, OFFICER, f"cases/{case}", "reopen"), void), "person_has_a_case")


async def _younger(desk: Desk, case: str) -> Request:
    """Somebody finds the paper that shows a child."""
    person = (await desk.see(f"cases/{case}"))["person_ref"]
    names = [{"full_name": NAME, "script": "LATIN", "order": "FAMILY_FIRST"}]
    return await _do(desk, OFFICER, f"persons/{person}", "correct", identity={"names": names, "births": [CHILD]})


async def test_who_may_consent_is_judged_by_the_age_that_is_known_under_the_lock(pair: Pair, desk: Desk) -> None:
    case = await desk.case(NAME, ADULT)
    asked = {"case_ref": case, "purpose": "STORE", "giver": "SELF", "informed": TOLD, "signature": "THUMBPRINT"}
    grant = request(OFFICER, "/intake/v1/consents/grant", asked)
    refused(await pair.meet(await _younger(desk, case), grant), "child_needs_permission")


async def test_who_may_travel_alone_is_judged_by_the_age_that_is_known_under_the_lock(pair: Pair, desk: Desk) -> None:
    case = await desk.case(NAME, ADULT)
    stay = await desk.stay(case)
    travel = await _do(desk, OFFICER, f"stays/{stay}", "arrange-travel", mode="BUS")
    refused(await pair.meet(await _younger(desk, case), travel), "child_needs_escort")


async def test_nobody_without_a_part_corrects_a_person_whose_case_opens_meanwhile(pair: Pair, desk: Desk) -> None:
    person = await desk.person(NAME)
    correct = await _do(desk, OTHER, f"persons/{person}", "correct", sex="FEMALE")
    refused(await pair.meet(_open(person), correct), "relation_needed")


async def _shared(desk: Desk) -> tuple[str, str]:
    """A case on which two officers work, and its person."""
    case = await desk.case(NAME, ADULT)
    found = await desk.see(f"cases/{case}")
    other = {**_working(found["workers"][0]), "staff_ref": pseudonym("staff", "dara-intake")}
    ok(await desk.change(f"cases/{case}", "assign", **other))
    return case, found["person_ref"]


async def _released(desk: Desk, case: str) -> Request:
    """The other officer ends the first one's work on the case."""
    first, *_ = (await desk.see(f"cases/{case}"))["workers"]
    return await _do(desk, OTHER, f"cases/{case}", "release", **_working(first))


def _working(worker: dict[str, Any]) -> dict[str, Any]:
    """Who works, for whom and as what, without the day until which."""
    return {name: value for name, value in worker.items() if name != "until"}


async def test_who_is_released_meanwhile_works_on_that_case_no_more(pair: Pair, desk: Desk) -> None:
    case, _ = await _shared(desk)
    stay = request(OFFICER, "/intake/v1/stays/admit", {"case_ref": case})
    refused(await pair.meet(await _released(desk, case), stay), "relation_needed")


async def test_who_is_released_meanwhile_forms_no_household_of_these_people(pair: Pair, desk: Desk) -> None:
    case, person = await _shared(desk)
    members = [{"person_ref": person, "relationship": "HEAD"}]
    form = request(OFFICER, "/intake/v1/households", {"members": members})
    refused(await pair.meet(await _released(desk, case), form), "not_found")
