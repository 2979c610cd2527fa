"""Requests for a service: nothing leaves without consent, and only the one who is asked answers."""

import pytest

from shared.auth import Purpose, Role
from shared.testing import caller, ref
from tests.service.referrals.desk import CASE, HOUSE, SCHOOL, STRANGER, SUPERVISOR, TEACHER, WORKER, Desk


async def test_a_plan_opens_by_itself_when_a_case_opens(desk: Desk) -> None:
    await desk.opened()
    assert await desk.told() == ["plan.opened"]
    journey = (await desk.get(f"cases/{CASE}/journey", WORKER)).json()
    assert [fact["type"] for fact in journey["timeline"]][-1] == "referrals.plan.opened.v1"
    assert "agreePlan" in journey["next"]


async def test_attack_what_is_told_in_words_is_read_before_the_provider_takes_the_person_on(desk: Desk) -> None:
    """Nor after it gave them up: whoever is asked sees what for, and nothing that was written about them."""
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    request = f"service-referrals/{await desk.drafted()}"

    async def note(who: str = TEACHER) -> str | None:
        told: str | None = (await desk.get(request, who)).json()["note"]
        return told

    assert (await desk.get(request, TEACHER)).status_code == 404
    for command, told in (("send", None), ("acknowledge", None), ("accept", "grade three")):
        assert (await desk.do(f"{request}/{command}", WORKER if command == "send" else TEACHER)).status_code == 200
        assert await note() == told
    given = {"ref": ref("given"), "quantity": 1, "unit": "ENROLMENT", "acknowledgement": "CAREGIVER"}
    assert (await desk.post(f"{request}/deliveries", TEACHER, given)).status_code == 201
    assert await note() == "grade three"
    assert (await desk.do(f"{request}/complete", TEACHER)).status_code == 200
    assert (await desk.get(request, TEACHER)).status_code == 404
    assert await note(WORKER) == "grade three"


async def test_a_child_is_enrolled_in_school(desk: Desk) -> None:
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    request = await desk.drafted()
    assert (await desk.do(f"service-referrals/{request}/send", WORKER)).json()["status"] == "sent"
    shown = (await desk.get(f"service-referrals/{request}", TEACHER)).json()
    assert (shown["service"], shown["status"]) == ("EDU-ENROL", "sent")
    assert (await desk.do(f"service-referrals/{request}/acknowledge", TEACHER)).status_code == 200
    assert (await desk.do(f"service-referrals/{request}/accept", TEACHER)).status_code == 200
    assert (await desk.get(f"service-referrals/{request}", TEACHER)).json()["note"] == "grade three"
    given = {"ref": ref("given"), "quantity": 1, "unit": "ENROLMENT", "acknowledgement": "CAREGIVER"}
    assert (await desk.post(f"service-referrals/{request}/deliveries", TEACHER, given)).status_code == 201
    assert (await desk.post(f"service-referrals/{request}/deliveries", TEACHER, given)).status_code == 201
    other = given | {"quantity": 2}
    assert (await desk.post(f"service-referrals/{request}/deliveries", TEACHER, other)).json()["code"] == "ref_in_use"
    assert (await desk.do(f"service-referrals/{request}/complete", TEACHER)).json()["status"] == "completed"
    assert await desk.told() == [
        "plan.opened",
        "service_referral.drafted",
        "service_referral.sent",
        "service_referral.acknowledged",
        "service_referral.accepted",
        "service_referral.delivered",
        "service_referral.completed",
    ]
    assert [row["quantity"] for row in await desk.rows("delivery")] == [1]
    assert (await desk.get(f"service-referrals/{request}", TEACHER)).status_code == 404
    assert (await desk.get(f"service-referrals/{request}", WORKER)).json()["note"] == "grade three"
    deliveries = (await desk.get("deliveries", WORKER, case_ref=CASE, service="EDU-ENROL")).json()
    assert [item["service"] for item in deliveries["items"]] == ["EDU-ENROL"]


async def test_h11_nothing_is_sent_without_a_consent_for_that_recipient(desk: Desk) -> None:
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share(organisation_ref=ref("another school"))
    request = await desk.drafted()
    refused = await desk.do(f"service-referrals/{request}/send", WORKER)
    assert (refused.status_code, refused.json()["code"]) == (409, "consent_to_share_missing")
    assert await desk.told() == ["plan.opened", "service_referral.drafted"]


async def test_h11_a_withdrawal_stops_the_next_send_even_when_it_was_queued(desk: Desk) -> None:
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    request = await desk.drafted()
    await desk.withdrawn()
    refused = await desk.do(f"service-referrals/{request}/send", WORKER)
    assert refused.json()["code"] == "consent_to_share_missing"
    assert "service_referral.sent" not in await desk.told()


async def test_a_withdrawal_takes_back_what_nobody_has_accepted(desk: Desk) -> None:
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    waiting, accepted = await desk.drafted(), await desk.drafted(name="second")
    for request in (waiting, accepted):
        await desk.do(f"service-referrals/{request}/send", WORKER)
    await desk.do(f"service-referrals/{accepted}/accept", TEACHER)
    await desk.withdrawn()
    status = {row["ref"]: row["status"] for row in await desk.rows("service_referral")}
    assert status == {waiting: "revoked", accepted: "accepted"}


async def test_refusing_consent_never_blocks_help_in_our_own_house(desk: Desk) -> None:
    await desk.opened()
    request = await desk.drafted("PSY-COUNSEL", HOUSE)
    for step, who in (("send", WORKER), ("accept", SUPERVISOR)):
        assert (await desk.do(f"service-referrals/{request}/{step}", who)).status_code == 200
    given = {"quantity": 1, "unit": "SESSION", "acknowledgement": "VERBAL_WITNESSED"}
    assert (await desk.post(f"service-referrals/{request}/deliveries", WORKER, given)).status_code == 201


async def test_who_sends_a_request_to_their_own_house_accepts_it_themselves(desk: Desk) -> None:
    """So the identity was disclosed to whoever asked for it, without anybody else."""
    await desk.opened()
    request = f"service-referrals/{await desk.drafted('PSY-COUNSEL', HOUSE)}"
    assert (await desk.do(f"{request}/send", WORKER)).status_code == 200
    assert (await desk.do(f"{request}/acknowledge", WORKER)).status_code == 200
    again = caller("worker", Role.SERVICE_PROVIDER, purpose=Purpose.REINTEGRATION)
    for who in (WORKER, again):
        answer = await desk.do(f"{request}/accept", who)
        assert (answer.status_code, answer.json()["code"]) == (409, "referral_second_person")
    assert "service_referral.accepted" not in await desk.told()
    assert (await desk.do(f"{request}/accept", SUPERVISOR)).status_code == 200


async def test_who_sends_a_request_accepts_it_at_the_organisation_where_they_work_as_well(desk: Desk) -> None:
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    request = f"service-referrals/{await desk.drafted()}"
    assert (await desk.do(f"{request}/send", WORKER)).status_code == 200
    there = caller("worker", Role.SERVICE_PROVIDER, "bavet-school", Purpose.REINTEGRATION)
    assert (await desk.do(f"{request}/accept", there)).json()["code"] == "referral_second_person"
    assert (await desk.do(f"{request}/accept", TEACHER)).status_code == 200


async def test_help_waits_for_an_entitlement_only_where_a_gate_says_so(desk: Desk) -> None:
    await desk.opened(minor=False)
    request = await desk.drafted("SKL-TVET", HOUSE)
    refused = await desk.do(f"service-referrals/{request}/send", WORKER)
    assert refused.json()["code"] == "entitlement_missing"
    await desk.entitled("SKILLS_TRAINING")
    assert (await desk.do(f"service-referrals/{request}/send", WORKER)).status_code == 200


async def test_a_handling_instruction_stops_family_mediation(desk: Desk) -> None:
    await desk.opened()
    await desk.entitled(handling=("NO_FAMILY_CONTACT",))
    request = await desk.drafted("PSY-FAMILY", HOUSE)
    refused = (await desk.do(f"service-referrals/{request}/send", WORKER)).json()
    assert (refused["code"], refused["details"]) == ("handling_forbids", {"handling": "NO_FAMILY_CONTACT"})


async def test_only_the_one_who_is_asked_answers_and_only_the_sender_edits(desk: Desk) -> None:
    await desk.opened()
    await desk.directory("EDU-ENROL", "EDU-MATERIAL")
    await desk.may_share()
    request = await desk.drafted()
    assert (await desk.get(f"service-referrals/{request}", TEACHER)).status_code == 404
    change = {"service": "EDU-MATERIAL", "organisation_ref": SCHOOL}
    assert (await desk.do(f"service-referrals/{request}/correct", WORKER, change)).status_code == 200
    back = {"service": "EDU-ENROL", "organisation_ref": SCHOOL}
    assert (await desk.do(f"service-referrals/{request}/correct", WORKER, back)).status_code == 200
    await desk.do(f"service-referrals/{request}/send", WORKER)
    assert (await desk.do(f"service-referrals/{request}/accept", WORKER)).status_code == 404
    assert (await desk.do(f"service-referrals/{request}/revoke", STRANGER, {"reason": "OTHER"})).status_code == 404
    assert (await desk.do(f"service-referrals/{request}/accept", TEACHER)).status_code == 200
    edited = await desk.do(f"service-referrals/{request}/correct", WORKER, change)
    assert edited.json()["code"] == "not_allowed_in_status"


async def test_a_rejection_needs_a_reason(desk: Desk) -> None:
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    request = await desk.drafted()
    await desk.do(f"service-referrals/{request}/send", WORKER)
    assert (await desk.do(f"service-referrals/{request}/reject", TEACHER)).status_code == 422
    rejected = await desk.do(f"service-referrals/{request}/reject", TEACHER, {"reason": "NO_CAPACITY"})
    assert rejected.json()["status"] == "rejected"


@pytest.mark.parametrize("answered", [False, True])
async def test_a_request_expires_only_when_nobody_answered(desk: Desk, answered: bool) -> None:
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    request = await desk.drafted()
    await desk.do(f"service-referrals/{request}/send", WORKER, {"respond_by": "2026-11-10"})
    if answered:
        await desk.do(f"service-referrals/{request}/accept", TEACHER)
    desk.harness.clock.advance(days=5)
    await desk.harness.settle()
    assert (await desk.rows("service_referral"))[0]["status"] == ("accepted" if answered else "sent")
    desk.harness.clock.advance(days=2)
    await desk.harness.settle()
    assert (await desk.rows("service_referral"))[0]["status"] == ("accepted" if answered else "expired")
    assert await desk.rows("attention") == []


async def test_nobody_is_sent_to_a_suspended_organisation(desk: Desk) -> None:
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    request = await desk.drafted()
    paused = await desk.do(f"organisations/{SCHOOL}/suspend", WORKER, {"reason": "COMPLAINT"})
    assert paused.status_code == 404
    assert (await desk.do(f"organisations/{SCHOOL}/suspend", SUPERVISOR, {"reason": "COMPLAINT"})).status_code == 200
    assert (await desk.do(f"service-referrals/{request}/send", WORKER)).json()["code"] == "service_not_offered"


async def test_a_provider_lists_only_what_is_addressed_to_them(desk: Desk) -> None:
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    await desk.drafted("PSY-COUNSEL", HOUSE, "inside")
    await desk.drafted()
    for asked in ({"organisation_ref": HOUSE}, {}):
        assert (await desk.get("service-referrals", TEACHER, **asked)).json()["items"] == []
    await desk.do(f"service-referrals/{ref('request')}/send", WORKER)
    found = (await desk.get("service-referrals", TEACHER)).json()["items"]
    assert [(item["service"], item["note"]) for item in found] == [("EDU-ENROL", None)]
