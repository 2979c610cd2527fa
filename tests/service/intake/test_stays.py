"""Stays over HTTP: a bed, food, urgent needs, and a way home that is safe for a child."""

import json
from typing import Any

import pytest

from shared.auth import Role
from shared.contracts import screening
from shared.contracts.screening import ReceiverKind
from shared.testing import caller, ref
from tests.service.intake.desk import OFFICER, OTHER, Desk, born, refused
from tests.support.answered import ok

STRANGER = caller("far-officer", Role.INTAKE_OFFICER, "far-centre")
CHILD, ADULT = born(2014, 5, 2), born(1985)


async def decided(desk: Desk, case: str, receiver: str, kind: ReceiverKind = ReceiverKind.KIN) -> None:
    day = desk.harness.clock().date()
    fact = screening.BestInterestsDecided(
        case_ref=case,
        best_interests_ref=ref("decision"),
        receiver=kind,
        person_ref=receiver,
        panel=True,
        deciders=3,
        review_day=day,
        day=day,
    )
    await desk.harness.hear("screening", fact)


async def test_somebody_expected_gets_a_bed_and_the_bed_is_for_who_hosts_them(desk: Desk) -> None:
    case = await desk.case("Keo Sophea", ADULT)
    stay = ok(await desk.do("stays/expect", case_ref=case))["ref"]
    bed = {"room": "Lotus room", "bed": "4"}
    ok(await desk.do("stays/admit", ref=stay, case_ref=case, bed=bed))
    assert (await desk.see(f"stays/{stay}"))["bed"] == bed
    assert (await desk.see(f"stays/{stay}", OTHER))["bed"] == bed
    assert (await desk.see("stays", status="admitted", case_ref=case))["items"][0]["bed"] is None
    assert (await desk.harness.told("intake", f"case/{case}"))[2:] == [
        "intake.stay.expected.v1",
        "intake.stay.admitted.v1",
    ]
    refused(await desk.do("stays/admit", case_ref=case), "stay_already_open")
    audit = await desk.harness.rows("intake", "audit")
    assert any("C4" in row["classes"] and row["action"] == "intake.stay.read" for row in audit)


@pytest.mark.parametrize(("birth", "too_young"), [(born(2023), True), (CHILD, False)])
async def test_an_admission_says_who_is_too_young_to_be_asked(
    desk: Desk, birth: dict[str, Any], too_young: bool
) -> None:
    await desk.stay(await desk.case("Keo Dara", birth))
    told = [row["data"] for row in await desk.harness.rows("intake", "journal") if row["type"].endswith("admitted.v1")]
    assert [json.loads(data)["too_young_to_ask"] for data in told] == [too_young]


async def test_a_child_goes_home_escorted_after_a_decision_and_only_to_that_receiver(desk: Desk) -> None:
    case, aunt = await desk.case("Keo Rithy", CHILD), await desk.person("Keo Sothea", ADULT)
    stay = f"stays/{await desk.stay(case)}"
    ok(await desk.change(stay, "check-urgent-needs", needs=["FOOD", "REST"]))
    refused(await desk.change(stay, "arrange-travel", mode="BUS"), "child_needs_escort")
    ok(await desk.change(stay, "arrange-travel", mode="BUS", escort_ref=ref("escort")))
    refused(await desk.change(stay, "depart"), "best_interests_not_decided")
    refused(await desk.change(stay, "hand-over", receiver="KIN", receiver_ref=aunt), "best_interests_not_decided")
    await decided(desk, case, aunt)
    ok(await desk.change(stay, "depart"))
    refused(await desk.change(stay, "hand-over", receiver="KIN", receiver_ref=ref("other")), "not_the_decided_receiver")
    ok(await desk.change(stay, "hand-over", receiver="KIN", receiver_ref=aunt))
    read = await desk.see(stay)
    assert (read["status"], read["receiver"], read["receiver_ref"]) == ("handed_over", "KIN", aunt)
    journey = await desk.see(f"cases/{case}/journey")
    assert journey["facets"]["screening"]["receiver_ref"] == aunt
    assert journey["stage"] == "pre_integration"


async def test_h12_an_implicated_caregiver_does_not_receive_the_child(desk: Desk) -> None:
    case, mother = await desk.case("Keo Rithy", CHILD), await desk.person("Keo Mealea", ADULT)
    child = (await desk.see(f"cases/{case}"))["person_ref"]
    members = [
        {"person_ref": mother, "relationship": "HEAD", "implicated_caregiver": True},
        {"person_ref": child, "relationship": "CHILD"},
    ]
    ok(await desk.do("households", members=members))
    stay = f"stays/{await desk.stay(case)}"
    await decided(desk, case, mother, ReceiverKind.PARENT)
    answer = await desk.change(stay, "hand-over", receiver="PARENT", receiver_ref=mother)
    refused(answer, "receiver_implicated")


async def test_h30_an_adult_may_always_leave_and_nothing_is_lost_by_it(desk: Desk) -> None:
    case = await desk.case("Keo Sophea", ADULT)
    stay = await desk.stay(case)
    ok(await desk.change(f"stays/{stay}", "leave-early"))
    assert (await desk.see(f"stays/{stay}"))["status"] == "left_early"
    assert (await desk.harness.told("intake", f"case/{case}"))[-1] == "intake.stay.left_early.v1"
    given = [{"ref": ref("ticket"), "stay_ref": stay, "kind": "TRAVEL_TICKET"}]
    assert ok(await desk.do("provisions", lines=given))["lines"][0]["status"] == "given"
    assert (await desk.see(f"cases/{case}"))["status"] == "open"


async def test_a_child_who_leaves_alone_is_missing_at_once_and_may_be_found(desk: Desk) -> None:
    case = await desk.case("Keo Rithy", CHILD)
    stay = f"stays/{await desk.stay(case)}"
    ok(await desk.change(stay, "leave-early"))
    assert (await desk.harness.told("intake", f"case/{case}"))[-1] == "intake.stay.missing.v1"
    ok(await desk.change(stay, "report-found"))
    ok(await desk.change(stay, "report-missing"))
    assert (await desk.see(stay))["next"] == ["correctStay", "reportFound", "voidStay"]


async def test_a_stay_is_corrected_and_voided(desk: Desk) -> None:
    case = await desk.case("Keo Sophea", ADULT)
    stay = f"stays/{await desk.stay(case)}"
    ok(await desk.change(stay, "correct", bed={"room": "Upper room"}))
    assert (await desk.see(stay))["bed"]["room"] == "Upper room"
    ok(await desk.change(stay, "void", reason="ENTERED_IN_ERROR"))
    assert (await desk.see(stay))["next"] == []


async def test_meals_for_many_go_in_one_request_and_are_answered_line_by_line(desk: Desk) -> None:
    stays = [await desk.stay(await desk.case(name, ADULT)) for name in ("Keo One", "Keo Two")]
    lines = [{"ref": ref(f"meal {stay}"), "stay_ref": stay, "kind": "MEAL"} for stay in stays]
    lines.append({"ref": ref("meal of nobody"), "stay_ref": ref("no stay"), "kind": "MEAL"})
    answer = ok(await desk.do("provisions", key="breakfast", lines=lines))
    assert [(line["status"], line["code"]) for line in answer["lines"]] == [
        ("given", None),
        ("given", None),
        ("refused", "not_found"),
    ]
    again = ok(await desk.do("provisions", key="breakfast", lines=lines))
    assert again["lines"] == answer["lines"]
    once_more = ok(await desk.do("provisions", lines=lines[:1]))
    assert once_more["lines"][0]["status"] == "known"
    assert len((await desk.see("provisions"))["items"]) == 2
    refused(await desk.do("provisions", STRANGER, lines=lines), "not_found")
    meal = f"provisions/{lines[0]['ref']}"
    ok(await desk.change(meal, "correct", kind="MEAL", count=2))
    ok(await desk.change(meal, "void", reason="DUPLICATE"))
    assert (await desk.see(meal))["status"] == "voided"


async def test_an_expected_person_is_given_nothing_yet(desk: Desk) -> None:
    case = await desk.case("Keo Sophea", ADULT)
    stay = ok(await desk.do("stays/expect", case_ref=case))["ref"]
    lines = [{"ref": ref("meal"), "stay_ref": stay, "kind": "MEAL"}]
    refused(await desk.do("provisions", lines=[]), "invalid")
    answer = await desk.do("provisions", OFFICER, lines=lines)
    assert ok(answer)["lines"][0]["code"] == "stay_not_begun"
