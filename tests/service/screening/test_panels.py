"""A panel over HTTP: a name in a proposal is a question to somebody, and only their own request answers it."""

from typing import Any

import pytest

from shared.auth import Role
from shared.contracts import intake
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.screening.casework import CASE, DOSVY, SECOND, TEAM, WORKER, Casework, suspicion
from tests.service.screening.test_best_interests import HOME, KIN, OFFICE, PAIR, PANEL, found, member
from tests.support.answered import ok

FAR = pseudonym("organisation", "far-house")
LENT = caller("sina-lent", Role.CASEWORKER, "far-house")
"""A social worker whom another house lends for the panel."""
LENDING = [PANEL[0], PANEL[2], member("sina-lent", "CASEWORKER", house=FAR)]


async def _answer(casework: Casework, command: str, who: str, **body: Any) -> tuple[int, str | None]:
    said = await casework.on_best(command, who, **body)
    return said.status_code, said.json().get("code")


async def _read(casework: Casework, who: str) -> Any:
    path = f"/screening/v1/best-interests/{(await casework.best())['ref']}"
    return await casework.world.get(path, who)


async def test_attack_4_a_placement_with_a_panel_of_made_up_members_stays_proposed_for_ever(casework: Casework) -> None:
    """One decider names people whom nobody knows, with a chair of social affairs among them."""
    await found(casework, suspicion())
    chair = member("nobody-dosvy", "SOCIAL_AFFAIRS", chair=True, house=OFFICE)
    invented = KIN | {"members": [PAIR[0], chair, member("nobody-else", "SUPERVISOR")]}
    for _ in range(3):
        assert (await casework.on_best("propose", WORKER, **invented)).json()["status"] == "proposed"
        assert (await _answer(casework, "confirm", WORKER)) == (200, None)
        assert (await _answer(casework, "confirm", SECOND)) == (409, "caller_not_a_member")
        assert (await _answer(casework, "confirm", DOSVY)) == (409, "caller_not_a_member")
    casework.world.clock.advance(days=400)
    await casework.world.settle()
    best = await casework.best()
    assert (best["status"], [one["staff_ref"] for one in best["confirmed"]]) == (
        "proposed",
        [pseudonym("staff", "chan-caseworker")],
    )
    assert "best_interests.decided" not in await casework.told()


async def test_attack_4_an_outsider_confirms_with_a_name_that_is_theirs_and_a_role_that_is_not(
    casework: Casework,
) -> None:
    """Being named opens nothing by itself; and nobody chairs for social affairs who does not act for it."""
    await found(casework, suspicion())
    friend = member("sina-lent", "SOCIAL_AFFAIRS", chair=True, house=FAR)
    ok(await casework.on_best("propose", WORKER, **KIN | {"members": [*PAIR, friend]}))
    assert await _answer(casework, "confirm", LENT) == (404, "not_found")
    ok(await casework.on_best("seat-panel", SECOND))
    assert await _answer(casework, "confirm", LENT) == (409, "named_in_another_role")
    # Nor does a role in a token make an authority: what the directory says of the house does.
    friend_of_role = caller("sina-lent", Role.SOCIAL_AFFAIRS, "far-house")
    assert await _answer(casework, "confirm", friend_of_role) == (409, "chair_of_no_authority")
    assert await _answer(casework, "confirm", caller("sina-lent", Role.SOCIAL_AFFAIRS, "third-house")) == (
        404,
        "not_found",
    )


async def test_a_member_from_elsewhere_reads_it_once_the_holder_s_supervisor_lets_them_and_until_it_is_decided(
    casework: Casework,
) -> None:
    await found(casework, suspicion())
    ok(await casework.on_best("propose", DOSVY, **KIN | {"members": LENDING}))
    assert (await _read(casework, LENT)).status_code == 404
    for stranger in (LENT, DOSVY, WORKER, TEAM, caller("far-head", Role.SUPERVISOR, "far-house")):
        assert await _answer(casework, "seat-panel", stranger) == (404, "not_found")
    ok(await casework.on_best("seat-panel", SECOND))
    seen = (await _read(casework, LENT)).json()
    assert (seen["grounds"]["reasons"], seen["receiver"]) == ("Safe.", "KIN")
    assert (await _read(casework, DOSVY)).json()["grounds"]["child_view"] == HOME["child_view"]
    for path in (
        f"interviews/{casework.interview}",
        f"cases/{CASE}/journey",
        f"interviews/{casework.interview}/answers",
    ):
        assert (await casework.world.get(f"/screening/v1/{path}", LENT)).status_code == 404
    ok(await casework.on_best("confirm", LENT))
    assert (await casework.best())["status"] == "proposed"
    ok(await casework.on_best("confirm", SECOND))
    assert (await casework.best())["status"] == "decided"
    assert (await _read(casework, LENT)).status_code == 404
    assert (await _read(casework, DOSVY)).json()["grounds"] is None
    told = [fact.split(".")[1] for fact in await casework.told() if fact.startswith("best_interests")]
    assert told[2:] == ["assigned"] * 3 + ["confirmed", "decided"] + ["released"] * 3


@pytest.mark.parametrize("ends", ["withdraw", "object", "release-member", "void", "transfer", "propose"])
async def test_the_part_of_a_member_ends_with_what_they_were_asked(casework: Casework, ends: str) -> None:
    await found(casework, suspicion())
    ok(await casework.on_best("propose", SECOND, **KIN | {"members": LENDING}))
    assert (await _read(casework, LENT)).status_code == 200
    if ends == "transfer":
        await casework.world.hear("intake", intake.CaseTransferAccepted(case_ref=CASE, organisation_ref=ref("new")))
    elif ends == "release-member":
        mine = {"staff_ref": pseudonym("staff", "sina-lent"), "organisation_ref": FAR}
        assert await _answer(casework, ends, WORKER, **mine) == (404, "not_found")
        assert await _answer(casework, ends, SECOND, **mine | {"staff_ref": ref("no one")}) == (409, "not_on_the_panel")
        ok(await casework.on_best(ends, SECOND, **mine))
    else:
        body: dict[str, Any] = {"object": {"reason": "NOT_SAFE"}, "void": {"reason": "DUPLICATE"}, "propose": KIN}
        ok(await casework.on_best(ends, LENT if ends == "object" else SECOND, **body.get(ends, {})))
    assert (await _read(casework, LENT)).status_code == 404
    assert await _answer(casework, "confirm", LENT) == (404, "not_found")


async def test_whoever_objects_ends_the_proposal_and_stays_on_record(casework: Casework) -> None:
    await found(casework)
    ok(await casework.on_best("propose", WORKER, **HOME))
    assert await _answer(casework, "object", DOSVY, reason="NOT_SAFE") == (409, "caller_not_a_member")
    ok(await casework.on_best("object", SECOND, reason="CHILD_WISHES_OTHERWISE"))
    best = await casework.best()
    assert (best["status"], best["receiver"], best["confirmed"], best["members"]) == ("required", None, [], [])
    assert [one["reason"] for one in best["objections"]] == ["CHILD_WISHES_OTHERWISE"]
    ok(await casework.settle_best(WORKER, **HOME))
    assert len((await casework.best())["objections"]) == 1


async def test_what_was_confirmed_of_a_proposal_counts_for_no_other(casework: Casework) -> None:
    await found(casework, suspicion())
    ok(await casework.on_best("propose", WORKER, **KIN))
    ok(await casework.on_best("confirm", SECOND))
    other = KIN | {"receiver": "FOSTER", "set_aside": ["PARENT", "OTHER_PARENT", "KIN"]}
    ok(await casework.on_best("propose", WORKER, **other))
    ok(await casework.on_best("confirm", DOSVY))
    assert (await casework.best())["status"] == "proposed"
    ok(await casework.on_best("correct", WORKER, review_day="2027-01-04"))
    assert [one["staff_ref"] for one in (await casework.best())["confirmed"]] == [pseudonym("staff", "chan-caseworker")]
    for who in (DOSVY, SECOND):
        ok(await casework.on_best("confirm", who))
    assert (await casework.best())["status"] == "decided"
    ok(await casework.on_best("reopen", WORKER, cause="AGENCIES_DISAGREE"))
    assert (await casework.best())["confirmed"] == []
    assert await _answer(casework, "confirm", SECOND) == (409, "not_allowed_in_status")


async def test_a_suspicion_that_comes_while_two_are_asked_takes_a_panel(casework: Casework) -> None:
    await found(casework)
    ok(await casework.on_best("propose", WORKER, **HOME))
    await casework.world.hear("intake", suspicion())
    best = await casework.best()
    assert (best["status"], best["panel"], best["cause"]) == ("required", True, "PARENT_IMPLICATED")
