"""Broken glass over HTTP: who may, what it opens, for how long, who is told, and who looks at it afterwards."""

from datetime import timedelta
from typing import Any

import httpx

from shared.auth import Purpose, Role
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.intake.desk import CENTRE, Desk, refused
from tests.service.intake.test_custody import HEAD
from tests.support.answered import ok

WORDS = "Her aunt says he waits at the school"
BODY = {"reason": "IMMINENT_DANGER", "words": WORDS}
OFFICER_OF_PRIVACY = caller("rachana-privacy", Role.PRIVACY_OFFICER, "dosvy-svay-rieng")


def _night(desk: Desk, role: Role = Role.CASEWORKER, house: str = "bavet-centre", minutes: int = 0) -> str:
    """Somebody on duty at night, who signed in with two factors so many minutes ago."""
    return caller("nary-night", role, house, factor_at=desk.harness.clock.now - timedelta(minutes=minutes))


async def _break(desk: Desk, case: str, who: str, name: str = "glass") -> httpx.Response:
    return await desk.do(f"cases/{case}/break-glass", who, ref=ref(name), **BODY)


async def broken(desk: Desk, case: str) -> httpx.Response:
    """Somebody on duty at night broke the glass of a case."""
    return await _break(desk, case, _night(desk))


async def _seen(desk: Desk, who: str, *paths: str) -> list[int]:
    return [(await desk.harness.get(f"/intake/v1/{path}", who)).status_code for path in paths]


async def _places(desk: Desk, case: str) -> tuple[str, ...]:
    person = (await desk.see(f"cases/{case}"))["person_ref"]
    return f"cases/{case}", f"persons/{person}", f"stays/{await desk.hosted(case)}"


async def test_it_opens_who_and_where_somebody_is_for_an_hour_to_read_and_nothing_else(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    paths = await _places(desk, case)
    night = _night(desk)
    assert (await desk.see(paths[1], night))["identity"] is None
    assert (await desk.see(paths[2], night))["bed"] is None
    ok(await _break(desk, case, night))
    assert (await desk.see(paths[1], night))["identity"]["names"][0]["full_name"] == "Sok Dara"
    assert (await desk.see(paths[2], night))["bed"]["room"] == "Room of quiet"
    assert await _seen(desk, night, f"cases/{case}/journey") == [404]
    version = await desk.version(paths[0], HEAD)
    for command, body in (("correct", {"country": "TH"}), ("void", {"reason": "DUPLICATE"}), ("evaluate-age", {})):
        refused(await desk.do(f"{paths[0]}/{command}", night, version, **body), "relation_needed")
    for path, command in ((paths[1], "correct"), (paths[2], "depart")):
        refused(await desk.do(f"{path}/{command}", night, 1), "relation_needed")
    again = caller("nary-night", Role.CASEWORKER, "far-centre")
    grants = caller("nary-night", Role.CASEWORKER, purpose=Purpose.GRANTS)
    assert await _seen(desk, again, *paths) == [404, 404, 404]
    assert (await desk.see(paths[1], grants))["identity"] is None
    # Judged by the clock: the to-do that tells its end has not run.
    desk.harness.clock.advance(minutes=60)
    assert (await desk.see(paths[1], night))["identity"] is None
    assert (await desk.see(paths[2], night))["bed"] is None
    told = await desk.harness.told("intake", f"case/{case}")
    assert (told.count("intake.case.glass_broken.v1"), told.count("intake.case.glass_ended.v1")) == (1, 0)
    await desk.harness.settle()
    assert (await desk.harness.told("intake", f"case/{case}"))[-1] == "intake.case.glass_ended.v1"
    assert [row["kind"] for row in await desk.harness.rows("intake", "relation") if row["kind"] == "GLASS"] == []


async def test_only_staff_of_the_holder_who_showed_a_second_factor_just_now(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    refused(await _break(desk, case, caller("nary-night", Role.CASEWORKER)), "second_factor_missing")
    old = await _break(desk, case, _night(desk, minutes=11))
    assert (old.status_code, old.json()["code"]) == (403, "second_factor_too_old")
    for stranger in (_night(desk, house="far-centre"), _night(desk, Role.INTAKE_OFFICER), _night(desk, Role.DECIDER)):
        refused(await _break(desk, case, stranger), "not_found")
    near = {"staff_ref": pseudonym("staff", "nary-night"), "organisation_ref": CENTRE, "reason": "RELATIVE"}
    ok(await desk.change(f"cases/{case}", "declare-conflict", HEAD, **near))
    refused(await _break(desk, case, _night(desk)), "not_found")
    refused(await _break(desk, ref("no case"), _night(desk)), "not_found")


async def test_two_people_are_told_by_ref_alone_and_another_supervisor_reviews_it_in_three_working_days(
    desk: Desk,
) -> None:
    case = await desk.case("Sok Dara")
    head = _night(desk, Role.SUPERVISOR)
    ok(await _break(desk, case, head))
    rows = (await desk.see("attention", OFFICER_OF_PRIVACY))["items"]
    assert [row["kind"] for row in rows] == ["glass_tells_owner", "glass_tells_privacy_officer"]
    assert [row["case_ref"] for row in rows] == [case, case]
    path = f"glass/{ref('glass')}"
    read = await desk.see(path, HEAD)
    assert (read["words"]["text"], read["review_by"], read["reason"]) == (WORDS, "2026-11-09", "IMMINENT_DANGER")
    plain = await desk.see(path, OFFICER_OF_PRIVACY)
    assert (plain["words"], plain["reason"], plain["case_ref"]) == (None, None, case)
    assert await _seen(desk, caller("far-head", Role.SUPERVISOR, "far-centre"), path) == [404]
    outcome = {"outcome": "NEEDED"}
    refused(await desk.change(path, "review", head, **outcome), "glass_second_person")
    refused(await desk.do(f"{path}/review", OFFICER_OF_PRIVACY, 1, **outcome), "not_found")
    desk.harness.clock.advance(days=6)
    await desk.harness.settle()
    overdue = [row["kind"] for row in (await desk.see("attention", HEAD))["items"]]
    assert overdue[2:] == ["glass_unreviewed"]
    ok(await desk.change(path, "review", HEAD, **outcome))
    assert (await desk.see(path, HEAD))["status"] == "reviewed"


async def test_three_that_nobody_reviewed_end_the_right_to_break_another(desk: Desk) -> None:
    cases = [await desk.case(name) for name in ("Sok Dara", "Sok Chan", "Sok Kim", "Sok Pha")]
    for number, case in enumerate(cases[:3]):
        ok(await _break(desk, case, _night(desk), f"glass {number}"))
    refused(await _break(desk, cases[0], _night(desk), "again"), "glass_open_already")
    refused(await _break(desk, cases[3], _night(desk), "fourth"), "glass_reviews_missing")
    ok(await desk.change(f"glass/{ref('glass 0')}", "review", HEAD, outcome="AVOIDABLE"))
    ok(await _break(desk, cases[3], _night(desk), "fourth"))


async def test_broken_again_when_the_hour_is_over_it_holds_for_another_whatever_is_told_late(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    _, person, _ = await _places(desk, case)
    ok(await _break(desk, case, _night(desk)))
    desk.harness.clock.advance(minutes=61)
    ok(await _break(desk, case, _night(desk), "again"))
    told: list[Any] = await desk.harness.told("intake", f"case/{case}")
    assert [fact.split(".")[2] for fact in told if "glass" in fact] == ["glass_broken", "glass_ended", "glass_broken"]
    assert (await desk.see(person, _night(desk)))["identity"] is not None
    same = await _break(desk, case, _night(desk), "again")
    assert ok(same)["ref"] == ref("again")
