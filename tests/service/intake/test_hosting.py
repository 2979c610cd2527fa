"""Who hosts somebody: made so by the holder's side alone, told what it takes to host, and nothing after the stay."""

from typing import Any

import pytest

from shared.auth import Purpose, Role
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.intake.desk import CENTRE, HOST, HOUSE, OFFICER, Desk, born, refused
from tests.service.intake.test_custody import HEAD
from tests.support.answered import ok

ADULT = born(1985)
COOK = caller("sopheap-host", Role.CASEWORKER, "lotus-house")
ELSEWHERE = caller("far-officer", Role.INTAKE_OFFICER, "far-centre")
FAR = pseudonym("organisation", "far-centre")
BED = {"room": "Room of quiet", "bed": "2"}


async def _seen(desk: Desk, who: str, case: str, stay: str) -> list[int]:
    person = (await desk.see(f"cases/{case}"))["person_ref"]
    paths = f"persons/{person}", f"cases/{case}", f"stays/{stay}", f"cases/{case}/journey"
    return [(await desk.harness.get(f"/intake/v1/{path}", who)).status_code for path in paths]


async def test_who_hosts_sees_who_it_is_what_was_urgent_and_the_own_bed_and_no_more(desk: Desk) -> None:
    case = await desk.case("Keo Sophea", ADULT)
    stay = await desk.hosted(case)
    assert await _seen(desk, COOK, case, stay) == [200, 200, 200, 200]
    person = (await desk.see(f"cases/{case}"))["person_ref"]
    assert (await desk.see(f"persons/{person}", COOK))["identity"]["names"][0]["full_name"] == "Keo Sophea"
    named = ok(await desk.do("persons/lookup", COOK, refs=[person]))["items"]
    assert named[0]["names"][0]["full_name"] == "Keo Sophea"
    ok(await desk.change(f"stays/{stay}", "check-urgent-needs", COOK, needs=["FOOD"]))
    read = await desk.see(f"stays/{stay}", COOK)
    assert (read["bed"], read["needs"]) == (BED, ["FOOD"])
    meals = [{"ref": ref("meal"), "stay_ref": stay, "kind": "MEAL"}]
    assert ok(await desk.do("provisions", COOK, lines=meals))["lines"][0]["status"] == "given"
    assert [row["kind"] for row in (await desk.see("provisions", COOK))["items"]] == ["MEAL"]
    seen = await desk.see(f"cases/{case}", COOK)
    assert (seen["status"], seen["detentions"]) == ("open", None)
    assert (await desk.see("consents", COOK, case_ref=case))["items"] == []
    for command, body in (("correct", {"country": "TH"}), ("evaluate-age", {})):
        refused(await desk.do(f"cases/{case}/{command}", COOK, 1, **body), "relation_needed")
    refused(await desk.do(f"cases/{case}/void", COOK, 1, reason="DUPLICATE"), "not_found")
    refused(await desk.do("consents/refuse", COOK, case_ref=case, giver="SELF", purpose="STORE"), "not_found")
    refused(await desk.do(f"persons/{person}/correct", COOK, 1, identity={}), "relation_needed")


async def test_where_somebody_sleeps_is_for_who_hosts_them_and_not_for_the_team(desk: Desk) -> None:
    case = await desk.case("Keo Sophea", ADULT)
    stay = await desk.hosted(case)
    assert (await desk.see(f"stays/{stay}"))["bed"] is None
    assert (await desk.see(f"stays/{stay}", HEAD))["bed"] is None
    ok(await desk.change(f"stays/{stay}", "leave-early", COOK))
    own = ok(await desk.do("stays/admit", case_ref=case, bed=BED))["ref"]
    assert (await desk.see(f"stays/{own}"))["bed"] == BED
    assert (await desk.harness.get(f"/intake/v1/stays/{own}", COOK)).status_code == 404


@pytest.mark.parametrize("end", ["depart", "hand-over", "leave-early", "void"])
async def test_it_ends_with_the_stay(desk: Desk, end: str) -> None:
    case = await desk.case("Keo Sophea", ADULT)
    stay = await desk.hosted(case)
    path = f"stays/{stay}"
    if end == "depart":
        ok(await desk.change(path, "arrange-travel", COOK, mode="BUS"))
    said: dict[str, dict[str, Any]] = {"hand-over": {"receiver": "SELF"}, "void": {"reason": "ENTERED_IN_ERROR"}}
    ok(await desk.change(path, end, COOK, **said.get(end, {})))
    # Whoever sets out with them still says how it went, and is told of that stay alone.
    assert await _seen(desk, COOK, case, stay) == [404, 404, 200 if end == "depart" else 404, 404]
    assert "HOSTS" not in {row["kind"] for row in await desk.harness.rows("intake", "relation")}
    if end == "depart":
        ok(await desk.change(path, "hand-over", COOK, receiver="SELF"))
        assert await _seen(desk, COOK, case, stay) == [404, 404, 404, 404]


async def test_whoever_is_back_is_hosted_again(desk: Desk) -> None:
    case = await desk.case("Keo Rithy", born(2014, 5, 2))
    stay = await desk.hosted(case)
    ok(await desk.change(f"stays/{stay}", "report-missing", COOK))
    assert await _seen(desk, COOK, case, stay) == [200, 200, 200, 200]
    ok(await desk.change(f"stays/{stay}", "report-found", COOK))
    assert await _seen(desk, COOK, case, stay) == [200, 200, 200, 200]


async def test_attack_nobody_becomes_a_host_by_their_own_act(desk: Desk) -> None:
    case = await desk.case("Keo Sophea", ADULT)
    number = (await desk.see(f"cases/{case}"))["case_number"]
    asked = ok(await desk.do("access-requests", ELSEWHERE, case_number=number, kind="TEAM", reason="HEALTH"))["ref"]
    desk.harness.clock.advance(seconds=2)
    await desk.harness.settle()
    version = await desk.version(f"access-requests/{asked}", HEAD)
    ok(await desk.do(f"access-requests/{asked}/grant", HEAD, version, until="2026-11-10"))
    assert (await desk.see(f"cases/{case}", ELSEWHERE))["status"] == "open", "they work on the case"
    refused(await desk.do("stays/expect", ELSEWHERE, case_ref=case), "not_found")
    refused(await desk.do("stays/admit", ELSEWHERE, case_ref=case, bed=BED), "not_found")
    stay = await desk.hosted(case)
    refused(await desk.change(f"stays/{stay}", "correct", ELSEWHERE, organisation_ref=FAR), "not_found")
    refused(await desk.change(f"stays/{stay}", "correct", COOK, organisation_ref=FAR), "not_found")
    ok(await desk.change(f"stays/{stay}", "correct", COOK, bed={"room": "Upper room"}))
    far_cook = caller("far-cook", Role.CASEWORKER, "far-centre")
    assert await _seen(desk, far_cook, case, stay) == [404, 404, 404, 404]


async def test_the_holder_moves_them_and_who_hosted_before_sees_nothing_more(desk: Desk) -> None:
    case = await desk.case("Keo Sophea", ADULT)
    stay = await desk.hosted(case)
    ok(await desk.change(f"stays/{stay}", "correct", OFFICER, organisation_ref=FAR))
    assert await _seen(desk, COOK, case, stay) == [404, 404, 404, 404]
    assert await _seen(desk, ELSEWHERE, case, stay) == [200, 200, 200, 200]


async def test_somebody_expected_elsewhere_who_comes_to_the_holder_is_hosted_there(desk: Desk) -> None:
    case = await desk.case("Keo Sophea", ADULT)
    stay = ok(await desk.do("stays/expect", case_ref=case, organisation_ref=HOUSE))["ref"]
    assert await _seen(desk, HOST, case, stay) == [200, 200, 200, 200]
    ok(await desk.do("stays/admit", ref=stay, case_ref=case, bed=BED))
    assert (await desk.see(f"stays/{stay}"))["organisation_ref"] == CENTRE
    assert await _seen(desk, HOST, case, stay) == [404, 404, 404, 404]


async def test_an_older_stay_that_is_struck_out_ends_no_other(desk: Desk) -> None:
    case = await desk.case("Keo Sophea", ADULT)
    older = await desk.hosted(case)
    ok(await desk.change(f"stays/{older}", "leave-early", COOK))
    stay = await desk.hosted(case)
    ok(await desk.change(f"stays/{older}", "void", OFFICER, reason="ENTERED_IN_ERROR"))
    assert await _seen(desk, COOK, case, stay) == [200, 200, 200, 200]


async def test_hosting_is_for_the_roles_of_a_house_and_its_purposes(desk: Desk) -> None:
    case = await desk.case("Keo Sophea", ADULT)
    stay = await desk.hosted(case)
    for role, purpose in ((Role.INTERVIEWER, Purpose.SCREENING), (Role.REFERRAL_COORDINATOR, Purpose.PROTECTION)):
        assert await _seen(desk, caller("other-host", role, "lotus-house", purpose), case, stay) == [404] * 4
    grants = caller("sopheap-host", Role.CASEWORKER, "lotus-house", Purpose.GRANTS)
    assert await _seen(desk, grants, case, stay) == [403] * 4


async def test_hosting_goes_on_when_the_case_is_handed_to_another_holder(desk: Desk) -> None:
    case = await desk.case("Keo Sophea", ADULT)
    stay = await desk.hosted(case)
    ok(await desk.change(f"cases/{case}", "offer-transfer", HEAD, organisation_ref=FAR, reason="NEARER_HOME"))
    far_head = caller("far-head", Role.SUPERVISOR, "far-centre")
    version = (await desk.harness.get(f"/intake/v1/cases/{case}", HEAD)).headers["ETag"].strip('"')
    ok(await desk.do(f"cases/{case}/accept-transfer", far_head, version))
    person = (await desk.see(f"cases/{case}", far_head))["person_ref"]
    assert (await desk.see(f"persons/{person}", COOK))["identity"] is not None
    assert (await desk.see(f"stays/{stay}", COOK))["bed"] == BED
    refused(await desk.harness.get(f"/intake/v1/persons/{person}", OFFICER), "not_found")
