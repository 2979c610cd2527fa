"""What other services tell decides what grants may do: entitlement, consent, goal, training, suspicion, a lost case."""

import pytest

from shared.contracts import intake, referrals, screening
from shared.contracts.intake import ConsentPurpose
from shared.ids import pseudonym
from shared.model import Event
from shared.testing import ref
from tests.service.grants.desk import DAY, ORGANISATION, Desk, entitled, payment, staff, who

CHECK = {"basis": "GRANT_ADULT"}


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        (screening.DeterminationMade, "not_entitled"),
        (referrals.GoalSet, "plan_goal_missing"),
        (referrals.ServiceReferralCompleted, "training_missing"),
    ],
)
async def test_what_was_not_heard_stops_the_application(desk: Desk, missing: type[Event], code: str) -> None:
    await desk.heard("sok", but=(missing,))
    path = await desk.drafted("sok", await desk.programme())
    await desk.done("dara", f"{path}/submit")
    assert await desk.refused("mony", f"{path}/check-eligibility", CHECK) == code


async def test_without_consent_the_papers_are_not_handed_in(desk: Desk) -> None:
    await desk.heard("sok", but=(intake.ConsentGranted,))
    path = await desk.drafted("sok", await desk.programme())
    assert await desk.refused("dara", f"{path}/submit") == "consent_missing"


async def test_without_a_case_nothing_begins(desk: Desk) -> None:
    programme = await desk.programme()
    with pytest.raises(AssertionError, match="not_found"):
        await desk.drafted("nobody", programme)


async def test_training_may_be_waived(desk: Desk) -> None:
    await desk.heard("sok", but=(referrals.ServiceReferralCompleted,))
    path = await desk.drafted("sok", await desk.programme())
    await desk.done("dara", f"{path}/submit")
    await desk.done("mony", f"{path}/check-eligibility", CHECK | {"waiver": "EXPERIENCE"})
    assert (await desk.read(path))["training"] == "WAIVED"


async def test_a_suspected_caregiver_needs_two_signatures(desk: Desk) -> None:
    suspicion = intake.CaseCaregiverImplicated(
        case_ref=ref("sok"), household_ref=ref("household of sok"), person_ref=ref("person of sok"), implicated=True
    )
    await desk.heard("sok", more=(suspicion,), but=(screening.DeterminationMade,))
    await desk.world.hear("screening", entitled("sok", "GRANT_CAREGIVER_HOUSEHOLD"))
    path = await desk.drafted("sok", await desk.programme())
    await desk.done("dara", f"{path}/submit")
    basis = {"basis": "GRANT_CAREGIVER_HOUSEHOLD"}
    assert await desk.refused("mony", f"{path}/check-eligibility", basis) == "holder_under_suspicion"
    await desk.done("bopha", f"{path}/except-holder", {"reason": "UNDER_SUPERVISION"})
    assert await desk.refused("mony", f"{path}/check-eligibility", basis) == "holder_under_suspicion"
    await desk.done("rith", f"{path}/except-holder", {"reason": "UNDER_SUPERVISION"})
    assert (await desk.done("mony", f"{path}/check-eligibility", basis))["status"] == "eligibility_checked"


@pytest.mark.parametrize(
    "fact",
    [
        intake.CaseClosed(case_ref=ref("sok"), day=DAY),
        intake.StayMissing(case_ref=ref("sok"), stay_ref=ref("stay"), day=DAY),
    ],
)
async def test_money_waits_when_the_case_is_lost(desk: Desk, fact: Event) -> None:
    await desk.heard("sok")
    _, (first, second), _ = await desk.signed("sok", await desk.programme())
    await desk.done("sreymom", f"{first}/release", {"form": "GOODS"})
    await desk.world.hear("intake", fact)
    assert [(await desk.read(part))["status"] for part in (first, second)] == ["held", "held"]
    attention = await desk.world.rows("grants", "attention")
    assert [(row["subject"], row["code"]) for row in attention] == [(f"case/{ref('sok')}", "instalments_held")]
    assert await desk.refused("sreymom", f"{first}/pay", payment("one")) == "not_allowed_in_status"
    assert await desk.refused("dara", f"{first}/resume") == "case_not_open"
    assert (await desk.world.told("grants")).count("grants.instalment.held.v1") == 2


async def test_found_again_people_let_it_go_on(desk: Desk) -> None:
    await desk.heard("sok")
    _, (first, _), _ = await desk.signed("sok", await desk.programme())
    await desk.world.hear("intake", intake.StayMissing(case_ref=ref("sok"), stay_ref=ref("stay"), day=DAY))
    await desk.world.hear("intake", intake.StayFound(case_ref=ref("sok"), stay_ref=ref("stay"), day=DAY))
    await desk.read(first)
    assert (await desk.done("dara", f"{first}/resume"))["status"] == "planned"
    await desk.paid(first)


async def test_consent_withdrawn_stops_the_agreement(desk: Desk) -> None:
    await desk.heard("sok")
    path = await desk.approved("sok", await desk.programme())
    withdrawn = intake.ConsentWithdrawn(
        case_ref=ref("sok"), consent_ref=ref("consent sok"), purpose=ConsentPurpose.GRANT
    )
    await desk.world.hear("intake", withdrawn)
    signing = {"read_aloud": True, "copy_left": True}
    assert await desk.refused("dara", f"{path}/sign-agreement", signing) == "consent_missing"


async def test_the_journey_shows_what_was_heard_and_told(desk: Desk) -> None:
    house = pseudonym("organisation", ORGANISATION)
    on_the_team = intake.CaseAssigned(case_ref=ref("sok"), staff_ref=staff("dara"), organisation_ref=house, kind="TEAM")
    await desk.heard("sok", more=(on_the_team,))
    before = (await desk.world.get(f"/grants/v1/cases/{ref('sok')}/journey", who("dara"))).json()
    assert (before["stage"], before["next"]) == ("none", ["draftApplication"])
    _, (first, _), _ = await desk.signed("sok", await desk.programme())
    await desk.paid(first)
    seen = (await desk.world.get(f"/grants/v1/cases/{ref('sok')}/journey", who("dara"))).json()
    assert (seen["stage"], seen["next"]) == ("disbursing", [])
    assert {entry["source"] for entry in seen["timeline"]} == {"intake", "screening", "referrals", "grants"}
    assert seen["facets"]["grants"]["paid"] == 1
