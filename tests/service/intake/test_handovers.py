"""Hand-overs over HTTP: the list stays as received, and every difference between list and gate has a reason."""

from typing import Any

from shared.testing import ref
from tests.service.intake.desk import (
    CENTRE,
    CONSUL,
    CONSULATE,
    GATE,
    GATE_CODE,
    GATE_OFFICE,
    OFFICER,
    SENDER,
    Desk,
    refused,
)
from tests.support.answered import ok

HELD = {
    "place": "SOCIAL_SUPPORT_CENTRE",
    "province": {"country": "VN", "code": "80", "valid_from": "2004-01-01"},
    "began_on": "2026-09-01",
    "ended_on": "2026-11-03",
}


def line(number: int, name: str, **more: Any) -> dict[str, Any]:
    """A line as a Vietnamese officer writes it."""
    paper = {"full_name": name, "birth": "2013", "sex": "Nữ", "home": "Xvây Riêng"}
    body: dict[str, Any] = {
        "ref": ref(f"line {number}"),
        "number": number,
        "sex": "FEMALE",
        "listed_as": "CHILD",
        "as_received": paper,
    }
    return body | {"detention": HELD} | more


LIST = [line(1, "Xốc Xa Rây"), line(2, "Kêu Xô Phia"), line(3, "Lia Đa Ra", listed_as="ADULT")]


async def announced(desk: Desk) -> str:
    body: dict[str, Any] = {
        "ref": ref("the group"),
        "country": "VN",
        "gate": GATE_CODE,
        "planned_day": "2026-11-04",
        "receiver_ref": GATE_OFFICE,
        "host_ref": CENTRE,
        "consulate_ref": CONSULATE,
        "lines": LIST,
    }
    answer = ok(await desk.do("handovers", SENDER, **body))
    assert [each["ref"] for each in answer["lines"]] == [each["ref"] for each in LIST]
    return f"handovers/{answer['ref']}"


def answers(*codes: str) -> list[dict[str, str]]:
    return [{"line_ref": ref(f"line {n}"), "nationality": code} for n, code in enumerate(codes, start=1)]


async def test_h13_list_gate_and_reception_reconcile_and_the_original_list_never_changes(desk: Desk) -> None:
    group = await announced(desk)
    some = ok(await desk.change(group, "confirm", CONSUL, lines=answers("CONFIRMED", "UNCLEAR")))
    assert (some["ref"], some["version"], some["status"]) == (ref("the group"), 1, "announced")
    ok(await desk.change(group, "confirm", CONSUL, lines=answers("CONFIRMED", "UNCLEAR", "REFUSED")))
    assert (await desk.see(group))["status"] == "confirmed"
    before = await _papers(desk)
    ok(await desk.change(group, "arrive", GATE, gate=GATE_CODE, head_count=3))
    come = [{"line_ref": ref(f"line {n}"), "outcome": "present"} for n in (1, 2)]
    infant = {"ref": ref("infant"), "carried": True}
    refused(await desk.change(group, "reconcile", GATE, lines=come, added=[infant]), "lines_without_answer")
    sick = {"line_ref": ref("line 3"), "outcome": "absent"}
    refused(await desk.change(group, "reconcile", GATE, lines=[*come, sick], added=[infant]), "absence_without_reason")
    sick["reason"] = "HOSPITAL"
    refused(await desk.change(group, "reconcile", GATE, lines=[*come, sick]), "count_differs")
    answer = ok(await desk.change(group, "reconcile", GATE, lines=[*come, sick], added=[infant]))
    assert (answer["ref"], answer["status"]) == (ref("the group"), "reconciled")
    assert [each["status"] for each in answer["lines"]] == ["present", "present", "absent", "added"]
    read = await desk.see(group)
    counts = {name: read[name] for name in ("announced", "present", "absent", "added", "differences")}
    assert counts == {"announced": 3, "present": 2, "absent": 1, "added": 1, "differences": 2}
    assert await _papers(desk) == before
    found = (await desk.see("lines", OFFICER, handover_ref=read["ref"]))["items"]
    lines = sorted(found, key=lambda each: int(each["number"]))
    assert [each["number"] for each in lines] == [1, 2, 3, 4]
    assert lines[0]["as_received"] == LIST[0]["as_received"] | {
        "other_names": [], "nationality": None, "document": None, "family_group": None, "relation": None,
        "accompanied_by": None, "belongings": None,
    }  # fmt: skip
    assert lines[2]["reason"] == "HOSPITAL" and lines[3]["carried"] is True
    assert lines[0]["days_detained"] == 64 and lines[3]["days_detained"] is None
    ok(await desk.change(group, "close", GATE))
    assert (await desk.harness.told("intake", f"handover/{read['ref']}"))[-2:] == [
        "intake.handover.reconciled.v1",
        "intake.handover.closed.v1",
    ]


async def _papers(desk: Desk) -> list[bytes]:
    return [row["as_received"] for row in await desk.harness.rows("intake", "line") if row["as_received"]]


async def test_announcing_again_under_the_same_key_adds_nothing(desk: Desk) -> None:
    body: dict[str, Any] = {"country": "VN", "gate": GATE_CODE, "planned_day": "2026-11-04", "lines": LIST}
    first = ok(await desk.do("handovers", SENDER, key="list-1", **body))
    assert ok(await desk.do("handovers", SENDER, key="list-1", **body)) == first
    assert len(await desk.harness.rows("intake", "line")) == 3
    refused(await desk.do("handovers", SENDER, key="list-1", **{**body, "gate": "OTHER_UNKNOWN"}),
            "idempotency_key_reused")  # fmt: skip
    twice: dict[str, Any] = {**body, "lines": [LIST[0], LIST[0] | {"ref": ref("other")}]}
    refused(await desk.do("handovers", SENDER, **twice), "line_number_twice")


async def test_a_sending_authority_sees_its_own_list_and_no_other(desk: Desk) -> None:
    group = await announced(desk)
    other = SENDER.replace("long-an-health", "tay-ninh-health")
    refused(await desk.harness.get(f"/intake/v1/{group}", other), "not_found")
    refused(await desk.harness.get(f"/intake/v1/lines/{ref('line 1')}", other), "not_found")
    assert (await desk.see("handovers", other))["items"] == []
    assert (await desk.see(f"lines/{ref('line 1')}", SENDER))["as_received"]["full_name"] == "Xốc Xa Rây"
    refused(await desk.do("handovers", OFFICER, country="VN", gate=GATE_CODE, planned_day="2026-11-04", lines=LIST),
            "not_found")  # fmt: skip


async def test_a_group_may_be_postponed_cancelled_or_void(desk: Desk) -> None:
    group = await announced(desk)
    ok(await desk.change(group, "postpone", GATE, reason="WEATHER", planned_day="2026-11-09"))
    assert (await desk.see(group))["planned_day"] == "2026-11-09"
    ok(await desk.change(group, "correct", GATE, gate="OTHER_UNKNOWN"))
    ok(await desk.change(group, "cancel", SENDER, reason="PAPERS"))
    ok(await desk.change(group, "cancel", SENDER, reason="PAPERS"))
    refused(await desk.change(group, "arrive", GATE, gate=GATE_CODE, head_count=3), "not_allowed_in_status")
    ok(await desk.change(group, "void", GATE, reason="ENTERED_IN_ERROR"))


async def test_what_stands_beside_a_line_is_corrected_and_an_added_line_is_void(desk: Desk) -> None:
    group = await announced(desk)
    first = f"lines/{ref('line 1')}"
    ok(await desk.change(first, "correct", detention=None))
    assert (await desk.see(first))["days_detained"] is None
    refused(await desk.change(first, "void", reason="ENTERED_IN_ERROR"), "not_allowed_in_status")
    ok(await desk.change(group, "arrive", GATE, gate=GATE_CODE, head_count=4))
    come = [{"line_ref": ref(f"line {n}"), "outcome": "present"} for n in (1, 2, 3)]
    refused(await desk.change(group, "reconcile", GATE, lines=[*come, come[0]]), "line_answered_twice")
    stranger = [{"line_ref": ref("nobody"), "outcome": "present"}]
    refused(await desk.change(group, "reconcile", GATE, lines=stranger), "line_unknown")
    ok(await desk.change(group, "reconcile", GATE, lines=come, added=[{"ref": ref("extra")}]))
    ok(await desk.change(f"lines/{ref('extra')}", "void", reason="ENTERED_IN_ERROR"))
    refused(await desk.change(group, "reconcile", GATE), "count_differs")
    ok(await desk.change(group, "correct", GATE, head_count=3))
    ok(await desk.change(group, "reconcile", GATE))
    assert (await desk.see(group))["added"] == 0


async def test_h5_a_seventeen_year_old_listed_as_adult_is_a_child_here(desk: Desk) -> None:
    group = await announced(desk)
    ok(await desk.change(group, "confirm", CONSUL, lines=answers("CONFIRMED", "REFUSED", "CONFIRMED")))
    birth = {"precision": "DAY", "year": 2009, "month": 1, "day": 20, "source": "CONSULAR_PAPER"}
    person = await desk.person("Lea Dara", birth, line_ref=ref("line 3"))
    read = await desk.see(f"persons/{person}")
    assert (read["child"], read["age_low"]) == (True, 17)
    assert read["nationality_verified"] == "KH"
    case = ok(await desk.do("cases", person_ref=person, country="VN", line_ref=ref("line 3")))["ref"]
    assert (await desk.see(f"cases/{case}"))["is_minor"] is True
    assert (await desk.see(f"lines/{ref('line 3')}"))["listed_as"] == "ADULT"
    stateless = await desk.person("Keo Sophea", line_ref=ref("line 2"))
    assert (await desk.see(f"persons/{stateless}"))["stateless_risk"] is True
