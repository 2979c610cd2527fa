"""Where somebody sleeps, for who does not host them: asked by one, answered by another, shown for an hour."""

import httpx

from shared.auth import Role
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.intake.desk import OFFICER, Desk, refused
from tests.service.intake.test_custody import HEAD
from tests.support.answered import ok

ASKER = caller("nary-day", Role.CASEWORKER)
"""Staff of the holder, outside the team."""
OTHER = caller("other-head", Role.SUPERVISOR)
PRIVACY = caller("rachana-privacy", Role.PRIVACY_OFFICER, "dosvy-svay-rieng")
HOST = caller("mealea-host", Role.INTAKE_OFFICER, "lotus-house")
READING = f"c4-readings/{ref('reading')}"


async def asked(desk: Desk, case: str, who: str = ASKER, name: str = "reading") -> httpx.Response:
    """Somebody asks where the person of a case is."""
    return await desk.do(f"cases/{case}/c4-readings", who, ref=ref(name), reason="SAFETY")


async def _elsewhere(desk: Desk) -> str:
    """A case of somebody who sleeps in another house than the holder's."""
    case = await desk.case("Sok Dara")
    await desk.hosted(case)
    return case


async def _stay(desk: Desk) -> str:
    [row] = await desk.harness.rows("intake", "stay")
    return f"stays/{row['ref']}"


async def _room(desk: Desk, case: str, who: str = ASKER) -> object:
    bed = (await desk.see(await _stay(desk), who))["bed"]
    return bed and bed["room"]


async def test_p5_who_does_not_host_somebody_sees_where_they_sleep_for_an_hour_after_another_agreed(desk: Desk) -> None:
    case = await _elsewhere(desk)
    assert await _room(desk, case, HOST) == "Room of quiet"
    assert await _room(desk, case, OFFICER) is None, "the team included"
    assert await _room(desk, case) is None
    ok(await asked(desk, case))
    assert await _room(desk, case) is None
    ok(await desk.change(READING, "confirm", HEAD))
    assert await _room(desk, case) == "Room of quiet"
    # Only this case, this person, for this organisation; and nothing else of it.
    assert await _room(desk, case, OTHER) is None
    refused(await desk.do(f"{await _stay(desk)}/depart", ASKER, 2), "relation_needed")
    person = (await desk.see(f"cases/{case}"))["person_ref"]
    assert (await desk.see(f"persons/{person}", ASKER))["identity"] is None
    again = caller("nary-day", Role.CASEWORKER, "far-centre")
    assert (await desk.harness.get(f"/intake/v1/{await _stay(desk)}", again)).status_code == 404
    desk.harness.clock.advance(minutes=60)
    assert await _room(desk, case) is None
    await desk.harness.settle()
    told = await desk.harness.told("intake", f"case/{case}")
    assert [fact.split(".")[2] for fact in told if "reading" in fact] == ["reading_opened", "reading_ended"]
    assert (await desk.see(READING, HEAD))["status"] == "over"


async def test_p5_nobody_answers_themselves_and_no_stranger_answers(desk: Desk) -> None:
    case = await _elsewhere(desk)
    ok(await asked(desk, case, OTHER))
    refused(await desk.change(READING, "confirm", OTHER), "c4_reading_second_person")
    for who, told in (
        (ASKER, "relation_needed"),
        (caller("thy-day", Role.INTAKE_OFFICER), "relation_needed"),
        (caller("far-head", Role.SUPERVISOR, "far-centre"), "not_found"),
        (caller("dara", Role.DECIDER), "not_found"),
        (PRIVACY, "not_found"),
    ):
        refused(await desk.do(f"{READING}/confirm", who, 1), told)
    assert await _room(desk, case, OTHER) is None
    ok(await desk.change(READING, "confirm", OFFICER))
    assert await _room(desk, case, OTHER) == "Room of quiet"
    ok(await desk.change(READING, "refuse", HEAD))
    assert await _room(desk, case, OTHER) is None


async def test_p5_only_who_could_see_it_by_role_and_has_to_do_with_the_case_asks(desk: Desk) -> None:
    case = await _elsewhere(desk)
    for stranger in (caller("far", Role.CASEWORKER, "far-centre"), caller("ivo", Role.INTERVIEWER), PRIVACY):
        refused(await asked(desk, case, stranger), "not_found")
    refused(await asked(desk, ref("no case")), "not_found")
    ok(await asked(desk, case))
    refused(await asked(desk, case, name="twice"), "c4_reading_asked_already")
    desk.harness.clock.advance(hours=24, seconds=1)
    refused(await desk.change(READING, "confirm", HEAD), "c4_reading_asked_too_long_ago")
    ok(await asked(desk, case, name="twice"))


async def _at_once(desk: Desk, path: str, who: str, key: str, **body: object) -> None:
    """A command, before any deadline that is due has come."""
    headers = {"Authorization": who, "Idempotency-Key": key} | ({} if body else {"If-Match": '"1"'})
    async with desk.harness.client() as client:
        ok(await client.post(f"/intake/v1/{path}", headers=headers, json=body))


async def test_p5_agreed_again_when_the_hour_is_over_it_holds_for_another_whatever_is_told_late(desk: Desk) -> None:
    case = await _elsewhere(desk)
    ok(await asked(desk, case))
    ok(await desk.change(READING, "confirm", HEAD))
    desk.harness.clock.advance(minutes=61)
    again = {"ref": ref("again"), "reason": "SAFETY"}
    await _at_once(desk, f"cases/{case}/c4-readings", ASKER, "asks-again", **again)
    await _at_once(desk, f"c4-readings/{ref('again')}/confirm", HEAD, "agrees-again")
    await desk.harness.settle()
    assert await _room(desk, case) == "Room of quiet"
    told = [fact.split(".")[2] for fact in await desk.harness.told("intake", f"case/{case}")]
    assert [fact for fact in told if "reading" in fact] == ["reading_opened", "reading_ended", "reading_opened"]


async def test_p5_both_stand_on_record_and_a_refusal_opens_nothing(desk: Desk) -> None:
    case = await _elsewhere(desk)
    ok(await asked(desk, case))
    ok(await desk.change(READING, "refuse", HEAD))
    assert await _room(desk, case) is None
    refused(await desk.change(READING, "confirm", OFFICER), "not_allowed_in_status")
    ok(await asked(desk, case, name="second"))
    ok(await desk.change(f"c4-readings/{ref('second')}", "confirm", HEAD))
    [one, two] = (await desk.see("c4-readings", HEAD))["items"]
    head = two["answered_by"]
    assert (one["status"], two["status"]) == ("refused", "open")
    assert two["staff_ref"] == pseudonym("staff", "nary-day") != head
    plain = await desk.see(f"c4-readings/{ref('second')}", PRIVACY)
    assert (plain["reason"], plain["case_ref"], plain["answered_by"]) == (None, case, head)
    [opened] = [
        row for row in await desk.harness.rows("intake", "journal") if row["type"] == "intake.case.reading_opened.v1"
    ]
    assert head in str(opened) and pseudonym("staff", "nary-day") in str(opened)
