"""Intake itself was put back from an older copy: what it told since goes on to protect in intake as well."""

from typing import Any

import pytest

from shared.auth import Role
from shared.contracts import intake
from shared.contracts.intake import ConsentPurpose
from shared.contracts.screening import ReceiverKind
from shared.model import Event
from shared.testing import Harness, caller, ref
from tests.service.intake.desk import TOLD, Desk, born, refused
from tests.service.intake.test_stays import decided
from tests.support.answered import ok
from tests.support.went_back import is_folded, lost_itself

CHILD, ADULT = born(2014, 5, 2), born(1985)
SUPERVISOR = caller("vuthy", Role.SUPERVISOR)
SIGNED: dict[str, Any] = {"informed": TOLD, "signature": "THUMBPRINT"}


async def lost(desk: Desk, *events: Event, known_to: str = "") -> None:
    await lost_itself(desk.harness, "intake", *events, known_to=known_to)


async def dismissed(desk: Desk) -> None:
    """People have looked at all that was lost."""
    for row in (await desk.see("attention", SUPERVISOR, status="open"))["items"]:
        assert row["kind"] == "facts_lost"
        ok(await desk.change(f"attention/{row['ref']}", "dismiss", SUPERVISOR, reason="DONE_BY_HAND"))


def suspected(case: str, person: str, *, implicated: bool = True) -> Event:
    return intake.CaseCaregiverImplicated(
        case_ref=case, household_ref=ref("home"), person_ref=person, implicated=implicated
    )


async def test_a_child_is_not_handed_to_whoever_was_suspected_in_the_lost_time(desk: Desk) -> None:
    case, mother = await desk.case("Keo Rithy", CHILD), await desk.person("Keo Mealea", ADULT)
    stay = f"stays/{await desk.stay(case)}"
    await decided(desk, case, mother, ReceiverKind.PARENT)
    await lost(desk, suspected(case, mother))
    to_her = {"receiver": "PARENT", "receiver_ref": mother}
    refused(await desk.change(stay, "hand-over", **to_her), "receiver_implicated")
    assert await is_folded(desk.harness, "intake")
    await dismissed(desk)
    assert await is_folded(desk.harness, "intake")
    ok(await desk.change(stay, "hand-over", **to_her))


async def test_a_child_that_went_missing_in_the_lost_time_is_found_before_it_goes_home(desk: Desk) -> None:
    case, aunt = await desk.case("Keo Rithy", CHILD), await desk.person("Keo Sothea", ADULT)
    stay = await desk.stay(case)
    await decided(desk, case, aunt)
    await lost(desk, intake.StayMissing(case_ref=case, stay_ref=stay, day=desk.harness.clock().date()))
    to_her = {"receiver": "KIN", "receiver_ref": aunt}
    refused(await desk.change(f"stays/{stay}", "hand-over", **to_her), "not_allowed_in_status")
    ok(await desk.change(f"stays/{stay}", "report-missing"))
    ok(await desk.change(f"stays/{stay}", "report-found"))
    assert await is_folded(desk.harness, "intake")
    ok(await desk.change(f"stays/{stay}", "hand-over", **to_her))


async def test_no_consent_that_was_withdrawn_in_the_lost_time_stands_in_the_journey(desk: Desk) -> None:
    case = await desk.case("Ly Sreymom", ADULT)
    share: dict[str, Any] = {"purpose": "SHARE", "organisation_ref": ref("school"), "giver": "SELF", **SIGNED}
    consent = ok(await desk.do("consents/grant", case_ref=case, **share))["ref"]
    withdrawn = intake.ConsentWithdrawn(
        case_ref=case, consent_ref=consent, purpose=ConsentPurpose.SHARE, organisation_ref=ref("school")
    )
    await lost(desk, withdrawn)
    seen = (await desk.see(f"cases/{case}/journey"))["facets"]["intake"]
    assert seen["consents"] == []
    # Recorded again, and given again: what is told anew counts at once.
    ok(await desk.do(f"consents/{consent}/withdraw"))
    again = ok(await desk.do("consents/grant", case_ref=case, **share))["ref"]
    seen = (await desk.see(f"cases/{case}/journey"))["facets"]["intake"]
    assert [held["consent_ref"] for held in seen["consents"]] == [again]
    assert await is_folded(desk.harness, "intake")


@pytest.mark.parametrize("known_to", ["screening", "intake"])
async def test_a_caregiver_suspected_in_the_lost_time_cannot_consent_whoever_knows_of_it(
    world: Harness, known_to: str
) -> None:
    """Another service had heard it and intake reads it in the topic later, or intake read it before it went on."""
    desk = Desk(world)
    case, mother = await desk.case("Ly Dara", CHILD), await desk.person("Ly Bopha", ADULT)
    await lost(desk, suspected(case, ref("uncle")), suspected(case, mother), known_to=known_to)
    ask: dict[str, Any] = {"case_ref": case, "purpose": "INTERVIEW", "assent": "ASSENT", "giver": "CAREGIVER", **SIGNED}
    refused(await desk.do("consents/grant", giver_ref=mother, **ask), "caregiver_implicated")
    await dismissed(desk)
    assert await is_folded(desk.harness, "intake")
    ok(await desk.do("consents/grant", giver_ref=mother, **ask))


async def test_a_case_of_which_nothing_is_left_protects_once_it_is_opened_anew(desk: Desk) -> None:
    child, mother = await desk.person("Ly Dara", CHILD), await desk.person("Ly Bopha", ADULT)
    case = {"ref": ref("case"), "person_ref": child, "country": "VN"}
    day = desk.harness.clock().date()
    opened = intake.CaseOpened(
        case_ref=ref("case"), organisation_ref=ref("centre"), country="VN", is_minor=True, opened=day
    )
    await lost(desk, opened, suspected(ref("case"), mother))
    assert await is_folded(desk.harness, "intake")
    ok(await desk.do("cases", **case))
    ask: dict[str, Any] = {"case_ref": ref("case"), "purpose": "INTERVIEW", "assent": "ASSENT", **SIGNED}
    refused(await desk.do("consents/grant", giver="CAREGIVER", giver_ref=mother, **ask), "caregiver_implicated")
    assert await is_folded(desk.harness, "intake")


async def test_a_suspicion_that_ended_in_the_lost_time_protects_nobody(desk: Desk) -> None:
    case, mother = await desk.case("Ly Dara", CHILD), await desk.person("Ly Bopha", ADULT)
    await lost(desk, suspected(case, mother), suspected(case, mother, implicated=False))
    ask: dict[str, Any] = {"case_ref": case, "purpose": "INTERVIEW", "assent": "ASSENT", "giver": "CAREGIVER", **SIGNED}
    ok(await desk.do("consents/grant", giver_ref=mother, **ask))
