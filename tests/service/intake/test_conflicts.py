"""A conflict of interest over HTTP: whoever is near to somebody in a case sees nothing of it, by any part they have."""

from datetime import date

from shared.auth import Role
from shared.contracts import referrals
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.intake.desk import CENTRE, OFFICER, OTHER, Desk, refused
from tests.service.intake.test_custody import FAR, FAR_HEAD, HEAD, OFFER
from tests.support.answered import ok

SECOND_HEAD = caller("second-head", Role.SUPERVISOR)
COUSIN = pseudonym("staff", "srey-intake")
MINE = {"staff_ref": COUSIN, "organisation_ref": CENTRE, "reason": "RELATIVE"}
"""Of who opened the case and works on it, as every way they may come again."""
ELSEWHERE = caller("srey-intake", Role.SUPERVISOR, "far-centre")
HERE = caller("srey-intake", Role.SUPERVISOR)


async def _everything(desk: Desk, case: str) -> tuple[str, ...]:
    person = (await desk.see(f"cases/{case}", HEAD))["person_ref"]
    return f"cases/{case}", f"persons/{person}", f"stays/{await desk.stay(case)}"


def _working(staff: str) -> dict[str, str]:
    return {"staff_ref": pseudonym("staff", staff), "organisation_ref": CENTRE, "kind": "TEAM"}


async def test_a_barred_person_sees_nothing_by_any_part_at_any_organisation(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    paths = await _everything(desk, case)
    ok(await desk.change(f"cases/{case}", "offer-transfer", HEAD, **OFFER))
    for path in paths:
        await desk.see(path)
    ok(await desk.change(f"cases/{case}", "declare-conflict", **MINE))
    for who in (OFFICER, HERE, ELSEWHERE):
        for path in (*paths, f"cases/{case}/journey"):
            await desk.unseen(path, who)
        for listed in ("cases", "persons", "stays"):
            assert (await desk.see(listed, who))["items"] == [], listed
    version = await desk.version(f"cases/{case}", HEAD)
    for who, command, body in (
        (OFFICER, "correct", {"country": "TH"}),
        (HERE, "assign", _working("srey-intake")),
        (ELSEWHERE, "accept-transfer", {}),
        (HERE, "end-conflict", {"staff_ref": COUSIN}),
        (HERE, "ask-conflict-end", {"staff_ref": COUSIN}),
    ):
        refused(await desk.do(f"cases/{case}/{command}", who, version, **body), "not_found")
    ok(await desk.do(f"cases/{case}/accept-transfer", FAR_HEAD, version))
    await desk.unseen(paths[0], ELSEWHERE)
    assert (await desk.see(paths[0], FAR_HEAD))["organisation_ref"] == FAR


async def test_it_is_said_of_oneself_or_by_the_holder_s_supervisor_and_ended_by_two_of_them(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    path = f"cases/{case}"
    ok(await desk.change(path, "assign", HEAD, **_working("dara-intake")))
    refused(await desk.change(path, "declare-conflict", OTHER, **MINE), "not_found")
    refused(await desk.do(f"{path}/declare-conflict", FAR_HEAD, 2, **MINE), "not_found")
    ok(await desk.change(path, "declare-conflict", HEAD, **MINE))
    await desk.unseen(path)
    [found] = (await desk.see(path, HEAD))["conflicts"]
    assert (found["reason"], found["declared_by"]) == ("RELATIVE", pseudonym("staff", "sopheap-head"))
    ended = {"staff_ref": COUSIN}
    refused(await desk.change(path, "end-conflict", HEAD, **ended), "conflict_end_not_asked")
    refused(await desk.change(path, "ask-conflict-end", OTHER, **ended), "not_found")
    ok(await desk.change(path, "ask-conflict-end", HEAD, **ended))
    refused(await desk.change(path, "end-conflict", HEAD, **ended), "conflict_second_person")
    await desk.unseen(path)
    ok(await desk.change(path, "end-conflict", SECOND_HEAD, **ended))
    assert (await desk.see(path))["conflicts"] == []


async def test_who_is_barred_from_one_case_of_a_person_does_not_come_to_them_by_another(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    person = (await desk.see(f"cases/{case}"))["person_ref"]
    day, plan = date(2026, 11, 4), ref("plan")
    closed = referrals.PlanClosed(case_ref=case, plan_ref=plan, reason="GOALS_MET", day=day, overridden=False)
    await desk.harness.hear("referrals", closed)
    await desk.harness.settle()
    again = ok(await desk.do("cases", ref=ref("once more"), person_ref=person, country="VN"))["ref"]
    assert (await desk.see(f"persons/{person}"))["identity"] is not None
    ok(await desk.change(f"cases/{case}", "declare-conflict", **MINE))
    await desk.unseen(f"cases/{again}")
    await desk.unseen(f"persons/{person}")
    assert (await desk.see("persons"))["items"] == []
