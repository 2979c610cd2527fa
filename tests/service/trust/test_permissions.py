"""What a front end is told of its user's rights: the policy for this role and purpose, and nothing of anybody."""

from typing import Any

import httpx

from shared.auth import Purpose, Role
from shared.ids import pseudonym
from shared.testing import Harness, caller
from tests.conftest import SERVICES

EVERYBODY = {"permissions.read"}


async def asked(world: Harness, service: str, role: Role, purpose: Purpose = Purpose.PROTECTION) -> httpx.Response:
    answer = await world.get(f"/{service}/v1/permissions", caller("sok", role, purpose=purpose))
    assert answer.status_code == 200, answer.text
    return answer


def by_action(answer: httpx.Response) -> dict[str, Any]:
    return {one["action"]: one for one in answer.json()["permissions"]}


async def test_it_says_on_which_grounds_and_what_needs_none(world: Harness) -> None:
    answer = await asked(world, "screening", Role.INTERVIEWER)
    assert (answer.json()["role"], answer.json()["purpose"]) == ("INTERVIEWER", "PROTECTION")
    found = by_action(answer)
    assert "attention.dismiss" not in found
    start, form = found["screening.interview.start"], found["screening.form.read"]
    assert (start["operations"], start["grounds"], start["anything"]) == (["startInterview"], ["relation"], False)
    assert {"TEAM", "SCREENING"} <= set(start["kinds"])
    assert (form["operations"], form["grounds"], form["kinds"], form["anything"]) == (
        [],
        ["public_directory"],
        [],
        True,
    )


async def test_it_is_asked_of_every_service_by_every_role(world: Harness) -> None:
    for service in SERVICES:
        for role in set(Role) - {Role.SYSTEM}:
            found = by_action(await asked(world, service, role))
            assert set(found) >= EVERYBODY
            assert all(one["grounds"] for one in found.values())
        assert set(by_action(await asked(world, service, Role.OPERATOR, Purpose.OPERATION))) == EVERYBODY
        assert set(by_action(await asked(world, service, Role.ANALYST))) == EVERYBODY | {"codes.read"}
        async with world.client() as client:
            assert (await client.get(f"/{service}/v1/permissions")).status_code == 401


async def test_a_purpose_that_the_role_may_not_have_opens_less(world: Harness) -> None:
    wide = set(by_action(await asked(world, "grants", Role.GRANTS_OFFICER, Purpose.GRANTS)))
    narrow = set(by_action(await asked(world, "grants", Role.GRANTS_OFFICER, Purpose.REINTEGRATION)))
    assert "grants.application.draft" in wide
    assert narrow <= wide
    refused = await world.get("/grants/v1/permissions", caller("sok", Role.OPERATOR, purpose=Purpose.GRANTS))
    assert (refused.status_code, refused.json()["code"]) == (403, "purpose_not_for_this")


async def test_it_names_nobody_and_is_not_sent_again(world: Harness) -> None:
    first = await asked(world, "intake", Role.CASEWORKER)
    for name in (pseudonym("staff", "sok"), pseudonym("organisation", "bavet-centre"), "sok"):
        assert name not in first.text
    who = {"Authorization": caller("sok", Role.CASEWORKER), "If-None-Match": first.headers["ETag"]}
    async with world.client() as client:
        again = await client.get("/intake/v1/permissions", headers=who)
    assert (again.status_code, again.content) == (304, b"")
    other = await asked(world, "intake", Role.SUPERVISOR)
    assert other.headers["ETag"] != first.headers["ETag"]
