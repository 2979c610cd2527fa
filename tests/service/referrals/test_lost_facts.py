"""Intake was put back from an older copy: what it told since is lost, is shown to people, and goes on to protect."""

import re
from datetime import date
from typing import Any

from shared.bus.rebuild import differences, refold
from shared.contracts import intake
from shared.contracts.intake import ConsentPurpose
from shared.testing import ref
from tests.service.referrals.desk import CASE, HOUSEHOLD, SCHOOL, SUPERVISOR, WITHDRAWN, WORKER, Desk
from tests.support.went_back import told_anew, went_back

SUBJECT = f"case/{CASE}"
DONE = {"reason": "DONE_BY_HAND"}
FOUND = intake.StayFound(case_ref=CASE, stay_ref=ref("stay"), day=date(2026, 11, 4))
MISSING = intake.StayMissing(case_ref=CASE, stay_ref=ref("stay"), day=date(2026, 11, 4))


async def asked_and_withdrawn(desk: Desk) -> str:
    """A request that was drafted while the person agreed, and the day on which they changed their mind."""
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    request = await desk.drafted()
    await desk.withdrawn()
    return request


async def sent(desk: Desk, request: str) -> tuple[int, str]:
    answer = await desk.do(f"service-referrals/{request}/send", WORKER)
    return answer.status_code, answer.json().get("code") or answer.json()["status"]


async def called(desk: Desk) -> list[dict[str, Any]]:
    items = (await desk.get("attention", SUPERVISOR, status="open")).json()["items"]
    return [item for item in items if item["kind"] == "facts_lost"]


async def dismissed(desk: Desk, row: dict[str, Any]) -> None:
    answer = await desk.post(f"attention/{row['ref']}/dismiss", SUPERVISOR, DONE, version=1)
    assert answer.status_code == 200, answer.text


async def counted(desk: Desk) -> int:
    """How many streams the metrics say people have still to look at."""
    async with desk.harness.client() as client:
        page = (await client.get("/referrals/metrics")).text
    [value] = re.findall(r'^homeward_lost_streams\{service="referrals"\} (\d)\.0$', page, re.MULTILINE)
    return int(value)


async def facets(desk: Desk) -> list[dict[str, Any]]:
    """What referrals makes of intake's facts."""
    return [row["data"] for row in await desk.rows("facet") if row["source"] == "intake"]


async def is_folded(desk: Desk) -> bool:
    """Whether the views are what a rebuild would make of them."""
    kept = desk.harness.running["referrals"].kept
    return await differences(kept.database, kept.ledger, kept.journey) == []


async def test_a_withdrawal_in_the_lost_time_stays_in_force_until_people_dismiss_it(desk: Desk) -> None:
    request = await asked_and_withdrawn(desk)
    await went_back(desk.harness, "referrals", "intake", {SUBJECT: 4})
    assert await sent(desk, request) == (409, "consent_to_share_missing")
    [row] = await called(desk)
    assert (row["source"], row["case_ref"], row["code"]) == ("intake", CASE, "store_went_back")
    assert row["lost"] == [{"version": 5, "type": "intake.consent.withdrawn.v1", "day": "2026-11-04"}]
    assert await is_folded(desk)
    assert await counted(desk) == 1
    await dismissed(desk, row)
    assert (await called(desk), await counted(desk)) == ([], 0)
    assert await is_folded(desk)
    assert await sent(desk, request) == (200, "sent")


async def test_what_people_tell_anew_counts_at_once(desk: Desk) -> None:
    """Heard together with what is told again: the new consent stands behind what the older copy had."""
    request = await asked_and_withdrawn(desk)
    anew = intake.ConsentGranted(
        case_ref=CASE, consent_ref=ref("another"), purpose=ConsentPurpose.SHARE, organisation_ref=SCHOOL
    )
    await told_anew(desk.harness, "intake", 5, anew)
    await went_back(desk.harness, "referrals", "intake", {SUBJECT: 4})
    assert len(await called(desk)) == 1
    assert await is_folded(desk)
    assert await sent(desk, request) == (200, "sent")


async def test_a_stream_of_which_nothing_is_left_is_told_to_people_and_protects_on(desk: Desk) -> None:
    await desk.opened()
    await desk.harness.hear(
        "intake",
        intake.CaseCaregiverImplicated(case_ref=CASE, household_ref=HOUSEHOLD, person_ref=ref("aunt"), implicated=True),
    )
    await went_back(desk.harness, "referrals", "intake", {})
    [row] = await called(desk)
    assert [fact["version"] for fact in row["lost"]] == [1, 2, 3, 4]
    kept = desk.harness.running["referrals"].kept
    assert [fact["implicated"] for fact in await facets(desk)] == [[ref("aunt")]]
    assert (await refold(kept.database, kept.ledger, kept.journey)).changed == 0
    # Nobody is lost once more where the source goes back again and has told nothing since.
    await went_back(desk.harness, "referrals", "intake", {}, ordinal=2)
    assert len(await called(desk)) == 1
    assert [fact["implicated"] for fact in await facets(desk)] == [[ref("aunt")]]
    await dismissed(desk, row)
    assert await facets(desk) == []
    assert await is_folded(desk)


async def test_what_protects_ends_with_the_last_loss_that_is_dismissed(desk: Desk) -> None:
    request = await asked_and_withdrawn(desk)
    await went_back(desk.harness, "referrals", "intake", {SUBJECT: 4})
    await told_anew(desk.harness, "intake", 5, MISSING)
    await desk.harness.settle()
    await went_back(desk.harness, "referrals", "intake", {SUBJECT: 4}, ordinal=2)
    first, second = await called(desk)
    assert [fact["type"] for row in (first, second) for fact in row["lost"]] == [
        "intake.consent.withdrawn.v1",
        "intake.stay.missing.v1",
    ]
    [facet] = await facets(desk)
    assert (facet["missing"], facet["shares"]) == (True, [])
    await dismissed(desk, first)
    assert await facets(desk) == [facet]
    await dismissed(desk, second)
    [facet] = await facets(desk)
    assert facet["missing"] is False
    assert await sent(desk, request) == (200, "sent")


async def test_where_nothing_is_lost_nobody_is_called_and_nothing_kept(desk: Desk) -> None:
    await asked_and_withdrawn(desk)
    before = await facets(desk)
    await went_back(desk.harness, "referrals", "intake", {SUBJECT: 5})
    assert await called(desk) == []
    assert await facets(desk) == before
    assert await desk.rows("guard") == []


async def test_what_protects_holds_before_all_is_told_again(desk: Desk) -> None:
    """A record that cannot be read stands behind the consent that was taken back in the lost time."""
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    request = await desk.drafted()
    await desk.harness.hear("intake", FOUND, WITHDRAWN)
    await went_back(desk.harness, "referrals", "intake", {SUBJECT: 5}, broken=5)
    assert [row["version"] for row in await desk.rows("heard") if row["status"] == "parked"] == [5]
    assert await sent(desk, request) == (409, "consent_to_share_missing")
    assert await is_folded(desk)
