"""A consent to share ends while a service is given: it goes on, and nothing more is told."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from shared.contracts import intake
from shared.contracts.intake import ConsentPurpose
from shared.testing import ref
from tests.service.referrals.desk import CASE, HOUSE, SCHOOL, SHARE, SUPERVISOR, TEACHER, WITHDRAWN, WORKER, Desk

TODAY = date(2026, 11, 4)
GIVEN = {"quantity": 1, "unit": "ENROLMENT", "acknowledgement": "CAREGIVER"}
ABOUT: dict[str, Any] = {
    "case_ref": CASE,
    "consent_ref": SHARE,
    "purpose": ConsentPurpose.SHARE,
    "organisation_ref": SCHOOL,
}


async def taken_on(desk: Desk) -> str:
    """The path of a request that the school accepted."""
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    request = f"service-referrals/{await desk.drafted()}"
    for step, who in (("send", WORKER), ("accept", TEACHER)):
        assert (await desk.do(f"{request}/{step}", who)).status_code == 200
    return request


async def _expired(desk: Desk) -> None:
    await desk.harness.hear("intake", intake.ConsentExpired(**ABOUT))


async def _voided(desk: Desk) -> None:
    await desk.harness.hear("intake", intake.ConsentVoided(**ABOUT, reason="ENTERED_IN_ERROR"))


async def last_day_over(desk: Desk) -> None:
    """Its last day has passed, and nobody has told of the end yet."""
    await desk.harness.hear("intake", intake.ConsentCorrected(**ABOUT, valid_until=TODAY))
    desk.harness.clock.advance(days=1)


ENDS: dict[str, Callable[[Desk], Awaitable[None]]] = {
    "withdrawn": Desk.withdrawn,
    "expired": _expired,
    "entered in error": _voided,
    "its last day is over, and nothing was heard": last_day_over,
}


@pytest.mark.parametrize("how", ENDS)
async def test_attack_the_note_is_read_on_by_the_provider_after_the_consent_has_ended(desk: Desk, how: str) -> None:
    """The service goes on: what is given can still be recorded."""
    request = await taken_on(desk)
    assert (await desk.get(request, TEACHER)).json()["note"] == "grade three"
    await ENDS[how](desk)
    shown = await desk.get(request, TEACHER)
    assert (shown.status_code, shown.json()["note"], shown.json()["status"]) == (200, None, "accepted")
    assert (await desk.get(request, WORKER)).json()["note"] == "grade three"
    assert (await desk.post(f"{request}/deliveries", TEACHER, GIVEN)).status_code == 201


async def test_a_consent_that_is_given_again_opens_the_note_again(desk: Desk) -> None:
    request = await taken_on(desk)
    await desk.withdrawn()
    await desk.may_share(consent=ref("again"))
    assert (await desk.get(request, TEACHER)).json()["note"] == "grade three"


async def test_in_our_own_house_nothing_leaves_and_the_note_stays(desk: Desk) -> None:
    await desk.opened()
    request = f"service-referrals/{await desk.drafted('PSY-COUNSEL', HOUSE)}"
    for step, who in (("send", WORKER), ("accept", SUPERVISOR)):
        assert (await desk.do(f"{request}/{step}", who)).status_code == 200
    assert (await desk.get(request, SUPERVISOR)).json()["note"] == "grade three"


@pytest.mark.parametrize(
    ("step", "who", "note"), [("accept", TEACHER, None), ("correct", WORKER, "and her mother drinks")]
)
async def test_attack_somebody_is_taken_on_or_written_about_after_the_consent_has_ended(
    desk: Desk, step: str, who: str, note: str | None
) -> None:
    """Before the request was taken back, which comes after what was heard; or heard of nothing at all."""
    await desk.opened()
    await desk.directory("EDU-ENROL")
    await desk.may_share()
    request = f"service-referrals/{await desk.drafted()}"
    assert (await desk.do(f"{request}/send", WORKER)).status_code == 200
    await last_day_over(desk)
    answer = await desk.do(f"{request}/{step}", who, {"note": note} if note else None)
    assert (answer.status_code, answer.json()["code"]) == (409, "sharing_ended")
    assert (await desk.get(request, WORKER)).json()["note"] == "grade three"


async def test_a_withdrawal_by_one_organisation_says_nothing_of_another(desk: Desk) -> None:
    request = await taken_on(desk)
    elsewhere = ABOUT | {"consent_ref": ref("elsewhere"), "organisation_ref": HOUSE}
    await desk.harness.hear("intake", WITHDRAWN.but(**elsewhere))
    assert (await desk.get(request, TEACHER)).json()["note"] == "grade three"


async def test_whoever_gives_help_is_to_say_that_they_know_and_people_are_called_to_ask_again(desk: Desk) -> None:
    """A fact of the case says until when, and another one that they did. Said twice, it is said once."""
    request = await taken_on(desk)
    none = await desk.do(f"{request}/acknowledge-withdrawal", TEACHER)
    assert (none.status_code, none.json()["code"]) == (409, "no_withdrawal_waits")
    await desk.withdrawn()
    assert [row["code"] for row in await desk.rows("attention")] == ["sharing_ended_in_help"]
    shown = (await desk.get(request, TEACHER)).json()
    assert [shown[name] for name in ("sharing_ended_on", "acknowledge_by", "acknowledged_on")] == [
        "2026-11-04", "2026-11-06", None
    ]  # fmt: skip
    assert "acknowledgeWithdrawal" in shown["next"]
    waiting = {"withdrawal": "due"}
    assert [one["ref"] for one in (await desk.get("service-referrals", TEACHER, **waiting)).json()["items"]]
    assert (await desk.do(f"{request}/acknowledge-withdrawal", WORKER)).status_code == 404
    for _ in range(2):
        assert (await desk.do(f"{request}/acknowledge-withdrawal", TEACHER)).status_code == 200
    assert (await desk.get("service-referrals", TEACHER, **waiting)).json()["items"] == []
    told = await desk.told()
    assert told[-2:] == ["service_referral.sharing_ended", "service_referral.withdrawal_acknowledged"]
    assert (await desk.get(request, TEACHER)).json()["acknowledged_on"] == "2026-11-04"


@pytest.mark.parametrize("step", ["complete", "end"])
async def test_attack_a_provider_ends_a_request_so_as_not_to_acknowledge_a_withdrawal(desk: Desk, step: str) -> None:
    request = await taken_on(desk)
    assert (await desk.post(f"{request}/deliveries", TEACHER, GIVEN)).status_code == 201
    await desk.withdrawn()
    body = {"reason": "DROPPED_OUT"} if step == "end" else None
    refused = await desk.do(f"{request}/{step}", TEACHER, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "withdrawal_not_acknowledged")
    assert (await desk.do(f"{request}/acknowledge-withdrawal", TEACHER)).status_code == 200
    assert (await desk.do(f"{request}/{step}", TEACHER, body)).status_code == 200


@pytest.mark.parametrize("known", [False, True])
async def test_a_provider_that_has_not_said_so_in_two_working_days_is_called(desk: Desk, known: bool) -> None:
    """The supervisor of the house sees it, also when the request was taken back meanwhile."""
    request = await taken_on(desk)
    await desk.withdrawn()
    if known:
        assert (await desk.do(f"{request}/acknowledge-withdrawal", TEACHER)).status_code == 200
    else:
        assert (await desk.do(f"{request}/revoke", WORKER, {"reason": "CONSENT_WITHDRAWN"})).status_code == 200
    desk.harness.clock.advance(days=2)
    await desk.harness.settle()
    assert "withdrawal_unacknowledged" not in [row["code"] for row in await desk.rows("attention")]
    desk.harness.clock.advance(days=1)
    await desk.harness.settle()
    seen = (await desk.get("attention", SUPERVISOR)).json()["items"]
    assert ("withdrawal_unacknowledged" in [row["code"] for row in seen]) is not known


async def test_a_withdrawal_after_another_is_acknowledged_anew(desk: Desk) -> None:
    request = await taken_on(desk)
    await desk.withdrawn()
    assert (await desk.do(f"{request}/acknowledge-withdrawal", TEACHER)).status_code == 200
    await desk.may_share(consent=ref("again"))
    await desk.harness.hear("intake", WITHDRAWN.but(consent_ref=ref("again")))
    shown = (await desk.get(request, TEACHER)).json()
    assert (shown["acknowledge_by"], shown["acknowledged_on"]) == ("2026-11-06", None)
    assert (await desk.told()).count("service_referral.sharing_ended") == 2
