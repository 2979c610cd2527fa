"""People and households over HTTP: names for those who work with somebody, and suspicion told case by case."""

from typing import Any

import pytest

from shared.auth import Role
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.intake.desk import CENTRE, OTHER, Desk, born, refused, stated
from tests.support.answered import ok


async def test_names_in_several_scripts_are_kept_as_written_and_sealed(desk: Desk) -> None:
    names = [
        {"full_name": "ស៊ុន  ចាន់ថា", "script": "KHMER", "order": "FAMILY_FIRST"},
        {"full_name": "Xun Chan Tha", "script": "VIETNAMESE", "kind": "ON_LIST"},
        {"full_name": "Chantha", "script": "LATIN", "order": "SINGLE", "kind": "NICKNAME"},
    ]
    phones = [{"number": "+85512345678", "owner": "NEIGHBOUR", "safe_to_call": True}]
    home = {"country": "KH", "code": "20080103", "valid_from": "2004-01-01", "name_as_written": "Ta Pov"}
    identity: dict[str, Any] = {"names": names, "births": [born(2011)], "phones": phones, "home": home}
    person = ok(await desk.do("persons", sex="FEMALE", identity=identity))["ref"]
    read = await desk.see(f"persons/{person}")
    assert [name["full_name"] for name in read["identity"]["names"]] == [name["full_name"] for name in names]
    assert read["home_province"]["code"] == "20"
    hidden = await desk.see(f"persons/{person}", OTHER)
    assert (hidden["identity"], hidden["child"]) == (None, None)
    assert (await desk.see("persons"))["items"][0]["identity"] is None
    stored = (await desk.harness.rows("intake", "person"))[0]
    assert b"Chantha" not in stored["identity"] and "2011" not in str(stored)
    assert await desk.harness.told("intake", f"person/{person}") == ["intake.person.registered.v1"]


async def test_h15_a_home_keeps_the_zeros_of_its_code_and_names_its_province(desk: Desk) -> None:
    home = {"country": "KH", "code": "01020304", "valid_from": "2004-01-01"}
    person = await desk.person("Sun Chantha", identity={"home": home})
    read = await desk.see(f"persons/{person}")
    assert (read["identity"]["home"]["code"], read["home_province"]["code"]) == ("01020304", "01")


async def test_statements_that_disagree_are_all_kept_and_the_lowest_protects(desk: Desk) -> None:
    person = await desk.person("Sun Chantha", stated(19, "2026-11-01", "SENDING_LIST"), born(2010))
    read = await desk.see(f"persons/{person}", as_of="2026-11-04")
    assert (read["child"], read["births_conflict"]) == (True, True)
    assert len(read["identity"]["births"]) == 2


async def test_a_person_is_corrected_and_void_only_without_a_case(desk: Desk) -> None:
    person = await desk.person("Sun Chantha", born(2011))
    ok(await desk.change(f"persons/{person}", "correct", sex="FEMALE", nationality_verified="KH"))
    assert (await desk.see(f"persons/{person}"))["nationality_verified"] == "KH"
    case = ok(await desk.do("cases", person_ref=person, country="VN"))["ref"]
    refused(await desk.change(f"persons/{person}", "void", reason="DUPLICATE"), "person_has_a_case")
    ok(await desk.change(f"cases/{case}", "void", reason="DUPLICATE"))
    ok(await desk.change(f"persons/{person}", "void", reason="DUPLICATE"))
    refused(await desk.do("cases", person_ref=person, country="VN"), "person_voided")


async def test_only_who_works_on_a_case_of_theirs_changes_what_is_known_of_people(desk: Desk) -> None:
    case = await desk.case("Sun Chantha", born(2011))
    person = (await desk.see(f"cases/{case}"))["person_ref"]
    refused(await desk.change(f"persons/{person}", "correct", OTHER, sex="MALE"), "relation_needed")
    members = [{"person_ref": person, "relationship": "CHILD"}]
    refused(await desk.do("households", OTHER, members=members), "not_found")
    home = ok(await desk.do("households", members=members))["ref"]
    refused(await desk.change(f"households/{home}", "remove-member", OTHER, person_ref=person), "relation_needed")


FAR = caller("lone-officer", Role.INTAKE_OFFICER, "far-centre")


@pytest.mark.parametrize("version", [None, 99])
async def test_a_stranger_does_not_even_learn_that_a_version_is_asked_for(desk: Desk, version: int | None) -> None:
    case = await desk.case("Sun Chantha", born(2011))
    person = (await desk.see(f"cases/{case}"))["person_ref"]
    home = ok(await desk.do("households", members=[{"person_ref": person, "relationship": "CHILD"}]))["ref"]
    bodies = {
        f"persons/{person}/correct": {"sex": "MALE"},
        f"persons/{person}/void": {"reason": "ENTERED_IN_ERROR"},
        f"households/{home}/remove-member": {"person_ref": person},
        f"households/{home}/void": {"reason": "ENTERED_IN_ERROR"},
        f"cases/{case}/void": {"reason": "ENTERED_IN_ERROR"},
    }
    for path, body in bodies.items():
        refused(await desk.do(path, FAR, version, **body), "not_found")
        refused(await desk.do(path, OTHER, version, **body), "relation_needed")


async def test_a_line_has_one_person(desk: Desk) -> None:
    identity: dict[str, Any] = {"names": [{"full_name": "Sun", "script": "LATIN"}]}
    refused(await desk.do("persons", identity=identity, line_ref=ref("no line")), "line_unknown")


async def in_team(desk: Desk, case: str) -> None:
    """A colleague works on the case, too."""
    mine = {"staff_ref": pseudonym("staff", "dara-intake"), "organisation_ref": CENTRE, "kind": "TEAM"}
    ok(await desk.change(f"cases/{case}", "assign", **mine))


async def test_every_case_of_a_household_learns_of_an_implicated_caregiver(desk: Desk) -> None:
    cases = [await desk.case(name, born(2013)) for name in ("Sun Chantha", "Sun Chanthy")]
    children = [(await desk.see(f"cases/{case}"))["person_ref"] for case in cases]
    father = await desk.person("Sun Vichet", born(1984))
    members = [{"person_ref": child, "relationship": "CHILD"} for child in children]
    home = ok(await desk.do("households", members=members))["ref"]
    house = f"households/{home}"
    assert [(await desk.see(f"cases/{case}"))["household_ref"] for case in cases] == [home, home]
    suspect: dict[str, Any] = {"person_ref": father, "relationship": "HEAD", "implicated_caregiver": True}
    ok(await desk.change(house, "add-member", **suspect))
    for case in cases:
        assert (await desk.see(f"cases/{case}"))["implicated"] == [father]
        told = await desk.harness.told("intake", f"case/{case}")
        assert told[-2:] == ["intake.case.household_changed.v1", "intake.case.caregiver_implicated.v1"]
    other = ok(await desk.do("households", members=[]))["ref"]
    refused(await desk.change(f"households/{other}", "add-member", **suspect), "member_of_another_household")
    refused(await desk.change(f"households/{other}", "add-member", person_ref=ref("?"), relationship="HEAD"),
            "not_found")  # fmt: skip
    cleared = {**suspect, "implicated_caregiver": False}
    ok(await desk.change(house, "correct", **cleared))
    assert (await desk.see(f"cases/{cases[0]}"))["implicated"] == [father], "one says so: another one must"
    assert (await desk.see(house))["lifting"]["asked_by"] == pseudonym("staff", "srey-intake")
    await in_team(desk, cases[0])
    ok(await desk.change(house, "correct", OTHER, **cleared))
    assert (await desk.see(f"cases/{cases[0]}"))["implicated"] == []
    assert (await desk.see(house))["lifting"] is None
    ok(await desk.change(house, "remove-member", person_ref=children[0]))
    assert (await desk.see(f"cases/{cases[0]}"))["household_ref"] is None
    assert (await desk.see(f"cases/{cases[1]}"))["household_ref"] == home
    ok(await desk.change(house, "void", reason="ENTERED_IN_ERROR"))
    assert (await desk.see(f"persons/{father}"))["household_ref"] is None


async def test_a_later_case_begins_with_the_household_as_it_is(desk: Desk) -> None:
    child, father = await desk.person("Sun Chantha", born(2013)), await desk.person("Sun Vichet", born(1984))
    members = [
        {"person_ref": father, "relationship": "HEAD", "implicated_caregiver": True},
        {"person_ref": child, "relationship": "CHILD"},
    ]
    home = ok(await desk.do("households", members=members))["ref"]
    case = ok(await desk.do("cases", person_ref=child, country="VN"))["ref"]
    read = await desk.see(f"cases/{case}")
    assert (read["household_ref"], read["implicated"]) == (home, [father])
    assert (await desk.see(f"households/{home}"))["members"][0]["implicated_caregiver"] is True
    assert len((await desk.see("households"))["items"]) == 1


STRANGER = caller("lone-caseworker", Role.CASEWORKER, "far-centre")


async def test_an_outsider_adds_their_own_person_to_a_household_and_clears_the_implicated_caregiver(desk: Desk) -> None:
    case, father = await desk.case("Sun Chantha", born(2013)), await desk.person("Sun Vichet", born(1984))
    child = (await desk.see(f"cases/{case}"))["person_ref"]
    suspect = {"person_ref": father, "relationship": "HEAD", "implicated_caregiver": True}
    members = [suspect, {"person_ref": child, "relationship": "CHILD"}]
    house = f"households/{ok(await desk.do('households', members=members))['ref']}"
    own = ok(await desk.do("persons", STRANGER, identity={"names": [{"full_name": "Own", "script": "LATIN"}]}))["ref"]
    ok(await desk.do("cases", STRANGER, person_ref=own, country="VN"))
    brought = {"person_ref": own, "relationship": "SIBLING"}
    refused(await desk.change(house, "add-member", STRANGER, **brought), "not_found")
    refused(await desk.do("households", STRANGER, members=[brought, *members]), "not_found")
    refused(await desk.change(house, "add-member", **brought), "not_found")
    lifting: dict[str, dict[str, Any]] = {
        "correct": {"person_ref": father, "implicated_caregiver": False},
        "remove-member": {"person_ref": father},
        "void": {"reason": "ENTERED_IN_ERROR"},
    }
    for command, body in lifting.items():
        refused(await desk.change(house, command, STRANGER, **body), "not_found")
    # The suspect's own case gives nobody the right to lift the suspicion either.
    of_father = ok(await desk.do("cases", OTHER, person_ref=father, country="VN"))["ref"]
    for command, body in lifting.items():
        refused(await desk.change(house, command, OTHER, **body), "suspicion_needs_team")
    assert (await desk.see(f"cases/{case}"))["implicated"] == [father]
    for _ in range(2):
        ok(await desk.change(house, "correct", **lifting["correct"]))
        assert (await desk.see(f"cases/{case}"))["implicated"] == [father]
    await in_team(desk, case)
    ok(await desk.change(house, "void", OTHER, **lifting["void"]))
    ok(await desk.change(house, "correct", **lifting["correct"]))
    assert (await desk.see(f"cases/{case}"))["implicated"] == [father], "nobody agreed to the same"
    ok(await desk.change(house, "correct", OTHER, **lifting["correct"]))
    assert (await desk.see(f"cases/{case}"))["implicated"] == []
    assert (await desk.see(f"cases/{of_father}"))["implicated"] == []
