"""Bodies of state in the directory: two directory stewards say which organisation is one, and nobody else."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from services.operating.office import Trouble
from shared.auth import Purpose, Role
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.referrals.desk import SCHOOL, SUPERVISOR, WORKER, Desk
from tests.support.answered import ok
from tests.support.stewards import FIRST, FIRST_REF, OFFICE, OFFICE_REF, SECOND, SECOND_REF, begun

STATION = pseudonym("organisation", "station")
COORDINATOR = caller("coordinator", Role.REFERRAL_COORDINATOR, purpose=Purpose.REINTEGRATION)
POLICE = {"organisation_ref": STATION, "kind": "POLICE", "name": "A station"}
DIRECTORY = f"directory/{'d1' * 16}"
MADE = ref("proposal")
THIRD = {"organisation_ref": OFFICE_REF, "staff_ref": pseudonym("staff", "third"), "name": "Third"}


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, "" if answer.is_success else answer.json()["code"]


async def propose(desk: Desk, act: str = "registration", who: str = FIRST, **body: Any) -> str:
    """What one steward proposes; its ref."""
    return str(ok(await desk.post(f"proposals/{act}", who, body or POLICE))["ref"])


async def agreed(desk: Desk, act: str = "registration", **body: Any) -> None:
    """Both stewards agree."""
    ok(await desk.do(f"proposals/{await propose(desk, act, **body)}/confirm", SECOND))


async def entry(desk: Desk, organisation: str = STATION) -> dict[str, Any] | None:
    answer = await desk.get(f"organisations/{organisation}", FIRST)
    return None if answer.status_code == 404 else ok(answer)


async def test_one_proposes_another_confirms_and_then_it_is_in_the_directory(desk: Desk) -> None:
    await begun(desk.harness)
    made = ok(await desk.post("proposals/registration", FIRST, {"ref": MADE, **POLICE}))
    assert (made["ref"], made["status"]) == (MADE, "proposed")
    assert set(made["next"]) == {"confirmProposal", "declineProposal", "withdrawProposal"}
    assert await entry(desk) is None
    assert await desk.told(f"organisation/{STATION}") == []
    seen = ok(await desk.get(f"proposals/{MADE}", SECOND))
    assert (seen["entry"]["kind"], seen["proposed_by"], seen["status"]) == ("POLICE", FIRST_REF, "proposed")
    confirmed = ok(await desk.do(f"proposals/{MADE}/confirm", SECOND))
    assert (confirmed["status"], confirmed["next"]) == ("confirmed", [])
    found = await entry(desk)
    assert found is not None
    assert (found["kind"], found["status"], found["registered_by"]) == ("POLICE", "active", OFFICE_REF)
    assert await desk.told(f"organisation/{STATION}") == ["organisation.registered"]
    assert await desk.told(DIRECTORY) == [
        "steward.appointed", "steward.appointed", "proposal.made", "proposal.confirmed",
    ]  # fmt: skip


async def test_facts_of_a_proposal_say_no_kind_and_no_name(desk: Desk) -> None:
    await begun(desk.harness)
    await propose(desk)
    facts = [row["data"] for row in await desk.rows("journal") if row["type"] == "referrals.proposal.made.v1"]
    [said] = map(json.loads, facts)
    assert set(said) == {"directory_ref", "proposal_ref", "act", "organisation_ref"}


async def test_a_declined_or_withdrawn_proposal_changes_nothing(desk: Desk) -> None:
    await begun(desk.harness)
    declined = await propose(desk)
    ok(await desk.do(f"proposals/{declined}/decline", SECOND, {"reason": "NO_PROOF"}))
    withdrawn = await propose(desk)
    assert code(await desk.do(f"proposals/{withdrawn}/withdraw", SECOND)) == (409, "proposed_by_another")
    ok(await desk.do(f"proposals/{withdrawn}/withdraw", FIRST))
    for made in (declined, withdrawn):
        assert code(await desk.do(f"proposals/{made}/confirm", SECOND)) == (409, "not_allowed_in_status")
    assert await entry(desk) is None
    assert await desk.told(f"organisation/{STATION}") == []
    listed = ok(await desk.get("proposals", SECOND, status=["declined", "withdrawn"]))
    assert [row["ref"] for row in listed["items"]] == [declined, withdrawn]


async def test_every_change_of_a_body_of_state_is_agreed_on(desk: Desk) -> None:
    await begun(desk.harness)
    await agreed(desk)
    at = {"organisation_ref": STATION}
    steps: list[tuple[str, dict[str, Any], str, str]] = [
        ("correction", {"name": "The station", "kind": "IMMIGRATION"}, "active", "IMMIGRATION"),
        ("standing", {"standing": "SUSPEND", "pause_reason": "COMPLAINT"}, "suspended", "IMMIGRATION"),
        ("standing", {"standing": "REINSTATE"}, "active", "IMMIGRATION"),
        ("standing", {"standing": "CLOSE"}, "closed", "IMMIGRATION"),
        ("correction", {"kind": "NGO"}, "closed", "NGO"),
    ]
    for act, said, status, kind in steps:
        made = await propose(desk, act, **at, **said)
        before = await entry(desk)
        assert before is not None
        ok(await desk.do(f"proposals/{made}/confirm", SECOND))
        found = await entry(desk)
        assert found is not None
        assert (found["status"], found["kind"]) == (status, kind)
        assert before != found
    told = [fact.removeprefix("organisation.") for fact in await desk.told(f"organisation/{STATION}")]
    assert told == ["registered", "corrected", "suspended", "reinstated", "closed", "corrected"]
    assert code(await desk.post("proposals/standing", FIRST, {**at, "standing": "VOID", "void_reason": "OTHER"})) == (
        409,
        "needs_no_proposal",
    )


async def test_what_can_no_longer_be_is_refused_as_a_whole_when_it_is_confirmed(desk: Desk) -> None:
    """Two proposals of the same: the second finds it done, stays proposed, and can be declined."""
    await begun(desk.harness)
    first, second = await propose(desk), await propose(desk)
    ok(await desk.do(f"proposals/{first}/confirm", SECOND))
    assert (await desk.do(f"proposals/{second}/confirm", SECOND)).status_code == 409
    assert ok(await desk.get(f"proposals/{second}", SECOND))["status"] == "proposed"
    assert await desk.told(f"organisation/{STATION}") == ["organisation.registered"]
    ok(await desk.do(f"proposals/{second}/decline", SECOND, {"reason": "KNOWN_ALREADY"}))


async def test_two_confirm_at_once_and_it_is_done_once(desk: Desk) -> None:
    await begun(desk.harness)
    await agreed(desk, "appointment", **THIRD)
    made = await propose(desk)
    third = caller("third", Role.DIRECTORY_STEWARD, OFFICE)
    answers = await asyncio.gather(*(desk.post(f"proposals/{made}/confirm", who, version=1) for who in (SECOND, third)))
    assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 412])
    assert await desk.told(f"organisation/{STATION}") == ["organisation.registered"]


async def test_other_kinds_are_registered_as_ever(desk: Desk) -> None:
    await desk.directory("EDU-ENROL")
    assert ok(await desk.get(f"organisations/{SCHOOL}", WORKER))["kind"] == "SCHOOL"


async def test_places_and_whom_to_ask_are_said_by_whoever_keeps_the_entry(desk: Desk) -> None:
    await begun(desk.harness)
    await agreed(desk, **POLICE, services=[{"service": "EDU-ENROL"}])
    head = caller("head", Role.SUPERVISOR, "station", Purpose.REINTEGRATION)
    ok(await desk.do(f"organisations/{STATION}/change-capacity", head, {"service": "EDU-ENROL", "available": 2}))
    ok(await desk.do(f"organisations/{STATION}/correct", head, {"contact": {"phone": "012 345"}}))
    both = {"contact": {"phone": "012 345"}, "name": "Another"}
    assert code(await desk.do(f"organisations/{STATION}/correct", head, both)) == (409, "two_stewards_needed")
    # Only what will be done is offered.
    offered = ["changeCapacity", "correctOrganisation"]
    assert ok(await desk.get(f"organisations/{STATION}", head))["next"] == offered
    assert code(await desk.do(f"organisations/{STATION}/close", head, {})) == (409, "two_stewards_needed")
    receipt = await desk.do(f"organisations/{STATION}/change-capacity", head, {"service": "EDU-ENROL", "available": 1})
    assert ok(receipt)["next"] == offered


async def test_a_steward_is_appointed_and_removed_by_two_and_two_stay(desk: Desk) -> None:
    await begun(desk.harness)
    third = caller("third", Role.DIRECTORY_STEWARD, OFFICE)
    removal = {"staff_ref": SECOND_REF}
    last = await propose(desk, "removal", **removal)
    assert code(await desk.do(f"proposals/{last}/confirm", SECOND)) == (409, "two_stewards_stay")
    assert code(await desk.post("proposals/registration", third, POLICE)) == (404, "not_found")
    await agreed(desk, "appointment", **THIRD)
    listed = ok(await desk.get("stewards", third))["items"]
    assert {row["name"] for row in listed} == {None}, "a name is opened one entry at a time"
    names = {ok(await desk.get(f"stewards/{row['ref']}", third))["name"] for row in listed}
    assert names == {"Nhem Channary", "Lê Thị Hương", "Third"}
    assert ok(await desk.get(f"proposals/{last}", third))["steward_name"] == "Lê Thị Hương"
    ok(await desk.do(f"proposals/{last}/confirm", third))
    assert (await desk.told(DIRECTORY))[-2:] == ["proposal.confirmed", "steward.removed"]
    assert code(await desk.post("proposals/registration", SECOND, POLICE)) == (404, "not_found")
    assert (await desk.get("stewards", SECOND)).json().get("items", []) == []


async def test_a_proposal_of_somebody_who_was_removed_since_is_not_confirmed(desk: Desk) -> None:
    await begun(desk.harness)
    third = caller("third", Role.DIRECTORY_STEWARD, OFFICE)
    await agreed(desk, "appointment", **THIRD)
    made = await propose(desk, who=SECOND)
    gone = await propose(desk, "removal", staff_ref=SECOND_REF)
    ok(await desk.do(f"proposals/{gone}/confirm", third))
    assert code(await desk.do(f"proposals/{made}/confirm", third)) == (409, "proposer_looks_after_it_no_more")
    ok(await desk.do(f"proposals/{made}/decline", third, {"reason": "OTHER"}))


async def test_nobody_confirms_about_their_own_organisation_while_another_has_a_steward(desk: Desk) -> None:
    await begun(desk.harness)
    school_steward = caller("school-steward", Role.DIRECTORY_STEWARD, "bavet-school")
    await desk.directory("EDU-ENROL")
    appointed = {"organisation_ref": SCHOOL, "staff_ref": pseudonym("staff", "school-steward"), "name": "Head"}
    await agreed(desk, "appointment", **appointed)
    made = await propose(desk, "correction", organisation_ref=SCHOOL, kind="MINISTRY")
    assert code(await desk.do(f"proposals/{made}/confirm", school_steward)) == (409, "about_own_organisation")
    ok(await desk.do(f"proposals/{made}/confirm", SECOND))


@pytest.mark.parametrize("who", [SUPERVISOR, COORDINATOR])
@pytest.mark.parametrize("kind", ["POLICE", "COURT", "IMMIGRATION", "SOCIAL_AFFAIRS", "MINISTRY", "CONSULATE"])
async def test_attack_8_anybody_who_coordinates_registers_a_body_of_state(desk: Desk, who: str, kind: str) -> None:
    """At once, or as a school that becomes the police a moment later."""
    refused = (409, "two_stewards_needed")
    body = {"ref": STATION, "kind": kind, "name": "A station"}
    assert code(await desk.post("organisations", who, body)) == refused
    ok(await desk.post("organisations", who, {**body, "kind": "SCHOOL"}))
    assert code(await desk.do(f"organisations/{STATION}/correct", who, {"kind": kind})) == refused
    assert code(await desk.post("proposals/registration", who, POLICE)) == (404, "not_found")
    assert await desk.told(f"organisation/{STATION}") == ["organisation.registered"]


async def test_attack_8_one_steward_alone(desk: Desk) -> None:
    await begun(desk.harness)
    made = await propose(desk)
    assert code(await desk.do(f"proposals/{made}/confirm", FIRST)) == (409, "second_steward_needed")
    assert code(await desk.do(f"proposals/{made}/decline", FIRST, {"reason": "OTHER"})) == (
        409,
        "second_steward_needed",
    )
    assert code(await desk.post("organisations", FIRST, {"kind": "POLICE", "name": "A station"})) == (404, "not_found")
    assert await entry(desk) is None


async def test_attack_8_the_same_steward_twice_under_two_organisations(desk: Desk) -> None:
    """Neither can they stand in the register twice, nor does another employer's token count for their own entry."""
    await begun(desk.harness)
    await desk.directory("EDU-ENROL")
    again = caller("channary-steward", Role.DIRECTORY_STEWARD, "bavet-school")
    twice = {"organisation_ref": SCHOOL, "staff_ref": FIRST_REF, "name": "Once more"}
    assert code(await desk.post("proposals/appointment", FIRST, twice)) == (409, "steward_known")
    made = await propose(desk)
    assert code(await desk.do(f"proposals/{made}/confirm", again)) == (404, "not_found")
    other_role = caller("channary-steward", Role.SUPERVISOR, OFFICE)
    assert code(await desk.do(f"proposals/{made}/confirm", other_role)) == (404, "not_found")
    assert await entry(desk) is None


async def test_attack_8_a_token_with_the_role_and_no_entry(desk: Desk) -> None:
    """The administrator of another organisation's provider can give the role away, and nothing comes of it."""
    await begun(desk.harness)
    made = await propose(desk)
    for organisation in ("bavet-centre", OFFICE):
        nobody = caller("minted", Role.DIRECTORY_STEWARD, organisation)
        missing = (404, "not_found")
        assert code(await desk.post("proposals/registration", nobody, POLICE)) == missing
        for command in ("confirm", "withdraw"):
            assert code(await desk.do(f"proposals/{made}/{command}", nobody)) == missing
        assert code(await desk.do(f"proposals/{made}/decline", nobody, {"reason": "OTHER"})) == missing
        assert code(await desk.get(f"proposals/{made}", nobody)) == missing
        assert code(await desk.get(f"stewards/{FIRST_REF}", nobody)) == missing
        for listed in ("proposals", "stewards"):
            assert ok(await desk.get(listed, nobody))["items"] == []
    assert await entry(desk) is None


async def test_attack_8_a_directory_is_begun_a_second_time(desk: Desk) -> None:
    await begun(desk.harness)
    before = await desk.harness.told("referrals")
    for upgrade in (False, True):
        with pytest.raises(Trouble, match="begun already"):
            await begun(desk.harness, upgrade=upgrade, ref=STATION, kind="POLICE")
    assert await desk.harness.told("referrals") == before
    assert await entry(desk) is None


async def test_it_begins_in_an_empty_directory_or_in_one_of_before(desk: Desk) -> None:
    await desk.directory("EDU-ENROL")
    with pytest.raises(Trouble, match="--upgrade"):
        await begun(desk.harness)
    await begun(desk.harness, upgrade=True, ref=SCHOOL, kind="MINISTRY")
    assert ok(await desk.get(f"organisations/{SCHOOL}", FIRST))["kind"] == "SCHOOL", "it stays as it is"
    assert [row["status"] for row in await desk.rows("steward")] == ["active", "active"]


async def test_the_beginning_is_in_the_audit_and_no_route_leads_there(desk: Desk) -> None:
    await begun(desk.harness)
    [done] = [row for row in await desk.rows("audit") if row["action"] == "referrals.steward.begin"]
    assert (done["role"], done["decision"], done["staff_ref"]) == ("SYSTEM", "done", pseudonym("staff", "anna"))
    assert DIRECTORY in done["subjects"]
    paths = desk.harness.app.openapi()["paths"]
    assert not any(row.get("post", {}).get("operationId") == "beginDirectory" for row in paths.values())


async def test_stewards_come_to_no_case(desk: Desk) -> None:
    """Neither by what they are nor by asking: they have a part in the directory alone."""
    await begun(desk.harness)
    plan = await desk.opened()
    for path in (f"plans/{plan}", "plans", "service-referrals", "followups", "memberships", "groups", "attention"):
        assert (await desk.get(path, FIRST)).status_code == 404, path
    parts = await desk.rows("relation")
    assert {row["subject"] for row in parts if row["kind"] == "STEWARD"} == {DIRECTORY}
