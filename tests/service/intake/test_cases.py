"""Cases over HTTP: opened on a person, given to staff, answered for an age, closed with the plan."""

from typing import Any

from shared.auth import Role
from shared.contracts import referrals, screening
from shared.ids import case_number
from shared.testing import caller, ref
from tests.service.intake.desk import DOSVY, OFFICER, OTHER, Desk, born, refused, stated
from tests.support.answered import ok


async def test_a_case_is_opened_read_and_listed(desk: Desk) -> None:
    case = await desk.case("Sok Dara", born(2012, 3, 9))
    read = await desk.see(f"cases/{case}")
    assert read["case_number"] == case_number(case)
    assert read["is_minor"] is True
    assert read["next"] == ["assignCase", "correctCase", "declareConflict", "evaluateAge", "releaseCase", "voidCase"]
    page = await desk.see("cases", status="open")
    assert [item["ref"] for item in page["items"]] == [case]
    assert await desk.harness.told("intake", f"case/{case}") == ["intake.case.opened.v1", "intake.case.assigned.v1"]


async def test_opening_twice_under_one_key_opens_once(desk: Desk) -> None:
    group = await desk.group("the group")
    person = await desk.person("Sok Dara", born(2012, 3, 9), line_ref=ref("line of the group"))
    body: dict[str, Any] = {"person_ref": person, "country": "VN", "handover_ref": group}
    first = await desk.do("cases", key="the-same-key", **body)
    again = await desk.do("cases", key="the-same-key", **body)
    assert ok(first) == ok(again)
    refused(await desk.do("cases", **body), "case_already_open")


async def test_h16_a_returnee_who_comes_back_gets_a_new_case_on_the_same_person(desk: Desk) -> None:
    spring, autumn = await desk.group("in spring"), await desk.group("in autumn")
    person = await desk.person("Sok Dara", born(1990), line_ref=ref("line of in spring"))
    first = ok(await desk.do("cases", person_ref=person, country="VN", handover_ref=spring))["ref"]
    refused(await desk.do("cases", person_ref=person, country="VN", handover_ref=autumn), "not_found")
    ok(await desk.change(f"persons/{person}", "correct", line_ref=ref("line of in autumn")))
    again = ok(await desk.do("cases", person_ref=person, country="VN", handover_ref=autumn))["ref"]
    read = await desk.see(f"cases/{again}")
    assert (read["person_ref"], read["previous_case_ref"]) == (person, first)
    assert read["case_number"] != (await desk.see(f"cases/{first}"))["case_number"]
    assert len((await desk.see("cases", person_ref=person))["items"]) == 2
    facts = await desk.harness.rows("intake", "journal")
    opened = [row for row in facts if row["type"] == "intake.case.opened.v1" and row["subject"] == f"case/{again}"]
    assert f'"previous_case_ref":"{first}"' in opened[0]["data"]


async def test_h16_two_people_of_one_name_and_birth_stay_two(desk: Desk) -> None:
    cases = []
    for person in (ref("first"), ref("namesake")):
        names = [{"full_name": "Sok Dara", "script": "LATIN", "order": "FAMILY_FIRST"}]
        ok(await desk.do("persons", ref=person, identity={"names": names, "births": [born(1990)]}))
        opened = ok(await desk.do("cases", person_ref=person, country="VN"))
        cases.append(await desk.see(f"cases/{opened['ref']}"))
    assert [case["person_ref"] for case in cases] == [ref("first"), ref("namesake")]
    assert [case["previous_case_ref"] for case in cases] == [None, None]


async def test_h4_an_unknown_or_year_only_age_that_may_be_under_18_is_a_child(desk: Desk) -> None:
    unknown = await desk.case("Chan Thy")
    presumed = await desk.case("Chan Mao", born(2008))  # 17 or 18 on the clock's day in November 2026
    adult = await desk.case("Chan Vuthy", born(2008, 1, 2))
    children = {case: (await desk.see(f"cases/{case}"))["is_minor"] for case in (unknown, presumed, adult)}
    assert children == {unknown: True, presumed: True, adult: False}


async def test_only_who_works_on_a_case_writes_to_it_and_a_stranger_finds_nothing(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    refused(await desk.do(f"cases/{case}/assign", OTHER, version=1, **_staff("kim")), "relation_needed")
    far = caller("lone-officer", Role.INTAKE_OFFICER, "far-centre")
    refused(await desk.do(f"cases/{case}/assign", far, version=1, **_staff("kim")), "not_found")
    refused(await desk.do(f"cases/{case}/assign", version=9, **_staff("kim")), "stale")
    refused(await desk.do(f"cases/{case}/assign", **_staff("kim")), "version_required")
    ok(await desk.change(f"cases/{case}", "assign", **_staff("kim")))
    ok(await desk.change(f"cases/{case}", "release", **_staff("kim")))
    assert len((await desk.see(f"cases/{case}"))["workers"]) == 1


def _staff(name: str) -> dict[str, Any]:
    return {"staff_ref": ref(name), "organisation_ref": ref("centre"), "kind": "TEAM"}


async def test_intake_answers_for_an_age_when_it_hears_the_months(desk: Desk) -> None:
    case = await desk.case("Sok Dara", born(2008, 6, 1))  # 18 today, 17 then
    interview = screening.InterviewCompleted(
        case_ref=case,
        interview_ref=ref("interview"),
        day=desk.harness.clock().date(),
        sittings=1,
        first_month="2026-02",
        last_month="2026-08",
    )
    await desk.harness.hear("screening", interview)
    read = await desk.see(f"cases/{case}")
    assert (read["child_then"], read["is_minor"], read["age_basis"]) == (True, False, "DOCUMENT")
    await desk.harness.settle()
    assert (await desk.harness.told("intake", f"case/{case}"))[-1] == "intake.case.age_evaluated.v1"
    assert await desk.harness.rows("intake", "attention") == []


async def test_better_knowledge_of_a_birth_is_a_new_answer(desk: Desk) -> None:
    case = await desk.case("Sok Dara", stated(15, "2026-11-01"))
    ok(await desk.change(f"cases/{case}", "evaluate-age", first_month="2026-09"))
    person = (await desk.see(f"cases/{case}"))["person_ref"]
    disproved = stated(15, "2026-11-01") | {"reliability": "DISPROVED"}
    names = [{"full_name": "Sok Dara", "script": "LATIN"}]
    identity = {"names": names, "births": [disproved, born(2000, 1, 1)]}
    ok(await desk.change(f"persons/{person}", "correct", identity=identity))
    assert (await desk.see(f"cases/{case}"))["child_then"] is False
    assert (await desk.harness.told("intake", f"case/{case}")).count("intake.case.age_evaluated.v1") == 2


async def test_the_case_closes_and_reopens_with_its_plan(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    plan, day = ref("plan"), desk.harness.clock().date()
    closed = referrals.PlanClosed(case_ref=case, plan_ref=plan, reason="GOALS_MET", day=day, overridden=False)
    await desk.harness.hear("referrals", closed)
    assert (await desk.see(f"cases/{case}"))["status"] == "closed"
    await desk.harness.hear(
        "referrals", referrals.PlanReopened(case_ref=case, plan_ref=plan, reason="MORE_HELP_NEEDED", day=day)
    )
    assert (await desk.see(f"cases/{case}"))["status"] == "open"


async def test_h23_days_of_a_detention_without_an_end_are_unknown_and_never_none(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    held = {"place": "SOCIAL_SUPPORT_CENTRE", "began_on": "2026-09-01"}
    ok(await desk.change(f"cases/{case}", "correct", detentions=[held]))
    assert (await desk.see(f"cases/{case}"))["days_detained"] is None


async def test_a_case_is_corrected_and_voided(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    held = {"place": "SOCIAL_SUPPORT_CENTRE", "began_on": "2026-09-01", "ended_on": "2026-11-03"}
    ok(await desk.change(f"cases/{case}", "correct", detentions=[held]))
    assert (await desk.see(f"cases/{case}"))["days_detained"] == 64
    ok(await desk.change(f"cases/{case}", "void", reason="DUPLICATE"))
    refused(await desk.change(f"cases/{case}", "assign", **_staff("kim")), "not_found")
    assert (await desk.see(f"cases/{case}"))["workers"] == []


async def test_what_other_systems_call_a_case_stands_sealed_and_is_told_of_that_case_alone(desk: Desk) -> None:
    court, police = {"system": "court", "value": "AZ-117/2026"}, {"system": "police", "value": "P-44"}
    case = await desk.case("Sok Dara", born(2012, 3, 9), external_references=[court])
    assert (await desk.see(f"cases/{case}"))["external_references"] == [court]
    [listed] = (await desk.see("cases", status="open"))["items"]
    assert listed["external_references"] == []
    [row] = await desk.harness.rows("intake", "case_file")
    assert row["external_references"] == []
    assert b"117" not in row["elsewhere"]
    facts = len(await desk.harness.told("intake", f"case/{case}"))
    ok(await desk.change(f"cases/{case}", "correct", external_references=[court]))
    assert len(await desk.harness.told("intake", f"case/{case}")) == facts, "nothing was changed"
    ok(await desk.change(f"cases/{case}", "correct", external_references=[police, court]))
    ok(await desk.change(f"cases/{case}", "correct", country="KH"))
    assert (await desk.see(f"cases/{case}"))["external_references"] == [police, court]
    ok(await desk.change(f"cases/{case}", "correct", external_references=[]))
    [row] = await desk.harness.rows("intake", "case_file")
    assert row["elsewhere"] is None
    assert (await desk.see(f"cases/{case}"))["external_references"] == []


async def test_a_reader_without_the_right_gets_no_detention(desk: Desk) -> None:
    case = await desk.case("Sok Dara")
    refused(await desk.harness.get(f"/intake/v1/cases/{case}", DOSVY), "not_found")
    assert "workers" in await desk.see(f"cases/{case}", OTHER)
    refused(await desk.harness.get(f"/intake/v1/cases/{ref('nobody')}", OFFICER), "not_found")
