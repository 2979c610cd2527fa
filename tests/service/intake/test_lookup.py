"""Names for a list of people: of those with whom the caller works, and nothing of anybody else."""

from typing import Any

import pytest

from shared.auth import Role
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.intake.desk import OFFICER, Desk, born, refused
from tests.support.answered import ok

DECIDER = caller("kim-decider", Role.DECIDER)
FAR = caller("dara-far", Role.CASEWORKER, "far-centre")
COLLEAGUE = caller("another-officer", Role.INTAKE_OFFICER)


async def looked_up(desk: Desk, who: str, *refs: str) -> dict[str, Any]:
    items = ok(await desk.do("persons/lookup", who, refs=list(refs)))["items"]
    return {item["ref"]: (item["initial"], item["names"] and item["names"][0]["full_name"]) for item in items}


async def _case(desk: Desk, name: str) -> str:
    case = await desk.case(name, born(1985))
    part = {"staff_ref": pseudonym("staff", "kim-decider"), "kind": "DECIDER"}
    ok(await desk.change(f"cases/{case}", "assign", organisation_ref=pseudonym("organisation", "bavet-centre"), **part))
    return case


async def test_names_for_who_works_with_them_a_letter_for_who_decides_nothing_for_others(desk: Desk) -> None:
    for name in ("Sok Dara", "Ly Bopha"):
        await _case(desk, name)
    dara, bopha = ref("Sok Dara"), ref("Ly Bopha")
    whole = {dara: ("S", "Sok Dara"), bopha: ("L", "Ly Bopha")}
    assert await looked_up(desk, OFFICER, bopha, ref("nobody"), dara, dara) == whole
    assert await looked_up(desk, DECIDER, bopha, dara) == {dara: ("S", None), bopha: ("L", None)}
    for who in (FAR, COLLEAGUE):
        hidden = await desk.do("persons/lookup", who, refs=[dara])
        unknown = await desk.do("persons/lookup", who, refs=[ref("nobody")])
        assert ok(hidden) == ok(unknown) == {"items": []}
    refused(await desk.do("persons/lookup", caller("x", Role.SERVICE_PROVIDER), refs=[dara]), "not_found")
    for refs in ([], [ref(f"{number}") for number in range(201)], ["Sok Dara"]):
        refused(await desk.do("persons/lookup", refs=refs), "invalid")


async def test_each_row_is_an_entry_in_the_audit_and_so_is_that_some_were_left_out(desk: Desk) -> None:
    for name in ("Sok Dara", "Ly Bopha"):
        await _case(desk, name)
    before = len(await desk.harness.rows("intake", "audit"))
    await looked_up(desk, OFFICER, ref("Sok Dara"), ref("nobody"), ref("Ly Bopha"))
    entries = (await desk.harness.rows("intake", "audit"))[before:]
    assert {entry["action"] for entry in entries} == {"intake.person.look_up"}
    found = sorted((entry["decision"], *entry["subjects"]) for entry in entries)
    about = sorted(f"person/{ref(name)}" for name in ("Sok Dara", "Ly Bopha"))
    assert found == [("not_found", f"person/{ref('nobody')}"), *(("shown", subject) for subject in about)]
    assert [entry["classes"] for entry in entries if entry["decision"] == "shown"] == [["C2"], ["C2"]]


async def test_it_counts_against_what_one_may_see_in_an_hour(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["Sok Dara", "Ly Bopha", "Chan Thida"]
    for name in names:
        await _case(desk, name)
    monkeypatch.setattr(desk.harness.running["intake"].kept.budget, "_bound", 2)
    desk.harness.running["intake"].kept.budget._of.clear()
    desk.harness.clock.advance(hours=2)
    refused(await desk.do("persons/lookup", refs=[ref(name) for name in names]), "too_many_cases")
    assert len(await looked_up(desk, OFFICER, *(ref(name) for name in names[:2]))) == 2
    refused(await desk.do("persons/lookup", refs=[ref(names[2])]), "too_many_cases")
