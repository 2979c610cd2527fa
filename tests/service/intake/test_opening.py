"""Who comes to a person: whoever registered them or takes in their group, and nobody by naming them."""

from typing import Any

import pytest

from shared.auth import EVERYBODY, Role
from shared.testing import caller, ref
from tests.service.intake.desk import CENTRE, GATE, GATE_CODE, GATE_OFFICE, OFFICER, OTHER, SENDER, Desk, born, refused
from tests.support.answered import ok

STRANGER = caller("lone-caseworker", Role.CASEWORKER, "far-centre")
FOREIGN_HEAD = caller("far-head", Role.SUPERVISOR, "far-centre")
IDENTITY = {"names": [{"full_name": "Overwritten", "script": "LATIN"}]}


async def _group(desk: Desk, **named: Any) -> str:
    lines = [{"ref": ref("line 1"), "number": 1, "as_received": {"full_name": "Xun Chan Tha"}}]
    body: dict[str, Any] = {
        "ref": ref("group"),
        "country": "VN",
        "gate": GATE_CODE,
        "planned_day": "2026-11-04",
        "lines": lines,
    }
    return str(ok(await desk.do("handovers", SENDER, **body, **named))["ref"])


async def test_any_caseworker_opens_a_case_on_any_person_reads_the_identity_and_overwrites_it(desk: Desk) -> None:
    person = await desk.person("Sun Chantha", born(2011))
    for who in (STRANGER, FOREIGN_HEAD):
        assert (await desk.see("persons", who))["items"] == []
        for body in ({}, {"handover_ref": ref("made up")}, {"line_ref": ref("made up")}):
            refused(await desk.do("cases", who, person_ref=person, country="VN", **body), "not_found")
        await desk.unseen(f"persons/{person}", who)
        refused(await desk.change(f"persons/{person}", "correct", who, identity=IDENTITY), "not_found")
        refused(await desk.change(f"persons/{person}", "void", who, reason="DUPLICATE"), "not_found")
    assert await desk.harness.rows("intake", "case_file") == []
    # A colleague of who registered the person opens it, and works on it from then on.
    case = ok(await desk.do("cases", OTHER, person_ref=person, country="VN"))["ref"]
    assert (await desk.see(f"persons/{person}", OTHER))["identity"] is not None
    refused(await desk.do(f"cases/{case}/void", STRANGER, version=1, reason="DUPLICATE"), "not_found")


async def test_voiding_the_case_keeps_the_access(desk: Desk) -> None:
    person = await desk.person("Sun Chantha", born(2011))
    case = ok(await desk.do("cases", OTHER, person_ref=person, country="VN"))["ref"]
    stay = await _given(desk, case)
    ok(await desk.change(f"cases/{case}", "void", OTHER, reason="DUPLICATE"))
    assert (await desk.harness.told("intake", f"case/{case}"))[-2:] == [
        "intake.case.released.v1",
        "intake.case.voided.v1",
    ]
    assert {row["staff_ref"] for row in await desk.harness.rows("intake", "relation")} == {EVERYBODY}
    assert (await desk.see(f"persons/{person}", OTHER))["identity"] is None
    assert (await desk.see(f"stays/{stay}", OTHER))["bed"] is None
    assert (await desk.see(f"persons/{person}", OFFICER))["identity"] is not None, "who registered the person goes on"


async def _given(desk: Desk, case: str) -> str:
    body: dict[str, Any] = {"ref": ref("stay"), "case_ref": case, "bed": {"room": "Lotus"}}
    return str(ok(await desk.do("stays/admit", OTHER, **body))["ref"])


async def test_a_case_from_a_hand_over_is_opened_by_its_host(desk: Desk) -> None:
    group = await _group(desk, receiver_ref=GATE_OFFICE, host_ref=CENTRE)
    refused(await desk.do("persons", STRANGER, identity=IDENTITY, line_ref=ref("line 1")), "line_unknown")
    person = await desk.person("Sun Chantha", born(2011), line_ref=ref("line 1"))
    theirs = ok(await desk.do("persons", STRANGER, ref=ref("theirs"), identity=IDENTITY))["ref"]
    from_group = {"country": "VN", "handover_ref": group}
    refused(await desk.do("cases", STRANGER, person_ref=person, **from_group), "not_found")
    refused(await desk.do("cases", STRANGER, person_ref=theirs, **from_group), "not_found")
    refused(await desk.do("cases", OFFICER, person_ref=theirs, **from_group), "not_found")
    ok(await desk.do("cases", OTHER, person_ref=person, **from_group))
    ok(await desk.do("cases", STRANGER, person_ref=theirs, country="VN"))


@pytest.mark.parametrize("host", ["bavet-centre", "far-centre"])
async def test_the_host_opens_on_people_whom_the_receiver_registered(desk: Desk, host: str) -> None:
    await _group(desk, receiver_ref=GATE_OFFICE)
    gate = caller("chan-gate", Role.INTAKE_OFFICER, "bavet-gate")
    person = ok(await desk.do("persons", gate, identity=IDENTITY, line_ref=ref("line 1")))["ref"]
    refused(await desk.do("cases", OFFICER, person_ref=person, country="VN"), "not_found")
    opener = caller("opener", Role.INTAKE_OFFICER, host)
    named = {"bavet-centre": CENTRE}.get(host, ref("another"))
    ok(await desk.change(f"handovers/{ref('group')}", "arrive", GATE, gate=GATE_CODE, head_count=1, host_ref=named))
    answer = await desk.do("cases", opener, person_ref=person, country="VN", handover_ref=ref("group"))
    assert answer.status_code == (201 if named == CENTRE else 404)
