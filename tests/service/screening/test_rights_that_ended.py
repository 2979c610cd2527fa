"""Attacks that once worked: rights that outlive what they came from, or follow a person elsewhere."""

from typing import Any

from services.screening.interviews.state import Profile
from shared.auth import Purpose, Role
from shared.contracts import intake
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.screening.casework import (
    CASE,
    DECIDER,
    INTERVIEWER,
    ROOM,
    SECOND,
    SENT,
    WORKER,
    Casework,
    lines,
    staff,
)
from tests.support.answered import ok

INTERVIEWS = "/screening/v1/interviews"
ELSEWHERE = caller("sok-interviewer", Role.INTERVIEWER, organisation="another-house")


async def status(casework: Casework, path: str, who: str) -> int:
    return (await casework.world.get(path, who)).status_code


async def test_attack_11_a_finished_duty_opens_no_answers(casework: Casework) -> None:
    await casework.admit()
    answers = f"{INTERVIEWS}/{casework.interview}/answers"
    assert await status(casework, answers, INTERVIEWER) == 200
    await casework.interviewed(SENT)
    assert await status(casework, answers, INTERVIEWER) == 404


async def test_attack_11_a_voided_case_opens_no_assessment(casework: Casework) -> None:
    await casework.admit()
    await casework.interviewed(SENT)
    path = f"/screening/v1/determinations/{await casework.suggest()}/assessment"
    assert await status(casework, path, DECIDER) == 200
    await casework.world.hear("intake", intake.CaseVoided(case_ref=CASE, reason="DUPLICATE"))
    assert await status(casework, path, DECIDER) == 404


async def test_attack_11_who_decided_has_no_part_left_in_what_was_said(casework: Casework) -> None:
    await casework.admit(minor=False)
    await casework.interviewed(SENT)
    path = f"/screening/v1/determinations/{await casework.suggest()}"
    outsider = caller("rath-dosvy", Role.SUPERVISOR, organisation="dosvy-svay-rieng")
    answers = f"{INTERVIEWS}/{casework.interview}/answers"
    assert await status(casework, answers, outsider) == 404
    far = {"staff_ref": staff("rath-dosvy"), "organisation_ref": pseudonym("organisation", "dosvy-svay-rieng")}
    ok(await casework.world.post(f"{path}/assign", SECOND, far, version=1))
    for one in (answers, f"{path}/assessment"):
        assert await status(casework, one, outsider) == 200
    ok(await casework.world.post(f"{path}/void", SECOND, {"reason": "DUPLICATE"}, version=2))
    for one in (answers, f"{path}/assessment"):
        assert await status(casework, one, outsider) == 404
    assert [row["kind"] for row in await casework.world.rows("screening", "relation")].count("DECIDER") == 0


async def test_whoever_is_barred_from_a_case_sees_nothing_of_it_here(casework: Casework) -> None:
    await casework.admit()
    one, again = f"{INTERVIEWS}/{casework.interview}", caller("sok-interviewer", Role.SUPERVISOR)
    assert [await status(casework, one, who) for who in (INTERVIEWER, again)] == [200, 200]
    near = {"case_ref": CASE, "staff_ref": staff("sok-interviewer")}
    await casework.world.hear("intake", intake.CaseConflictDeclared(**near))
    for path in (one, f"{one}/answers", f"/screening/v1/cases/{CASE}/journey"):
        assert [await status(casework, path, who) for who in (INTERVIEWER, again)] == [404, 404], path
    assert (await casework.world.get(INTERVIEWS, again)).json()["items"] == []
    assert await status(casework, one, SECOND) == 200
    await casework.world.hear("intake", intake.CaseConflictEnded(**near))
    assert await status(casework, one, INTERVIEWER) == 200


async def test_attack_9_the_same_staff_ref_under_another_organisation_keeps_nothing(casework: Casework) -> None:
    await casework.admit()
    one = f"{INTERVIEWS}/{casework.interview}"
    assert await status(casework, f"{one}/answers", INTERVIEWER) == 200
    for path in (one, f"{one}/answers"):
        assert await status(casework, path, ELSEWHERE) == 404
    assert (await casework.world.get(INTERVIEWS, ELSEWHERE)).json()["items"] == []


async def test_attack_9_a_purpose_that_the_rule_does_not_name_is_refused(casework: Casework) -> None:
    await casework.admit()
    one = f"{INTERVIEWS}/{casework.interview}"
    for path in (one, f"{one}/answers", INTERVIEWS):
        grants = await casework.world.get(path, INTERVIEWER.replace(Purpose.PROTECTION, Purpose.GRANTS))
        assert (grants.status_code, grants.json()["code"]) == (403, "purpose_not_for_this")
    # A role that may have that purpose elsewhere.
    worker = await casework.world.get(one, WORKER.replace(Purpose.PROTECTION, Purpose.GRANTS))
    assert (worker.status_code, worker.json()["code"]) == (403, "purpose_not_for_this")
    stranger = await casework.world.get(one, ELSEWHERE.replace(Purpose.PROTECTION, Purpose.GRANTS))
    assert stranger.status_code == 404


async def test_attack_7_an_analyst_reads_no_rows(casework: Casework) -> None:
    await casework.admit()
    for purpose in (Purpose.PROTECTION, Purpose.REPORTING):
        analyst = caller("mey", Role.ANALYST, purpose=purpose)
        assert await status(casework, INTERVIEWS, analyst) == 404
        assert await status(casework, f"{INTERVIEWS}/{casework.interview}", analyst) == 404
    assert await status(casework, f"{INTERVIEWS}/{casework.interview}", SECOND) == 200


async def test_an_answer_that_a_weak_line_lost_is_given_again_to_who_ended_their_part(
    casework: Casework,
) -> None:
    await casework.admit()
    await casework.ask("start", {"room": ROOM})
    await casework.ask("answers", {"answers": lines(SENT, Profile.CHILD)})
    path, said = f"{INTERVIEWS}/{casework.interview}/complete", {"first_month": "2026-08", "last_month": "2026-09"}
    asked: dict[str, Any] = {"body": said, "version": casework.version, "key": ref("said once")}
    first = await casework.world.post(path, INTERVIEWER, **asked)
    assert first.status_code == 200
    again = await casework.world.post(path, INTERVIEWER, **asked)
    assert (again.status_code, again.json()["status"]) == (200, "completed")
    assert (await casework.world.post(path, ELSEWHERE, **asked)).status_code == 404
    for key in (ref("another"), ""):
        told = await casework.world.post(path, INTERVIEWER, **{**asked, "key": key})
        assert (told.status_code, told.json()["code"]) == (403, "relation_needed")
