"""Exceptions to consent over HTTP: one person begins, people hear of it at once, a second one confirms within a day."""

from typing import Any

from shared.auth import Role
from shared.testing import caller, ref
from tests.service.intake.desk import DOSVY, OFFICER, Desk, born, refused
from tests.service.intake.test_custody import HEAD
from tests.service.intake.test_disclosures import AT, SCHOOL, TEACHER, accepted
from tests.service.intake.test_glass import OFFICER_OF_PRIVACY
from tests.support.answered import ok

DANGER: dict[str, Any] = {"purpose": "SHARE", "organisation_ref": ref("hospital"), "exception": "DANGER_TO_LIFE"}


async def _begun(desk: Desk, who: str = OFFICER) -> str:
    """The path of an exception that somebody named."""
    case = await desk.case("Ly Dara", born(2013, 5, 2))
    return f"consents/{ok(await desk.do('consents/grant', who, case_ref=case, **DANGER))['ref']}"


async def _status(desk: Desk, consent: str) -> str:
    return str((await desk.see(consent))["status"])


async def test_the_supervisor_and_the_privacy_officer_hear_of_it_at_once(desk: Desk) -> None:
    await _begun(desk)
    for who in (OFFICER_OF_PRIVACY, HEAD):
        rows = (await desk.see("attention", who))["items"]
        assert [row["kind"] for row in rows] == ["exception_tells_owner", "exception_tells_privacy_officer"]


async def test_what_somebody_agreed_to_calls_nobody(desk: Desk) -> None:
    case = await desk.case("Ly Sreymom", born(1985))
    told = dict.fromkeys(
        ("purpose", "actual_use", "possible_use", "research_use", "right_of_access", "retention_time"), True
    )
    informed = {**told, "how_to_withdraw": True}
    agreed: dict[str, Any] = {"purpose": "STORE", "giver": "SELF", "informed": informed, "signature": "WRITTEN"}
    ok(await desk.do("consents/grant", case_ref=case, **agreed))
    assert (await desk.see("attention", HEAD))["items"] == []


async def test_attack_one_person_alone_shares_without_consent_for_longer_than_a_day(desk: Desk) -> None:
    """Neither by themselves in another role, nor with somebody of another house; and it ends by the clock."""
    consent = await _begun(desk)
    refused(await desk.change(consent, "confirm"), "not_found")
    refused(await desk.change(consent, "confirm", caller("srey-intake", Role.CASEWORKER)), "exception_second_person")
    for stranger in (DOSVY, caller("x", Role.SUPERVISOR, "far-centre")):
        refused(await desk.do(f"{consent}/confirm", stranger, 1), "not_found")
    desk.harness.clock.advance(hours=23)
    await desk.harness.settle()
    assert await _status(desk, consent) == "granted"
    desk.harness.clock.advance(hours=2)
    refused(await desk.change(consent, "confirm", HEAD), "exception_confirmed_too_late")
    await desk.harness.settle()
    assert await _status(desk, consent) == "expired"


async def test_a_second_person_of_the_house_confirms_it_and_it_lasts(desk: Desk) -> None:
    consent = await _begun(desk)
    ok(await desk.change(consent, "confirm", HEAD))
    desk.harness.clock.advance(days=3)
    await desk.harness.settle()
    seen = await desk.see(consent)
    assert (seen["status"], seen["valid_until"]) == ("granted", None)
    told = await desk.harness.told("intake", f"case/{seen['case_ref']}")
    assert told[-1] == "intake.consent.confirmed.v1"


async def test_attack_a_provider_reads_on_what_one_person_alone_let_it_know_after_a_day(desk: Desk) -> None:
    """By the clock, before the end was told to anybody."""
    case = await accepted(desk, consents=False)
    ok(await desk.do("consents/grant", case_ref=case, **{**DANGER, "organisation_ref": SCHOOL}))
    ok(await desk.harness.get(AT, TEACHER))
    desk.harness.clock.advance(hours=25)
    refused(await desk.harness.get(AT, TEACHER), "not_found")
