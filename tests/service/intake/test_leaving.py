"""Somebody left an organisation, as intake hears of it: nothing of theirs opens anything, also when they come back."""

from collections.abc import Iterable

import pytest
from sqlalchemy import Connection, insert, select

from shared.auth import Role
from shared.bus.rebuild import differences, refold
from shared.contracts import referrals
from shared.ids import pseudonym
from shared.journey.parts import Relation
from shared.storage.ledger import Ledger
from shared.testing import caller
from shared.writing import streams
from tests.service.intake.desk import CENTRE, OFFICER, OTHER, Desk, born, refused
from tests.service.intake.test_custody import HEAD
from tests.support.answered import ok

STAFF = pseudonym("staff", "srey-intake")
LEFT = referrals.StaffLeft(organisation_ref=CENTRE, staff_ref=STAFF)
RETURNED = referrals.StaffReturned(organisation_ref=CENTRE, staff_ref=STAFF)
HOME = f"organisation/{CENTRE}"
AS_HEAD = caller("srey-intake", Role.SUPERVISOR)
"""The same person at the same organisation in a role that needs no part of their own."""
ELSEWHERE = caller("srey-intake", Role.SUPERVISOR, "far-centre")
TEAM = {"staff_ref": STAFF, "organisation_ref": CENTRE, "kind": "TEAM"}


async def _hears(desk: Desk, *facts: referrals.StaffLeft | referrals.StaffReturned) -> None:
    await desk.harness.hear("referrals", *facts)


async def _world(desk: Desk) -> tuple[str, str, str]:
    """A case that the leaver opened, of somebody with a bed elsewhere, and a person of no case whom they registered."""
    case = await desk.case("Sok Dara", born(1990, 6, 1))
    await desk.hosted(case)
    return case, (await desk.see(f"cases/{case}"))["person_ref"], await desk.person("Chan Mony")


async def test_who_left_sees_and_does_nothing_by_any_ground(desk: Desk) -> None:
    case, person, alone = await _world(desk)
    stay = (await desk.see("stays"))["items"][0]["ref"]
    version = await desk.version(f"cases/{case}")
    paths = (f"cases/{case}", f"persons/{person}", f"persons/{alone}", f"stays/{stay}", f"cases/{case}/journey")
    for path in paths:
        await desk.see(path)
    await _hears(desk, LEFT)
    for who in (OFFICER, AS_HEAD):
        for path in (*paths, "permissions", "codes"):
            await desk.unseen(path, who)
        for listed in ("cases", "persons", "stays", "handovers", "households"):
            assert (await desk.see(listed, who))["items"] == [], listed
        names = {"full_name": "Keo Vanna", "script": "LATIN", "order": "FAMILY_FIRST"}
        refused(await desk.do("persons", who, identity={"names": [names]}), "not_found")
        refused(await desk.do("cases", who, person_ref=alone, country="VN"), "not_found")
        refused(await desk.do(f"cases/{case}/assign", who, version, **TEAM), "not_found")
        refused(await desk.do("consents/refuse", who, case_ref=case, purpose="MEDIA"), "not_found")
        assert ok(await desk.do("persons/lookup", who, refs=[person])) == {"items": []}
        glass = {"reason": "CHILD_MISSING", "words": "gone"}
        refused(await desk.do(f"cases/{case}/break-glass", who, **glass), "not_found")
    assert (await desk.see(f"cases/{case}", HEAD))["workers"] == []
    await desk.see("permissions", ELSEWHERE)


async def test_who_comes_back_begins_with_nothing(desk: Desk) -> None:
    case, person, alone = await _world(desk)
    assert "identity" in await desk.see(f"persons/{alone}")
    await _hears(desk, LEFT, RETURNED)
    assert (await desk.see(f"persons/{person}"))["identity"] is None
    await desk.unseen(f"cases/{case}/journey")
    # Whom the organisation registered, its people may know of; who it is only whoever registered them since.
    assert (await desk.see(f"persons/{alone}"))["identity"] is None
    later = await desk.person("Long Sokha")
    assert (await desk.see(f"persons/{later}"))["identity"]
    ok(await desk.change(f"cases/{case}", "assign", HEAD, **TEAM))
    assert (await desk.see(f"persons/{person}"))["identity"]


async def test_what_was_had_before_stays_shut_while_its_end_is_still_to_be_told(desk: Desk) -> None:
    """The facts came before the to-dos that release: nothing opens in between, and what is given since is kept."""
    case, _, _ = await _world(desk)
    intake = desk.harness.running["intake"]
    await desk.harness.tell("referrals", LEFT, RETURNED)
    while await intake.consumer.step():
        pass
    await desk.unseen(f"cases/{case}/journey")
    assert [row["staff_ref"] for row in await desk.harness.rows("intake", "relation") if row["kind"] == "TEAM"] == [
        STAFF
    ]
    await desk.harness.settle()
    assert [row["kind"] for row in await desk.harness.rows("intake", "relation")] == ["HOLDER", "HOSTS", "GONE"]


async def test_a_case_that_its_whole_team_left_calls_the_holder_s_supervisors(desk: Desk) -> None:
    case, _, _ = await _world(desk)
    await _hears(desk, LEFT)
    assert (await desk.harness.told("intake", f"case/{case}"))[-1] == "intake.case.released.v1"
    desk.harness.clock.advance(seconds=2)
    await desk.harness.settle()
    [waits] = (await desk.see("attention", HEAD))["items"]
    assert (waits["kind"], waits["case_ref"], waits["status"]) == ("nobody_works_on_it", case, "open")
    far = caller("vibol-far", Role.SUPERVISOR, "far-centre")
    assert (await desk.see("attention", far))["items"] == []
    assert (await desk.see("attention", AS_HEAD))["items"] == []
    ok(await desk.change(f"cases/{case}", "assign", HEAD, **{**TEAM, "staff_ref": pseudonym("staff", "dara-intake")}))
    [done] = (await desk.see("attention", HEAD))["items"]
    assert (done["status"], done["reason"]) == ("dismissed", "DONE_BY_HAND")
    assert (await desk.see(f"cases/{case}", OTHER))["ref"] == case


async def test_nobody_is_called_to_a_case_on_which_somebody_still_works(desk: Desk) -> None:
    case, _, _ = await _world(desk)
    ok(await desk.change(f"cases/{case}", "assign", HEAD, **{**TEAM, "staff_ref": pseudonym("staff", "dara-intake")}))
    await _hears(desk, LEFT)
    desk.harness.clock.advance(seconds=2)
    await desk.harness.settle()
    assert (await desk.see("attention", HEAD))["items"] == []
    [worker] = (await desk.see(f"cases/{case}", OTHER))["workers"]
    assert worker["staff_ref"] == pseudonym("staff", "dara-intake")


async def test_a_conflict_of_interest_outlives_a_leaving(desk: Desk) -> None:
    case, _, _ = await _world(desk)
    mine = {"staff_ref": STAFF, "organisation_ref": CENTRE, "reason": "RELATIVE"}
    ok(await desk.change(f"cases/{case}", "declare-conflict", HEAD, **mine))
    await _hears(desk, LEFT, RETURNED)
    refused(await desk.change(f"cases/{case}", "assign", HEAD, **TEAM), "barred_from_case")
    await desk.unseen(f"cases/{case}")


async def test_a_rebuild_finds_the_same(desk: Desk) -> None:
    case, _, _ = await _world(desk)
    await _hears(desk, LEFT)
    refused(await desk.change(f"cases/{case}", "assign", HEAD, **TEAM), "staff_left")
    await _hears(desk, RETURNED)
    await desk.unseen(f"cases/{case}/journey")
    kept, before = desk.harness.running["intake"].kept, await desk.harness.rows("intake", "relation")
    assert await differences(kept.database, kept.ledger, kept.journey) == []
    await kept.database.write(lambda conn: conn.execute(kept.ledger.relation.delete()))
    ok(await desk.harness.get(f"/intake/v1/persons/{(await desk.harness.rows('intake', 'person'))[1]['ref']}", OFFICER))
    await refold(kept.database, kept.ledger, kept.journey)
    assert sorted(map(str, await desk.harness.rows("intake", "relation"))) == sorted(map(str, before))
    await desk.unseen(f"cases/{case}/journey")


async def test_a_write_that_waited_for_its_lock_while_they_left_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever leaves between the look-up and the lock of a write is found behind the lock."""
    case, _, _ = await _world(desk)
    version, row = await desk.version(f"cases/{case}"), Relation(HOME, "referrals", STAFF, CENTRE, "GONE")._asdict()
    lock = streams.lock

    def waited(conn: Connection, ledger: Ledger, subjects: Iterable[str]) -> dict[str, int]:
        if not conn.execute(select(ledger.relation).where(ledger.relation.c.kind == "GONE")).first():
            conn.execute(insert(ledger.relation), row)
        return lock(conn, ledger, subjects)

    monkeypatch.setattr(streams, "lock", waited)
    answer = await desk.do(f"cases/{case}/correct", OFFICER, version, country="TH")
    assert answer.status_code in (404, 503)
    assert (await desk.harness.rows("intake", "case_file"))[0]["country"] == "VN"
