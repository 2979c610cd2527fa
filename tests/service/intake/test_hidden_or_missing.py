"""What is hidden and what is missing have one answer, whatever names it; and a known ref tells nobody more."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from shared.auth import Purpose, Role
from shared.testing import caller, ref
from tests.service.intake.desk import GATE_OFFICE, OFFICER, OTHER, SENDER, TOLD, Desk, born, refused
from tests.service.intake.test_conflicts import MINE
from tests.service.intake.test_custody import FAR_HEAD, HEAD, OFFER
from tests.service.intake.test_same_again import CREATING, ME, NIGHT
from tests.support.answered import ok

NOBODY = ref("nobody")
WORKER = caller("srey-intake", Role.CASEWORKER)
ELSEWHERE = {
    OFFICER: caller("far-officer", Role.INTAKE_OFFICER, "third-centre"),
    WORKER: caller("far-worker", Role.CASEWORKER, "third-centre"),
    SENDER: caller("far-sender", Role.SENDING_AUTHORITY, "another-authority", Purpose.REPATRIATION),
    NIGHT: caller("far-night", Role.CASEWORKER, "third-centre", factor_at=datetime(2026, 11, 4, 1, tzinfo=UTC)),
}
"""Somebody of the same role, of another organisation."""


def _same(*answers: httpx.Response) -> str:
    """All answers are one refusal; its code."""
    said = [{**answer.json(), "request_id": None} for answer in answers]
    assert all(each == said[0] for each in said), said
    assert not answers[0].is_success
    return str(said[0]["code"])


async def _hidden(desk: Desk) -> str:
    """A person who was registered here, and whose case another organisation holds now."""
    case = await desk.case("Sok Dara", born(1990))
    person = (await desk.see(f"cases/{case}"))["person_ref"]
    ok(await desk.change(f"cases/{case}", "offer-transfer", HEAD, **OFFER))
    ok(await desk.do(f"cases/{case}/accept-transfer", FAR_HEAD, 2))
    await desk.unseen(f"persons/{person}")
    return str(person)


async def test_a_hidden_person_is_told_from_a_missing_one_by_a_household(desk: Desk) -> None:
    people = await _hidden(desk), NOBODY
    own = await desk.person("Sun Chantha", born(1985))
    member = {"person_ref": own, "relationship": "HEAD"}
    home = f"households/{ok(await desk.do('households', ref=ref('home'), members=[member]))['ref']}"
    for command, more in (("add-member", {"relationship": "CHILD"}), ("correct", {"implicated_caregiver": True})):
        code = _same(*[await desk.change(home, command, person_ref=one, **more) for one in people])
        assert code == {"add-member": "not_found", "correct": "not_a_member"}[command]
    formed = [{"person_ref": one, "relationship": "CHILD"} for one in people]
    assert _same(*[await desk.do("households", members=[one]) for one in formed]) == "not_found"
    versions = [ok(await desk.change(home, "remove-member", person_ref=one))["version"] for one in people]
    assert versions == [1, 1]


async def test_a_hidden_person_is_told_from_a_missing_one_by_opening_a_case(desk: Desk) -> None:
    people = await _hidden(desk), NOBODY
    named: tuple[dict[str, str], ...] = ({}, {"handover_ref": NOBODY}, {"line_ref": NOBODY})
    for more in named:
        assert _same(*[await desk.do("cases", person_ref=one, country="VN", **more) for one in people]) == "not_found"


async def test_a_hand_over_of_others_is_told_from_a_missing_one(desk: Desk) -> None:
    group, other = await desk.group("the group"), await desk.group("theirs", GATE_OFFICE)
    person = await desk.person("Sun Chantha", born(1985))
    case = await desk.case("Sun Vichet", born(1985))
    for one in (group, other, NOBODY):
        refused(await desk.do("cases", person_ref=person, country="VN", handover_ref=one), "not_found")
        refused(await desk.change(f"cases/{case}", "correct", handover_ref=one), "not_found")
    assert (await desk.see(f"cases/{case}"))["handover_ref"] is None


async def test_a_consent_names_a_hidden_giver_as_a_missing_one(desk: Desk) -> None:
    hidden, case = await _hidden(desk), await desk.case("Sun Chantha", born(2013))
    said: dict[str, Any] = {
        "case_ref": case,
        "purpose": "STORE",
        "informed": TOLD,
        "giver": "CAREGIVER",
        "signature": "THUMBPRINT",
    }
    answers = [await desk.do("consents/grant", **said, giver_ref=one) for one in (hidden, NOBODY)]
    assert _same(*answers) == "assent_missing"


@pytest.mark.parametrize("command", CREATING, ids=lambda command: command.__name__)
async def test_a_repeated_create_answers_a_stranger(desk: Desk, command: Any) -> None:
    """The same body under the same ref, or another one, with a key of their own: as if there were nothing."""
    path, made, who = CREATING[command]
    said, changed = await made(desk)
    ok(await desk.do(path, who, ref=ME, **said))
    stranger = ELSEWHERE[who]
    name, value = next(iter(changed.items()))
    for body in (said, {**said, name: value}):
        refused(await desk.do(path, stranger, ref=ME, **body), "not_found")
    assert ok(await desk.do(path, who, ref=ME, **said))["ref"] == ME


async def test_a_repeated_opening_answers_who_is_barred_from_the_case(desk: Desk) -> None:
    person = await desk.person("Sok Dara", born(1990))
    said = {"ref": ME, "person_ref": person, "country": "VN"}
    ok(await desk.do("cases", OTHER, **said))
    ok(await desk.change(f"cases/{ME}", "declare-conflict", HEAD, **MINE))
    refused(await desk.do("cases", OFFICER, **said), "not_found")
    assert ok(await desk.do("cases", OTHER, **said))["status"] == "open"


async def test_a_repeated_opening_answers_who_lost_the_case(desk: Desk) -> None:
    await _hidden(desk)
    said = {"ref": ref("case of Sok Dara"), "person_ref": ref("Sok Dara"), "country": "VN"}
    refused(await desk.do("cases", OFFICER, **said), "not_found")
    refused(await desk.do("cases", OFFICER, **{**said, "country": "TH"}), "not_found")
