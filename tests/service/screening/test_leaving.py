"""Somebody left an organisation, as screening hears of it: interviews rest, decisions wait, and others go on."""

from shared.auth import Role
from shared.contracts import referrals
from shared.testing import caller
from tests.service.screening.casework import (
    CASE,
    CENTRE,
    DECIDER,
    INTERVIEWER,
    ROOM,
    SECOND,
    SENT,
    Casework,
    decision,
    staff,
)
from tests.support.answered import ok

INTERVIEWS = "/screening/v1/interviews"
NEXT = caller("mara-interviewer", Role.INTERVIEWER)


def left(name: str) -> referrals.StaffLeft:
    return referrals.StaffLeft(organisation_ref=CENTRE, staff_ref=staff(name))


async def _called(casework: Casework) -> list[tuple[str, str]]:
    casework.world.clock.advance(seconds=2)
    await casework.world.settle()
    found = ok(await casework.world.get("/screening/v1/attention", SECOND))["items"]
    return [(one["kind"], one["status"]) for one in found]


async def test_an_interview_whose_interviewer_left_rests_and_goes_on_with_another(casework: Casework) -> None:
    await casework.admit()
    path = f"{INTERVIEWS}/{casework.interview}"
    ok(await casework.ask("start", {"room": ROOM}))
    await casework.world.hear("referrals", left("sok-interviewer"))
    again = caller("sok-interviewer", Role.SUPERVISOR)
    for who in (INTERVIEWER, again):
        for one in (path, f"{path}/answers", f"/screening/v1/cases/{CASE}/journey", "/screening/v1/permissions"):
            assert (await casework.world.get(one, who)).status_code == 404, one
        assert ok(await casework.world.get(INTERVIEWS, who))["items"] == []
    assert (await casework.ask("resume", {"room": ROOM})).status_code == 404
    rests = ok(await casework.world.get(path, SECOND))
    assert (rests["status"], rests["lead"]) == ("paused", None)
    assert (await casework.told())[-2:] == ["interview.paused", "interview.released"]
    assert await _called(casework) == [("nobody_works_on_it", "open")]
    named = {"staff_ref": staff("mara-interviewer"), "organisation_ref": CENTRE}
    ok(await casework.world.post(f"{path}/assign", SECOND, named, version=rests["version"]))
    assert await _called(casework) == [("nobody_works_on_it", "dismissed")]
    version = ok(await casework.world.get(path, NEXT))["version"]
    ok(await casework.world.post(f"{path}/resume", NEXT, {"room": ROOM}, version=version))


async def test_a_decider_who_left_decides_nothing_and_somebody_else_is_called(casework: Casework) -> None:
    await casework.admit()
    await casework.interviewed(SENT)
    path = f"/screening/v1/determinations/{await casework.suggest()}"
    assert (await casework.world.get(f"{path}/assessment", DECIDER)).status_code == 200
    await casework.world.hear("referrals", left("dara-decider"))
    for one in (path, f"{path}/assessment", f"{INTERVIEWS}/{casework.interview}/answers"):
        assert (await casework.world.get(one, DECIDER)).status_code == 404, one
    assert (await casework.world.post(f"{path}/make", DECIDER, decision("VOT"), version=1)).status_code == 404
    assert (await casework.told())[-1] == "determination.released"
    assert await _called(casework) == [("nobody_works_on_it", "open")]
    taken = {"staff_ref": staff("vanna-supervisor"), "organisation_ref": CENTRE}
    version = ok(await casework.world.get(path, SECOND))["version"]
    ok(await casework.world.post(f"{path}/assign", SECOND, taken, version=version))
    assert await _called(casework) == [("nobody_works_on_it", "dismissed")]


async def test_what_ended_before_somebody_left_stays_as_it_is(casework: Casework) -> None:
    await casework.admit()
    await casework.interviewed(SENT)
    before = ok(await casework.world.get(f"{INTERVIEWS}/{casework.interview}", SECOND))
    await casework.world.hear("referrals", left("sok-interviewer"))
    assert ok(await casework.world.get(f"{INTERVIEWS}/{casework.interview}", SECOND)) == before
    assert await _called(casework) == []
