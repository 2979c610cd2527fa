"""A bar is of the person: it holds in every case they have, and no case that ends takes it away."""

from datetime import date
from typing import Any

import pytest

from shared.auth import Role
from shared.contracts import referrals
from shared.ids import case_number, pseudonym
from shared.testing import caller, ref
from tests.service.intake.desk import CENTRE, OTHER, Desk, born, refused
from tests.service.intake.test_conflicts import COUSIN, MINE, SECOND_HEAD
from tests.service.intake.test_custody import FAR, FAR_HEAD, HEAD, OFFER
from tests.support.answered import ok

SUSPECT = MINE | {"reason": "SUSPECT"}
INVENTED = "0" * 32
AGAIN: dict[str, Any] = {"country": "VN"}
ENDED = {"staff_ref": COUSIN}
BARRED, OPENED = "intake.case.conflict_declared.v1", "intake.case.opened.v1"
KIM = {"staff_ref": COUSIN, "organisation_ref": CENTRE, "kind": "TEAM"}


async def _person_of(desk: Desk, case: str) -> str:
    return str((await desk.see(f"cases/{case}", HEAD))["person_ref"])


async def _barred(desk: Desk, *, home: bool = False) -> tuple[str, str]:
    """Who opened the case works on it, and is the suspect; a colleague works on it as well."""
    case = await desk.case("Sok Dara", born(1990))
    person = await _person_of(desk, case)
    ok(await desk.change(f"cases/{case}", "assign", HEAD, **KIM | {"staff_ref": pseudonym("staff", "dara-intake")}))
    if home:
        members = [{"person_ref": person, "relationship": "HEAD"}]
        ok(await desk.do("households", OTHER, ref=ref("home"), members=members))
    ok(await desk.change(f"cases/{case}", "declare-conflict", HEAD, **SUSPECT))
    return case, person


async def _closed(desk: Desk, case: str) -> None:
    day, plan = date(2026, 11, 4), ref("plan")
    fact = referrals.PlanClosed(case_ref=case, plan_ref=plan, reason="GOALS_MET", day=day, overridden=False)
    await desk.harness.hear("referrals", fact)
    await desk.harness.settle()


async def _sees_nothing(desk: Desk, case: str, person: str) -> None:
    for path in (f"cases/{case}", f"persons/{person}", f"households/{ref('home')}"):
        await desk.unseen(path)
    for listed in ("cases", "persons", "households", "stays"):
        assert (await desk.see(listed))["items"] == [], listed
    for more in ({}, {"handover_ref": INVENTED}, {"handover_ref": None, "line_ref": INVENTED}):
        refused(await desk.do("cases", person_ref=person, **AGAIN, **more), "not_found")
    members = [{"person_ref": person, "relationship": "HEAD"}]
    refused(await desk.do("households", ref=ref("another home"), members=members), "not_found")


async def test_a_suspect_opens_another_case_by_an_invented_hand_over(desk: Desk) -> None:
    case, person = await _barred(desk, home=True)
    await _sees_nothing(desk, case, person)
    assert len(await desk.harness.rows("intake", "case_file")) == 1


@pytest.mark.parametrize("end", ["closed", "voided", "transferred"])
async def test_a_suspect_waits_until_the_case_has_ended(desk: Desk, end: str) -> None:
    case, person = await _barred(desk, home=True)
    if end == "closed":
        await _closed(desk, case)
    elif end == "voided":
        ok(await desk.change(f"cases/{case}", "void", OTHER, reason="DUPLICATE"))
    else:
        ok(await desk.change(f"cases/{case}", "offer-transfer", HEAD, **OFFER))
        ok(await desk.do(f"cases/{case}/accept-transfer", FAR_HEAD, 5))
    await _sees_nothing(desk, case, person)


async def test_a_suspect_comes_home_with_a_family_formed_after_the_case_was_struck_out(desk: Desk) -> None:
    case, person = await _barred(desk)
    ok(await desk.change(f"cases/{case}", "void", OTHER, reason="DUPLICATE"))
    members = [{"person_ref": person, "relationship": "HEAD"}]
    ok(await desk.do("households", OTHER, ref=ref("home"), members=members))
    await desk.see(f"households/{ref('home')}", OTHER)
    await _sees_nothing(desk, case, person)


async def test_a_bar_is_told_of_every_case_of_the_person_the_earlier_and_the_later(desk: Desk) -> None:
    case, person = await _barred(desk)
    await _closed(desk, case)
    second = ok(await desk.do("cases", OTHER, ref=ref("second"), person_ref=person, **AGAIN))["ref"]
    told = await desk.harness.told("intake", f"case/{second}")
    assert told[:2] == [OPENED, BARRED], "whoever hears of the case hears of the bar before any part"
    assert [found["staff_ref"] for found in (await desk.see(f"cases/{second}", OTHER))["conflicts"]] == [COUSIN]
    await desk.unseen(f"cases/{second}")
    another = {"staff_ref": ref("uncle"), "organisation_ref": CENTRE, "reason": "RELATIVE"}
    ok(await desk.change(f"cases/{second}", "declare-conflict", HEAD, **another))
    assert (await desk.harness.told("intake", f"case/{case}"))[-1] == BARRED
    assert len((await desk.see(f"cases/{case}", HEAD))["conflicts"]) == 2


async def test_a_bar_ends_by_two_others_in_all_cases_that_they_hold(desk: Desk) -> None:
    case, person = await _barred(desk)
    ok(await desk.change(f"cases/{case}", "void", OTHER, reason="DUPLICATE"))
    second = ok(await desk.do("cases", OTHER, ref=ref("second"), person_ref=person, **AGAIN))["ref"]
    refused(await desk.change(f"cases/{case}", "end-conflict", SECOND_HEAD, **ENDED), "conflict_end_not_asked")
    ok(await desk.change(f"cases/{case}", "ask-conflict-end", HEAD, **ENDED))
    refused(await desk.change(f"cases/{case}", "end-conflict", HEAD, **ENDED), "conflict_second_person")
    ok(await desk.change(f"cases/{case}", "end-conflict", SECOND_HEAD, **ENDED))
    for one in (case, second):
        assert (await desk.see(f"cases/{one}", HEAD))["conflicts"] == []
        assert (await desk.harness.told("intake", f"case/{one}"))[-1] == "intake.case.conflict_ended.v1"
    await desk.see(f"cases/{second}", OTHER)


async def test_an_organisation_ends_no_bar_in_a_case_that_another_holds(desk: Desk) -> None:
    case, person = await _barred(desk)
    await _closed(desk, case)
    second = ok(await desk.do("cases", OTHER, ref=ref("second"), person_ref=person, **AGAIN))["ref"]
    ok(await desk.change(f"cases/{second}", "offer-transfer", HEAD, **OFFER))
    ok(await desk.do(f"cases/{second}/accept-transfer", FAR_HEAD, 2))
    ok(await desk.change(f"cases/{case}", "ask-conflict-end", HEAD, **ENDED))
    ok(await desk.change(f"cases/{case}", "end-conflict", SECOND_HEAD, **ENDED))
    assert (await desk.see(f"cases/{case}", HEAD))["conflicts"] == []
    assert len((await desk.see(f"cases/{second}", FAR_HEAD))["conflicts"]) == 1
    await desk.unseen(f"persons/{person}")


async def test_a_barred_person_is_not_let_in_blind(desk: Desk) -> None:
    case, _ = await _barred(desk)
    refused(await desk.change(f"cases/{case}", "assign", HEAD, **KIM), "barred_from_case")
    body = {"case_number": case_number(case), "kind": "PLAN", "reason": "HEALTH"}
    elsewhere = caller("srey-intake", Role.CASEWORKER, "far-centre")
    request = ok(await desk.do("access-requests", elsewhere, ref=ref("request"), **body))["ref"]
    desk.harness.clock.advance(seconds=2)
    await desk.harness.settle()
    day = {"until": "2026-11-10"}
    refused(await desk.change(f"access-requests/{request}", "grant", HEAD, **day), "barred_from_case")
    ok(await desk.change(f"cases/{case}", "release", HEAD, **KIM))
    assert FAR not in {worker["organisation_ref"] for worker in (await desk.see(f"cases/{case}", HEAD))["workers"]}
