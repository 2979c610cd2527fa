"""Requests to be forgotten over HTTP: who asks, who decides, what the law keeps, and what is gone afterwards."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from shared.auth import Role
from shared.erasing.ledger import ErasureLedger
from shared.ids import Subject
from shared.testing import caller, ref
from tests.service.intake.desk import DOSVY, OFFICER, Desk, refused
from tests.service.intake.test_custody import HEAD
from tests.service.intake.test_glass import OFFICER_OF_PRIVACY as PRIVACY
from tests.support.answered import ok

WORKER = caller("srey-intake", Role.CASEWORKER)
NAME = "Sok Dara"
ERASURE = ref("erasure")
EXECUTE = {"outcome": "EXECUTED", "ground": "PERSON_ASKED"}


async def asked(desk: Desk, person: str, name: str = "erasure", who: str = WORKER, days_ago: int = 0) -> httpx.Response:
    day = desk.harness.clock.now.date() - timedelta(days=days_ago)
    return await desk.do("erasures", who, ref=ref(name), person_ref=person, asked_on=str(day))


async def decided(desk: Desk, name: str = "erasure", who: str = PRIVACY, **said: Any) -> httpx.Response:
    seen = await desk.harness.get(f"/intake/v1/erasures/{ref(name)}", PRIVACY)
    version = seen.headers["ETag"].strip('"')
    return await desk.do(f"erasures/{ref(name)}/decide", who, version, **{**EXECUTE, **said})


async def someone(desk: Desk) -> tuple[str, str, str]:
    """Somebody of a list with a case, a bed and words: their line, person and case."""
    await desk.group("a group")
    line = ref(f"line of {'a group'}")
    person = await desk.person(NAME, line_ref=line)
    case = str(ok(await desk.do("cases", ref=ref("their case"), person_ref=person, country="VN"))["ref"])
    await desk.stay(case)
    return line, person, case


async def forgotten(desk: Desk) -> tuple[str, str, str]:
    """Somebody who was forgotten."""
    who = await someone(desk)
    ok(await asked(desk, who[1]))
    ok(await decided(desk))
    await desk.harness.settle()
    return who


async def test_what_is_sealed_of_somebody_is_destroyed_and_that_is_certified(desk: Desk, tmp_path: Path) -> None:
    line, person, case = await forgotten(desk)
    sealed = {"person": ("identity", person), "line": ("as_received", line)}
    for table, (column, owner) in sealed.items():
        row = next(row for row in await desk.harness.rows("intake", table) if row["ref"] == owner)
        assert (row[column], row["created_as"]) == (None, None)
    assert [row["bed"] for row in await desk.harness.rows("intake", "stay")] == [None]
    keys = desk.harness.running["intake"].kept.key_store
    subjects = [Subject("person", person), Subject("line", line), Subject("case", case)]
    assert await keys.obtain("intake", subjects, create=True) == dict.fromkeys(subjects, b"")
    seen = await desk.see(f"erasures/{ERASURE}", PRIVACY)
    assert {(one["subject"], one["rows"], one["keys"]) for one in seen["confirmed"]} == {
        (Subject("case", case), 1, 1),
        (Subject("person", person), 2, 2),
    }
    lines = ErasureLedger(tmp_path / "data.erasures").lines()
    assert Counter(one for entry in lines for one in entry.subjects) == Counter(subjects)
    assert {(entry.order, entry.service) for entry in lines} == {(ERASURE, "intake")}


async def test_nobody_finds_a_forgotten_person_and_nothing_more_is_written_of_them(desk: Desk) -> None:
    line, person, case = await forgotten(desk)
    for reader in (OFFICER, WORKER, HEAD, DOSVY):
        await desk.unseen(f"persons/{person}", reader)
        await desk.unseen(f"cases/{case}", reader)
        assert (await desk.see("cases", reader))["items"] == []
    for path, body in ((f"cases/{case}/correct", {"country": "TH"}), (f"persons/{person}/correct", {"sex": "MALE"})):
        refused(await desk.do(path, WORKER, 1, **body), "not_found")
    refused(await desk.do("stays/admit", OFFICER, case_ref=case, bed={"room": "1"}), "not_found")
    assert (await desk.see(f"lines/{line}"))["as_received"] is None
    identity = {"names": [{"full_name": NAME, "script": "LATIN"}]}
    refused(await desk.do("persons", ref=person, identity=identity), "not_found")


async def test_whoever_wrote_it_down_does_not_decide_and_no_stranger_does(desk: Desk) -> None:
    _, person, _ = await someone(desk)
    both = caller("rachana-privacy", Role.CASEWORKER, "dosvy-svay-rieng")
    refused(await asked(desk, person, who=both), "not_found")
    ok(await asked(desk, person))
    refused(await asked(desk, person, "another"), "erasure_asked_already")
    for stranger in (HEAD, WORKER, DOSVY):
        assert (await decided(desk, who=stranger)).status_code in (403, 404)
    same = caller("srey-intake", Role.PRIVACY_OFFICER)
    refused(await decided(desk, who=same), "erasure_second_person")


async def test_nothing_is_destroyed_under_a_legal_hold_until_it_is_lifted(desk: Desk) -> None:
    _, person, case = await someone(desk)
    ok(await asked(desk, person))
    refused(await decided(desk, hold_ref=ref("hold")), "erasure_on_hold")
    later = str(desk.harness.clock.now.date() + timedelta(days=90))
    refused(await decided(desk, outcome="DEFERRED", ground="LEGAL_HOLD"), "erasure_until_a_day")
    held = {"outcome": "DEFERRED", "ground": "LEGAL_HOLD", "until": later, "hold_ref": ref("hold")}
    ok(await decided(desk, **held))
    refused(await decided(desk), "erasure_on_hold")
    assert (await desk.see(f"persons/{person}"))["identity"]["names"][0]["full_name"] == NAME
    version = await desk.version(f"erasures/{ERASURE}", PRIVACY)
    ok(await desk.do(f"erasures/{ERASURE}/lift-hold", PRIVACY, version))
    ok(await decided(desk))
    await desk.unseen(f"cases/{case}")


async def test_what_is_executed_in_part_keeps_who_it_is(desk: Desk) -> None:
    line, person, case = await someone(desk)
    ok(await asked(desk, person))
    ok(await decided(desk, outcome="PARTLY_EXECUTED", ground="CHILD_PROTECTION_DUTY"))
    await desk.harness.settle()
    await desk.unseen(f"cases/{case}")
    rows = {table: await desk.harness.rows("intake", table) for table in ("person", "line", "stay")}
    assert [row["bed"] for row in rows["stay"]] == [None]
    assert all(row["identity"] for row in rows["person"] if row["ref"] == person)
    assert all(row["as_received"] for row in rows["line"] if row["ref"] == line)


async def test_people_are_called_when_the_days_of_the_law_are_over(desk: Desk) -> None:
    _, person, _ = await someone(desk)
    ok(await asked(desk, person))
    seen = await desk.see(f"erasures/{ERASURE}", PRIVACY)
    assert seen["acknowledge_by"] < seen["answer_by"]
    desk.harness.clock.advance(days=22)
    await desk.harness.settle()
    codes = {row["code"] for row in await desk.harness.rows("intake", "attention")}
    assert {"erasure_unacknowledged", "erasure_unanswered"} <= codes
