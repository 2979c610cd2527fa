"""Interviews: what must be there before the first question, answers line by line, and every way to end."""

from typing import Any

import pytest

from shared.auth import Role
from shared.contracts import intake
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.screening.casework import (
    CASE,
    CENTRE,
    DAY,
    DECIDER,
    INTERVIEWER,
    ROOM,
    SECOND,
    SENT,
    WORKER,
    Casework,
    consent,
    lines,
    staff,
    suspicion,
)


async def test_whoever_is_admitted_gets_an_interview(casework: Casework) -> None:
    await casework.admit()
    read = await casework.world.get(f"/screening/v1/interviews/{casework.interview}", INTERVIEWER)
    assert (read.json()["status"], read.json()["organisation_ref"]) == ("opened", CENTRE)
    again = intake.StayAdmitted(case_ref=CASE, stay_ref=ref("second stay"), organisation_ref=CENTRE, day=DAY)
    await casework.world.hear("intake", again)
    assert len(await casework.world.rows("screening", "interview")) == 1
    assert await casework.told() == ["interview.opened", "interview.assigned"]


async def test_nothing_is_asked_before_needs_are_met_and_consent_is_held(casework: Casework) -> None:
    opened = intake.CaseOpened(case_ref=CASE, organisation_ref=CENTRE, country="VN", is_minor=True, opened=DAY)
    stay: dict[str, Any] = {"case_ref": CASE, "stay_ref": ref("stay")}
    await casework.world.hear("intake", opened, intake.StayAdmitted(**stay, organisation_ref=CENTRE, day=DAY))
    casework.interview = (await casework.world.rows("screening", "interview"))[0]["ref"]
    other = {"staff_ref": ref("nobody"), "organisation_ref": CENTRE}
    path = f"/screening/v1/interviews/{casework.interview}/assign"
    casework.version = (await casework.world.post(path, SECOND, other, version=1)).json()["version"]
    assert (await casework.ask("start", {"room": ROOM})).json()["code"] == "relation_needed"
    await casework.ask("assign", {"staff_ref": staff("sok-interviewer"), "organisation_ref": CENTRE})
    assert (await casework.ask("start", {"room": ROOM})).json()["code"] == "urgent_needs_first"
    await casework.world.hear(
        "intake", intake.StayUrgentNeedsChecked(**stay, day=DAY, waived=True, reason="IN_HOSPITAL")
    )
    assert (await casework.ask("start", {"room": ROOM})).json()["code"] == "consent_needed"
    await casework.world.hear("intake", consent())
    assert (await casework.ask("start", {"room": ROOM})).json()["status"] == "in_progress"


@pytest.mark.parametrize(
    ("room", "code"),
    [
        ({"language": "km", "present": ["SUPPORT_PERSON", "GROUP_LEADER"]}, "not_in_private"),
        ({"language": "km", "present": ["SUPPORT_PERSON", "CAREGIVER"]}, "not_in_private"),
        ({"language": "km", "present": ["INTERPRETER"]}, "support_person_needed"),
        ({"language": "vi", "present": ["SUPPORT_PERSON"], "interpreter_of_same_group": True},
         "interpreter_from_same_group"),
    ],
)  # fmt: skip
async def test_who_may_be_in_the_room(casework: Casework, room: dict[str, object], code: str) -> None:
    await casework.admit(suspicion())
    assert (await casework.ask("start", {"room": room})).json()["code"] == code


async def test_answers_are_answered_for_line_by_line(casework: Casework) -> None:
    await casework.admit()
    await casework.ask("start", {"room": ROOM})
    sent = [
        {"ref": ref("a"), "question": "BEGGED", "value": "YES", "source": "SELF"},
        {"ref": ref("b"), "question": "NO_SUCH", "value": "YES", "source": "SELF"},
        {"ref": ref("c"), "question": "BEATEN", "value": "YES", "source": "SELF", "quote": "ខ្ញុំខ្លាច"},
        {
            "ref": ref("d"),
            "question": "BEATEN",
            "value": "NO",
            "source": "SELF",
            "effective_at": "2027-01-01T00:00:00Z",
        },
    ]
    answer = await casework.ask("answers", {"answers": sent})
    assert [(line["status"], line["code"]) for line in answer.json()["lines"]] == [
        ("stored", None), ("refused", "question_unknown"), ("refused", "quote_without_language"),
        ("refused", "in_the_future"),
    ]  # fmt: skip
    again = await casework.ask("answers", {"answers": sent[:1]})
    assert again.json()["lines"][0]["status"] == "known"
    other = await casework.ask("answers", {"answers": [sent[0] | {"value": "NO"}, sent[0] | {"question": "BEATEN"}]})
    assert [line["code"] for line in other.json()["lines"]] == ["ref_in_use", "ref_in_use"]
    assert len(await casework.world.rows("screening", "answer")) == 1


async def test_attack_an_interview_goes_on_after_the_person_took_their_agreement_back(casework: Casework) -> None:
    """What was written down before is known, nothing is added to it, and the interview can be stopped and no more."""
    await casework.admit()
    await casework.ask("start", {"room": ROOM})
    before = {"ref": ref("a"), "question": "BEGGED", "value": "YES", "source": "SELF"}
    await casework.ask("answers", {"answers": [before]})
    withdrawn = intake.ConsentWithdrawn(
        case_ref=CASE, consent_ref=ref("consent"), purpose=intake.ConsentPurpose.INTERVIEW
    )
    await casework.world.hear("intake", withdrawn)
    answer = await casework.ask("answers", {"answers": [before, before | {"ref": ref("b"), "question": "BEATEN"}]})
    assert [(line["status"], line["code"]) for line in answer.json()["lines"]] == [
        ("known", None), ("refused", "consent_needed")
    ]  # fmt: skip
    assert len(await casework.world.rows("screening", "answer")) == 1
    assert (await casework.ask("complete")).json()["code"] == "consent_needed"
    assert (await casework.ask("stop", {"reason": "CONSENT_WITHDRAWN"})).json()["status"] == "stopped"


async def test_the_value_in_force_is_computed_and_conflicts_stay_visible(casework: Casework) -> None:
    await casework.admit()
    await casework.ask("start", {"room": ROOM})
    first = {"ref": ref("a"), "question": "BEATEN", "value": "NO", "source": "SELF"}
    await casework.ask("answers", {"answers": [first | {"effective_at": "2026-11-04T00:30:00Z"}]})
    await casework.ask("pause", {"reason": "TIRED"})
    assert (await casework.ask("answers", {"answers": [first]})).json()["code"] == "not_allowed_in_status"
    await casework.ask("resume", {"room": ROOM})
    quoted = first | {"ref": ref("b"), "value": "YES", "quote": "គេវាយខ្ញុំ", "quote_language": "km"}
    await casework.ask("answers", {"answers": [quoted]})
    path = f"/screening/v1/interviews/{casework.interview}/answers"
    read = (await casework.world.get(path, INTERVIEWER)).json()
    assert read["standing"] == [
        {"question": "BEATEN", "value": "YES", "conflicting": True, "answers": [ref("b")], "observed": []}
    ]
    assert [(answer["sitting"], answer["value"]) for answer in read["answers"]] == [(1, "NO"), (2, "YES")]
    assert read["answers"][1]["quote"] == "គេវាយខ្ញុំ"
    assert (await casework.world.get(path, DECIDER)).status_code == 404


async def test_each_act_of_an_interview_has_its_earliest_day(casework: Casework) -> None:
    await casework.admit()
    casework.world.clock.advance(days=3)
    asked = {"case_ref": CASE, "effective_at": "2026-11-03T03:00:00Z"}
    path = "/screening/v1/interviews"
    boss = caller("boss", Role.SUPERVISOR)
    await casework.world.post(f"{path}/{casework.interview}/void", boss, {"reason": "PRACTICE"}, version=2)
    assert (await casework.world.post(path, WORKER, asked)).json()["code"] == "before_case_opened"
    opened = await casework.world.post(path, WORKER, asked | {"effective_at": "2026-11-05T03:00:00Z"})
    casework.interview = opened.json()["ref"]
    lead = {"staff_ref": staff("sok-interviewer"), "organisation_ref": CENTRE}
    await casework.ask("assign", lead, version=1)
    start = {"room": ROOM, "effective_at": "2026-11-04T03:00:00Z"}
    assert (await casework.ask("start", start)).json()["code"] == "day_out_of_order"
    assert (await casework.ask("start", {"room": ROOM, "effective_at": "2026-11-06T03:00:00Z"})).status_code == 200
    said = [
        {
            "ref": ref(day),
            "question": "BEATEN",
            "value": "NO",
            "source": "SELF",
            "effective_at": f"2026-11-{day}T00:30:00Z",
        }
        for day in ("05", "06", "07")
    ]
    answer = await casework.ask("answers", {"answers": said})
    assert [line["code"] for line in answer.json()["lines"]] == ["before_interview_started", None, None]
    early = {"effective_at": "2026-11-06T09:00:00Z"}
    assert (await casework.ask("complete", early)).json()["code"] == "day_out_of_order"
    assert (await casework.ask("complete")).json()["status"] == "completed"
    suggest = {"case_ref": CASE, "interview_ref": casework.interview, **early}
    early_finding = await casework.world.post("/screening/v1/determinations", DECIDER, suggest)
    assert early_finding.json()["code"] == "before_interview_ended"


async def test_the_youngest_are_not_asked(casework: Casework) -> None:
    await casework.admit(too_young=True)
    assert (await casework.ask("start", {"room": ROOM})).json()["code"] == "too_young_to_be_asked"
    await casework.ask("start", {"room": ROOM, "observation_only": True})
    said = [
        {"ref": ref(source), "question": "SLEPT_ROUGH", "value": "YES", "source": source}
        for source in ("SELF", "OBSERVED", "THIRD_PARTY")
    ]
    answer = await casework.ask("answers", {"answers": said})
    assert [line["code"] for line in answer.json()["lines"]] == ["too_young_to_be_asked", None, None]


async def test_completing_tells_months_and_no_answer(casework: Casework) -> None:
    await casework.admit()
    await casework.ask("start", {"room": ROOM})
    assert (await casework.ask("complete")).json()["code"] == "no_answers"
    await casework.ask("answers", {"answers": lines(SENT)})
    backwards = {"first_month": "2026-10", "last_month": "2026-09"}
    assert (await casework.ask("complete", backwards)).json()["code"] == "months_out_of_order"
    done = await casework.ask("complete", {"first_month": "2026-08", "last_month": "2026-10"})
    assert (done.json()["status"], done.json()["next"]) == ("completed", [])
    right: dict[str, Any] = {"first_month": "2026-07", "last_month": "2026-10", "reason": "MISTYPED"}
    path = f"/screening/v1/interviews/{casework.interview}"
    assert (await casework.world.post(f"{path}/correct", SECOND, right, version=casework.version)).status_code == 200
    assert await casework.told() == [
        "interview.opened", "interview.assigned", "interview.started", "interview.answers_recorded",
        "interview.completed", "interview.corrected",
    ]  # fmt: skip


async def test_attack_an_interview_that_ended_is_put_right_by_supervisors_alone_and_with_a_reason(
    casework: Casework,
) -> None:
    """Of the holder, or of the interviewer's organisation: not by whoever asked, nor by the rest of either house."""
    await casework.admit()
    lent = {"staff_ref": staff("vichea-lent"), "organisation_ref": pseudonym("organisation", "far-house")}
    assert (await casework.world.post(f"{_path(casework)}/assign", SECOND, lent, version=2)).status_code == 200
    lead = caller("vichea-lent", Role.INTERVIEWER, "far-house")
    for command, body in (("start", {"room": ROOM}), ("complete", {})):
        if command == "complete":
            said = {"answers": lines(SENT)}
            assert (await casework.world.post(f"{_path(casework)}/answers", lead, said)).status_code == 200
        at = (await casework.world.get(_path(casework), SECOND)).json()["version"]
        assert (await casework.world.post(f"{_path(casework)}/{command}", lead, body, version=at)).status_code == 200
    at = (await casework.world.get(_path(casework), SECOND)).json()["version"]
    right: dict[str, Any] = {"first_month": "2026-07", "last_month": "2026-10", "reason": "MISTYPED"}
    for who in (
        lead,
        INTERVIEWER,
        caller("thida-team", Role.INTERVIEWER),
        caller("other", Role.INTERVIEWER, "far-house"),
        caller("head", Role.SUPERVISOR, "another-house"),
    ):
        refused = await casework.world.post(f"{_path(casework)}/correct", who, right, version=at)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    unsaid = {name: value for name, value in right.items() if name != "reason"}
    assert (await casework.world.post(f"{_path(casework)}/correct", SECOND, unsaid, version=at)).status_code == 422
    theirs = caller("far-head", Role.SUPERVISOR, "far-house")
    assert (await casework.world.post(f"{_path(casework)}/correct", theirs, right, version=at)).status_code == 200
    back = right | {"first_month": "2026-08"}
    assert (await casework.world.post(f"{_path(casework)}/correct", SECOND, back, version=at + 1)).status_code == 200


def _path(casework: Casework) -> str:
    return f"/screening/v1/interviews/{casework.interview}"


async def test_refusing_is_an_outcome_and_leaves_everything_open(casework: Casework) -> None:
    await casework.admit()
    assert (await casework.ask("refuse")).json()["status"] == "refused"
    await casework.suggest()
    assert (await casework.told())[-3:] == [
        "interview.refused", "determination.suggested", "determination.assigned",
    ]  # fmt: skip


@pytest.mark.parametrize(("minor", "outcome"), [(True, "VOT_PRESUMED"), (False, "INCONCLUSIVE")])
async def test_a_refusal_is_never_a_no(casework: Casework, minor: bool, outcome: str) -> None:
    await casework.admit(minor=minor)
    await casework.ask("refuse")
    read = await casework.world.get(f"/screening/v1/determinations/{await casework.suggest()}", DECIDER)
    assert read.json()["suggested"] == outcome


async def test_stopping_releasing_and_voiding(casework: Casework) -> None:
    await casework.admit()
    released = await casework.ask("release", {"reason": "HANDED_ON"})
    assert released.status_code == 200
    supervisor = caller("boss", Role.SUPERVISOR)
    path = f"/screening/v1/interviews/{casework.interview}"
    again = {"staff_ref": ref("other"), "organisation_ref": CENTRE}
    assigned = await casework.world.post(f"{path}/assign", supervisor, again, version=released.json()["version"])
    assert assigned.status_code == 200
    stopped = await casework.world.post(f"{path}/stop", INTERVIEWER, {"reason": "DISTRESS"}, version=4)
    assert stopped.json()["code"] == "relation_needed"
    voided = await casework.world.post(
        f"{path}/void", supervisor, {"reason": "PRACTICE"}, version=assigned.json()["version"]
    )
    assert voided.json()["status"] == "voided"
    opened = await casework.world.post("/screening/v1/interviews", WORKER, {"case_ref": CASE})
    assert opened.status_code == 201
    twice = await casework.world.post("/screening/v1/interviews", WORKER, {"case_ref": CASE})
    assert twice.json()["code"] == "case_has_an_interview"
    listed = await casework.world.get("/screening/v1/interviews", WORKER, status="opened", case_ref=CASE)
    assert [item["ref"] for item in listed.json()["items"]] == [opened.json()["ref"]]


async def test_the_form_is_shown_without_what_it_feeds(casework: Casework) -> None:
    shown = await casework.world.get("/screening/v1/forms/2026.1", INTERVIEWER)
    begged = next(question for question in shown.json()["questions"] if question["code"] == "BEGGED")
    assert begged["vi"] == "Có đi ăn xin ở nơi đến không?"
    assert "indicators" not in begged
    assert (await casework.world.get("/screening/v1/forms/1999.1", INTERVIEWER)).status_code == 404
