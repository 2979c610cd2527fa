"""Consents over HTTP: who may give one, for what, and how it ends."""

from datetime import timedelta
from typing import Any

from shared.ids import pseudonym
from shared.testing import ref
from tests.service.intake.desk import DOSVY, OFFICER, TOLD, Desk, born, refused
from tests.support.answered import ok

SIGNED: dict[str, Any] = {"informed": TOLD, "signature": "THUMBPRINT"}
CHILD, ADULT = born(2013, 5, 2), born(1985)


async def _with_dosvy(desk: Desk, case: str) -> None:
    office = pseudonym("organisation", "dosvy-svay-rieng")
    staff: dict[str, Any] = {"staff_ref": pseudonym("staff", "vanna-dosvy"), "kind": "AUTHORITY"}
    ok(await desk.change(f"cases/{case}", "assign", organisation_ref=office, **staff))


async def test_an_adult_consents_per_purpose_and_recipient(desk: Desk) -> None:
    case = await desk.case("Ly Sreymom", ADULT)
    to: dict[str, Any] = {"case_ref": case, "giver": "SELF", **SIGNED}
    refused(await desk.do("consents/grant", purpose="SHARE", **to), "recipient_not_named")
    share: dict[str, Any] = {"purpose": "SHARE", "organisation_ref": ref("school"), **to}
    consent = ok(await desk.do("consents/grant", **share))["ref"]
    refused(await desk.do("consents/grant", **share), "consent_already_granted")
    ok(await desk.do("consents/grant", **{**share, "organisation_ref": ref("training centre")}))
    refused(await desk.do("consents/refuse", case_ref=case, purpose="SHARE", organisation_ref=ref("school")),
            "withdraw_instead")  # fmt: skip
    page = await desk.see("consents", case_ref=case, purpose="SHARE", status="granted")
    assert len(page["items"]) == 2
    facets = (await desk.see(f"cases/{case}/journey"))["facets"]["intake"]["consents"]
    assert {held["organisation_ref"] for held in facets} == {ref("school"), ref("training centre")}
    ok(await desk.do(f"consents/{consent}/withdraw"))
    assert (await desk.see(f"consents/{consent}"))["status"] == "withdrawn"


async def test_h11_withdrawing_is_told_at_once_and_needs_no_version(desk: Desk) -> None:
    case = await desk.case("Ly Sreymom", ADULT)
    to: dict[str, Any] = {"case_ref": case, "purpose": "REFERRAL", "organisation_ref": ref("school"), "giver": "SELF"}
    consent = ok(await desk.do("consents/grant", **to, **SIGNED))["ref"]
    ok(await desk.do(f"consents/{consent}/withdraw"))
    ok(await desk.do(f"consents/{consent}/withdraw"))
    assert (await desk.harness.told("intake", f"case/{case}")).count("intake.consent.withdrawn.v1") == 1
    journey = await desk.see(f"cases/{case}/journey")
    assert journey["facets"]["intake"]["consents"] == []


async def test_h12_for_a_child_a_caregiver_who_is_implicated_cannot_consent_and_the_officer_acts(desk: Desk) -> None:
    case, mother = await desk.case("Ly Dara", CHILD), await desk.person("Ly Bopha", ADULT)
    child = (await desk.see(f"cases/{case}"))["person_ref"]
    home = ok(await desk.do("households", members=[{"person_ref": child, "relationship": "CHILD"}]))["ref"]
    suspect: dict[str, Any] = {"person_ref": mother, "relationship": "HEAD", "implicated_caregiver": True}
    ok(await desk.change(f"households/{home}", "add-member", **suspect))
    ask: dict[str, Any] = {"case_ref": case, "purpose": "INTERVIEW", "assent": "ASSENT", **SIGNED}
    refused(await desk.do("consents/grant", giver="SELF", **ask), "child_needs_permission")
    refused(await desk.do("consents/grant", giver="CAREGIVER", giver_ref=mother, **ask), "caregiver_implicated")
    refused(await desk.do("consents/grant", giver="SOCIAL_AFFAIRS_OFFICER", **ask), "not_the_officer")
    await _with_dosvy(desk, case)
    unwilling: dict[str, Any] = {**ask, "assent": "UNWILLING"}
    refused(await desk.do("consents/grant", DOSVY, giver="SOCIAL_AFFAIRS_OFFICER", **unwilling), "assent_missing")
    ok(await desk.do("consents/grant", DOSVY, giver="SOCIAL_AFFAIRS_OFFICER", **ask))


async def test_refusing_never_blocks_help(desk: Desk) -> None:
    case = await desk.case("Ly Sreymom", ADULT)
    ok(await desk.do("consents/refuse", case_ref=case, purpose="INTERVIEW"))
    ok(await desk.do("consents/refuse", case_ref=case, purpose="STORE"))
    stay = await desk.stay(case)
    lines = [{"ref": ref("meal"), "stay_ref": stay, "kind": "MEAL"}]
    assert ok(await desk.do("provisions", lines=lines))["lines"][0]["status"] == "given"
    ok(await desk.change(f"stays/{stay}", "arrange-travel", mode="BUS"))
    ok(await desk.change(f"stays/{stay}", "depart"))
    ok(await desk.change(f"stays/{stay}", "hand-over", receiver="SELF"))


async def test_a_consent_expires_when_its_last_day_is_over_unless_it_was_corrected(desk: Desk) -> None:
    case = await desk.case("Ly Sreymom", ADULT)
    today = desk.harness.clock().date()
    ask: dict[str, Any] = {"case_ref": case, "giver": "SELF", "valid_until": f"{today}", **SIGNED}
    short = ok(await desk.do("consents/grant", purpose="STORE", **ask))["ref"]
    longer = ok(await desk.do("consents/grant", purpose="GRANT", **ask))["ref"]
    ok(await desk.change(f"consents/{longer}", "correct", valid_until=f"{today + timedelta(days=30)}"))
    desk.harness.clock.advance(days=2)
    await desk.harness.settle()
    assert (await desk.see(f"consents/{short}"))["status"] == "expired"
    assert (await desk.see(f"consents/{longer}"))["status"] == "granted"
    ok(await desk.change(f"consents/{longer}", "void", reason="ENTERED_IN_ERROR"))


async def test_an_exception_is_named_and_the_witness_of_a_spoken_consent_is_sealed(desk: Desk) -> None:
    case = await desk.case("Ly Dara", CHILD)
    danger: dict[str, Any] = {"case_ref": case, "purpose": "MEDICAL", "exception": "DANGER_TO_LIFE"}
    ok(await desk.do("consents/grant", **danger))
    refused(await desk.do("consents/grant", **{**danger, "purpose": "MEDIA"}), "no_exception_for_this_purpose")
    adult = await desk.case("Ly Sreymom", ADULT)
    spoken: dict[str, Any] = {
        "case_ref": adult,
        "purpose": "STORE",
        "giver": "SELF",
        "informed": TOLD,
        "signature": "VERBAL_WITNESSED",
    }
    refused(await desk.do("consents/grant", **spoken), "witness_missing")
    consent = ok(await desk.do("consents/grant", witness="Chum Sovann", **spoken))["ref"]
    assert (await desk.see(f"consents/{consent}"))["witness"] == "Chum Sovann"
    stored = await desk.harness.rows("intake", "consent")
    assert all(b"Sovann" not in (row["witness"] or b"") for row in stored)
    assert (await desk.see("consents", OFFICER))["items"][0]["witness"] is None
