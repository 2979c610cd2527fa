"""Best interests: who decides, in which order, and never an implicated receiver without the recorded exception."""

from typing import Any

import pytest

from services.screening.interviews.state import Profile
from shared.auth import Role
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.screening.casework import (
    AUNT,
    CASE,
    CENTRE,
    DECIDER,
    DOSVY,
    EXPLOITED,
    MOTHER,
    SECOND,
    SENT,
    TEAM,
    WORKER,
    Casework,
    aged,
    decision,
    staff,
    suspicion,
)


def member(name: str, role: str, chair: bool = False, house: str = CENTRE) -> dict[str, Any]:
    return {"staff_ref": staff(name), "organisation_ref": house, "role": role, "chair": chair}


OFFICE = pseudonym("organisation", "dosvy-svay-rieng")


PAIR = [member("chan-caseworker", "CASEWORKER"), member("vanna-supervisor", "SUPERVISOR")]
PANEL = [member("rath-dosvy", "SOCIAL_AFFAIRS", chair=True, house=OFFICE), *PAIR]
HOME = {
    "receiver": "PARENT", "person_ref": MOTHER, "members": PAIR, "child_view": "ខ្ញុំចង់ទៅផ្ទះ", "reasons": "Safe.",
    "review_day": "2027-02-04",
}  # fmt: skip
KIN = HOME | {"receiver": "KIN", "person_ref": AUNT, "members": PANEL, "set_aside": ["PARENT", "OTHER_PARENT"]}


async def found(casework: Casework, *further: Any) -> None:
    """A child for whom a determination was made."""
    await casework.registered("dosvy-svay-rieng", "SOCIAL_AFFAIRS")
    await casework.admit(*further)
    await casework.interviewed(SENT)
    made = await casework.on(await casework.suggest(), "make", DECIDER, decision("VOT"))
    assert made.status_code == 200, made.text


async def test_two_people_with_a_social_worker_name_the_receiver(casework: Casework) -> None:
    await found(casework)
    assert (await casework.best())["panel"] is False
    decided = await casework.settle_best(WORKER, **HOME)
    assert decided.json()["status"] == "decided"
    path = f"/screening/v1/best-interests/{decided.json()['ref']}"
    assert (await casework.world.get(path, WORKER)).json()["grounds"] is None
    corrected = await casework.world.post(f"{path}/correct", WORKER, {"review_day": "2027-01-04"}, version=3)
    assert corrected.json()["status"] == "proposed"
    assert (await casework.on_best("confirm", SECOND)).json()["status"] == "decided"
    told = [fact.split(".")[1] for fact in await casework.told() if fact.startswith("best_interests")]
    assert told == ["required", "proposed", "decided", "corrected", "reopened", "proposed", "decided"]
    best = await casework.best()
    assert (best["review_day"], len(best["confirmed"])) == ("2027-01-04", 2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"members": PAIR[:1]}, "two_people_needed"),
        ({"members": [*PAIR, PAIR[1] | {"organisation_ref": ref("elsewhere")}]}, "named_twice_on_panel"),
        (
            {"members": [PAIR[0] | {"role": "SUPERVISOR"}, member("rath-dosvy", "SOCIAL_AFFAIRS")]},
            "named_in_another_role",
        ),
        ({"receiver": "KIN", "person_ref": AUNT}, "options_not_in_order"),
        ({"child_view": None}, "child_view_needed"),
        ({"view_not_given": "TOO_YOUNG"}, "child_view_needed"),
        ({"review_day": "2026-11-04"}, "review_day_passed"),
    ],
)
async def test_what_a_decision_needs(casework: Casework, change: dict[str, Any], code: str) -> None:
    await found(casework)
    assert (await casework.settle_best(WORKER, **(HOME | change))).json()["code"] == code


async def test_without_a_social_worker_nobody_decides(casework: Casework) -> None:
    await found(casework)
    pair = [member("chan-caseworker", "OTHER"), member("vanna-supervisor", "SUPERVISOR")]
    assert (await casework.settle_best(WORKER, **(HOME | {"members": pair}))).json()["code"] == "social_worker_needed"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (HOME, "panel_needed"),
        (KIN | {"members": [member("rath-dosvy", "SOCIAL_AFFAIRS"), *PAIR]}, "social_affairs_must_chair"),
        (HOME | {"members": PANEL}, "receiver_implicated"),
        (HOME | {"members": PANEL, "person_ref": None}, "receiver_must_be_named"),
        (HOME | {"members": PANEL, "exception": "Supervised, with the grandmother."}, None),
        (KIN, None),
    ],
)
async def test_where_a_parent_is_implicated(casework: Casework, body: dict[str, Any], code: str | None) -> None:
    await found(casework, suspicion())
    assert (await casework.best())["panel"] is True
    answer = await casework.settle_best(DOSVY if len(body["members"]) == 3 else WORKER, **body)
    assert answer.json().get("code") == code
    assert (await casework.best())["status"] == ("required" if code else "decided")


async def test_a_suspicion_that_comes_later_reopens_with_a_panel(casework: Casework) -> None:
    await found(casework)
    await casework.settle_best(WORKER, **HOME)
    await casework.world.hear("intake", suspicion())
    best = await casework.best()
    assert (best["status"], best["panel"], best["cause"]) == ("required", True, "PARENT_IMPLICATED")
    assert (await casework.told())[-1] == "best_interests.reopened"


async def test_a_suspicion_before_any_finding_asks_for_a_panel(casework: Casework) -> None:
    await casework.admit(suspicion())
    assert (await casework.told())[-1] == "interview.assigned"
    await casework.world.hear("intake", suspicion(False))
    best = await casework.best()
    assert (best["status"], best["panel"]) == ("required", True)


async def test_what_is_required_already_is_not_required_again_and_gets_its_panel(casework: Casework) -> None:
    await casework.admit()
    asked = {"case_ref": CASE, "cause": "UNACCOMPANIED"}
    await casework.world.post("/screening/v1/best-interests", WORKER, asked)
    await casework.interviewed(SENT)
    await casework.on(await casework.suggest(), "make", DECIDER, decision("VOT"))
    assert [(best["cause"], best["version"]) for best in [await casework.best()]] == [("UNACCOMPANIED", 1)]
    await casework.world.hear("intake", suspicion(), suspicion(False), suspicion())
    best = await casework.best()
    assert (best["cause"], best["panel"], best["version"]) == ("PARENT_IMPLICATED", True, 2)
    assert await casework.world.rows("screening", "attention") == []


async def test_nobody_decides_for_an_adult(casework: Casework) -> None:
    await casework.admit(aged(False, False), minor=False)
    await casework.interviewed(EXPLOITED, Profile.ADULT)
    await casework.on(await casework.suggest(), "make", DECIDER, decision("EXPLOITED_MIGRANT"))
    assert await casework.world.rows("screening", "best_interests") == []


async def test_by_hand_reopened_and_voided(casework: Casework) -> None:
    path = "/screening/v1/best-interests"
    await casework.know(CASE)
    opened = await casework.world.post(path, WORKER, {"case_ref": CASE, "cause": "UNACCOMPANIED", "panel": False})
    one = f"{path}/{opened.json()['ref']}"
    twice = await casework.world.post(path, WORKER, {"case_ref": CASE})
    assert twice.json()["code"] == "case_has_a_decision_pending"
    decided = await casework.settle_best(WORKER, **HOME)
    reopened = await casework.world.post(
        f"{one}/reopen", WORKER, {"cause": "AGENCIES_DISAGREE", "panel": True}, version=decided.json()["version"]
    )
    assert reopened.json()["status"] == "required"
    voided = await casework.world.post(
        f"{one}/void", DOSVY, {"reason": "DUPLICATE"}, version=reopened.json()["version"]
    )
    assert voided.json()["status"] == "voided"
    stranger = caller("nobody", Role.ANALYST)
    assert (await casework.world.get(one, stranger)).status_code == 404


async def test_the_journey_of_a_case_as_screening_sees_it(casework: Casework) -> None:
    await found(casework, suspicion())
    path = f"/screening/v1/cases/{CASE}/journey"
    before = (await casework.world.get(path, TEAM)).json()
    assert (before["stage"], before["next"]) == ("best_interests", ["reviewDetermination", "proposeBestInterests"])
    assert {entry["source"] for entry in before["timeline"]} == {"intake", "screening"}
    await casework.settle_best(DOSVY, **KIN)
    after = (await casework.world.get(path, TEAM)).json()
    assert (after["stage"], after["facets"]["screening"]["receiver"]) == ("determined", "KIN")
    assert ref("consent") in str(after["facets"]["intake"])
