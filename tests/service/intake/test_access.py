"""Requests for access over HTTP: asked by number, answered by the holder, ended by recorded time."""

from typing import Any

from shared.auth import Role
from shared.ids import case_number, pseudonym
from shared.testing import caller, ref
from tests.service.intake.desk import OFFICER, Desk, refused
from tests.service.intake.test_custody import FAR, FAR_HEAD, HEAD, STRANGER
from tests.support.answered import ok

ANOTHER = caller("another", Role.CASEWORKER, "third-centre")


async def _ask(desk: Desk, number: str, name: str = "request") -> dict[str, Any]:
    body = {"ref": ref(name), "case_number": number, "kind": "PLAN", "reason": "HEALTH"}
    answer = await desk.do("access-requests", STRANGER, **body)
    seen = {name: value for name, value in answer.headers.items() if name.startswith(("homeward", "etag"))}
    return {**ok(answer), "headers": seen}


async def _a_moment_later(desk: Desk) -> None:
    desk.harness.clock.advance(seconds=2)
    await desk.harness.settle()


async def test_an_unknown_number_and_that_of_a_foreign_case_look_the_same(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    void = await desk.case("Sok Chan")
    ok(await desk.change(f"cases/{void}", "void", reason="DUPLICATE"))
    numbers = {"foreign": case_number(case), "unknown": case_number(ref("nobody")), "void": case_number(void)}
    answers = {name: await _ask(desk, number, name) for name, number in numbers.items()}
    for moment in ("at once", "a moment later"):
        reads = {name: await desk.harness.get(f"/intake/v1/access-requests/{ref(name)}", STRANGER) for name in numbers}
        differ = {"ref", "case_number", "position", "recorded_at", "updated_at"}
        shown = {name: {k: v for k, v in ok(read).items() if k not in differ} for name, read in reads.items()}
        assert shown["foreign"] == shown["unknown"] == shown["void"], moment
        assert len({read.headers["ETag"] for read in reads.values()}) == 1, moment
        await _a_moment_later(desk)
    same = [{**answer, "ref": None} for answer in answers.values()]
    assert same[0] == same[1] == same[2]
    assert (await desk.harness.told("intake", f"case/{case}"))[-1] == "intake.case.access_requested.v1"
    assert await desk.harness.rows("intake", "attention") == []
    for who in (FAR_HEAD, HEAD):
        until = {"until": "2026-11-10"}
        refused(await desk.do(f"access-requests/{ref('unknown')}/grant", who, 2, **until), "not_found")
    refused(await desk.do("access-requests", STRANGER, case_number="1", kind="PLAN", reason="HEALTH"), "invalid")


async def test_the_holder_s_supervisor_alone_grants_until_a_day_and_then_it_ends(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    person = (await desk.see(f"cases/{case}"))["person_ref"]
    await _ask(desk, case_number(case))
    request, day = f"access-requests/{ref('request')}", {"until": "2026-11-10"}
    refused(await desk.do(f"{request}/grant", HEAD, 1, **day), "not_found")
    await _a_moment_later(desk)
    for who in (STRANGER, FAR_HEAD, OFFICER, ANOTHER):
        for command, body in (("grant", day), ("refuse", {})):
            refused(await desk.do(f"{request}/{command}", who, 2, **body), "not_found")
    refused(await desk.harness.get(f"/intake/v1/{request}", ANOTHER), "not_found")
    refused(await desk.harness.get("/intake/v1/access-requests", FAR_HEAD, case_ref=case), "not_found")
    assert [each["ref"] for each in (await desk.see("access-requests", HEAD, case_ref=case))["items"]] == [
        ref("request")
    ]
    assert (await desk.see("access-requests", ANOTHER))["items"] == []
    refused(await desk.change(request, "grant", HEAD, until="2027-11-10"), "access_too_long")
    await desk.unseen(f"persons/{person}", STRANGER)
    ok(await desk.change(request, "grant", HEAD, **day))
    worker = {"staff_ref": pseudonym("staff", "lone-caseworker"), "kind": "PLAN"}
    worker |= {"organisation_ref": pseudonym("organisation", "far-centre"), "until": "2026-11-10"}
    assert (await desk.see(f"cases/{case}"))["workers"][1] == worker
    assert (await desk.see(f"persons/{person}", STRANGER))["identity"] is not None
    ok(await desk.change(request, "grant", HEAD, until="2026-11-12"))
    desk.harness.clock.advance(days=7)
    await desk.harness.settle()
    assert (await desk.see(f"persons/{person}", STRANGER))["identity"] is not None, "it was renewed"
    desk.harness.clock.advance(days=2)
    await desk.harness.settle()
    await desk.unseen(f"persons/{person}", STRANGER)
    assert (await desk.harness.told("intake", f"case/{case}"))[-1] == "intake.case.released.v1"


async def test_a_request_may_be_refused(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    await _ask(desk, case_number(case))
    await _a_moment_later(desk)
    ok(await desk.change(f"access-requests/{ref('request')}", "refuse", HEAD))
    assert (await desk.harness.told("intake", f"case/{case}"))[-1] == "intake.case.access_refused.v1"
    assert (await desk.see(f"access-requests/{ref('request')}", STRANGER))["status"] == "refused"


def _about(number: str, kind: str = "PLAN") -> dict[str, str]:
    return {"case_number": number, "kind": kind, "reason": "HEALTH"}


async def test_a_barred_person_s_own_request_vanishes_where_the_number_is_real(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    near = {"staff_ref": pseudonym("staff", "lone-caseworker"), "organisation_ref": FAR, "reason": "SUSPECT"}
    ok(await desk.change(f"cases/{case}", "declare-conflict", HEAD, **near))
    for name, number in (("real", case_number(case)), ("invented", case_number(ref("nobody")))):
        await _ask(desk, number, name)
    for moment in ("at once", "a moment later"):
        rows = (await desk.see("access-requests", STRANGER))["items"]
        assert [row["ref"] for row in rows] == [ref("real"), ref("invented")], moment
        shown = [{k: v for k, v in row.items() if k in ("status", "next", "version", "until")} for row in rows]
        assert shown[0] == shown[1], moment
        for name in ("real", "invented"):
            assert (await desk.see(f"access-requests/{ref(name)}", STRANGER))["status"] == "asked", moment
        await _a_moment_later(desk)
    assert len((await desk.see("access-requests", HEAD))["items"]) == 1
    at_home = caller("lone-caseworker", Role.SUPERVISOR)
    assert (await desk.see("access-requests", at_home))["items"] == [], "and who is barred answers none"
    await desk.unseen(f"access-requests/{ref('real')}", at_home)


async def test_sixty_requests_about_one_case_are_read_by_its_supervisor(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    for name, number in (("real", case_number(case)), ("invented", case_number(ref("nobody")))):
        first = await _ask(desk, number, name)
        for n in range(2):
            again = await desk.do("access-requests", STRANGER, ref=ref(f"{name} {n}"), **_about(number))
            refused(again, "access_already_asked")
        assert ok(await desk.do("access-requests", STRANGER, ref=ref(name), **_about(number)))["ref"] == first["ref"]
        ok(await desk.do("access-requests", STRANGER, **_about(number, "TEAM")))
        ok(await desk.do("access-requests", ANOTHER, **_about(number)))
        await _a_moment_later(desk)
    assert len((await desk.see("access-requests", HEAD, case_ref=case))["items"]) == 3
    ok(await desk.change(f"access-requests/{ref('real')}", "refuse", HEAD))
    ok(await desk.do("access-requests", STRANGER, **_about(case_number(case))))


async def test_requests_about_many_cases_come_without_end(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    for n in range(20):
        ok(await desk.do("access-requests", STRANGER, **_about(case_number(ref(f"nobody {n}")))))
    for number in (case_number(case), case_number(ref("nobody"))):
        refused(await desk.do("access-requests", STRANGER, **_about(number)), "too_many_access_requests")
        ok(await desk.do("access-requests", ANOTHER, **_about(number)))
    desk.harness.clock.advance(days=31)
    ok(await desk.do("access-requests", STRANGER, **_about(case_number(case))))
