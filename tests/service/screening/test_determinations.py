"""Determinations: suggestions bind nobody, two people where it matters, and no cause in any fact."""

import json
from typing import Any

from sqlalchemy import select

from services.screening.interviews.state import Profile
from tests.service.screening.casework import (
    CASE,
    CENTRE,
    DECIDER,
    DOSVY,
    EXPLOITED,
    INTERVIEWER,
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


async def data(casework: Casework, kind: str) -> dict[str, Any]:
    """The last fact of a kind that screening told."""
    running = casework.world.running["screening"]
    journal = running.kept.ledger.journal
    query = select(journal.c.data).where(journal.c.type == f"screening.{kind}.v1").order_by(journal.c.id.desc())
    found = await running.kept.database.read(lambda connection: connection.execute(query).first())
    assert found is not None
    return dict(json.loads(found.data))


async def test_h9_a_suggestion_is_no_finding_until_somebody_makes_it(casework: Casework) -> None:
    await casework.admit()
    await casework.interviewed(SENT)
    ref = await casework.suggest()
    read = (await casework.world.get(f"/screening/v1/determinations/{ref}", DECIDER)).json()
    assert (read["status"], read["suggested"], read["outcome"]) == ("suggested", "VOT", None)
    made = await casework.on(ref, "make", DECIDER, decision("VOT"))
    assert made.json()["status"] == "determined"
    told = await data(casework, "determination.made")
    assert told["deciders"] == 1
    assert {"EDUCATION", "GRANT_CAREGIVER_HOUSEHOLD"} <= set(told["entitlements"])
    assert {"CHILD_SAFEGUARDS", "SEPARATE_ROOM"} <= set(told["handling"])
    assert "VOT" not in json.dumps(told)
    assert (await casework.told())[-1] == "best_interests.required"


async def test_every_step_and_sentence_of_the_suggestion_can_be_read(casework: Casework) -> None:
    await casework.admit()
    await casework.interviewed(SENT)
    ref = await casework.suggest()
    path = f"/screening/v1/determinations/{ref}/assessment"
    read = (await casework.world.get(path, DECIDER)).json()
    assert (read["assessment"]["rule"], read["assessment"]["ruleset"]) == ("C1", "2026.1")
    assert read["assessment"]["presumed"] is True
    assert all(sentence[language] for sentence in read["sentences"] for language in ("km", "vi", "en"))
    assert (await casework.world.get(path, WORKER)).status_code == 404
    other = await casework.world.get(f"/screening/v1/determinations/{ref}", WORKER)
    assert (other.json()["suggested"], other.json()["outcome"]) == (None, None)


async def test_an_age_heard_later_suggests_again_and_rewrites_no_finding(casework: Casework) -> None:
    await casework.admit(minor=False)
    await casework.interviewed(EXPLOITED, Profile.ADULT)
    ref = await casework.suggest()
    path = f"/screening/v1/determinations/{ref}"
    assert (await casework.world.get(path, DECIDER)).json()["suggested"] == "VOT_PRESUMED"
    await casework.world.hear("intake", aged(False, False))
    again = (await casework.world.get(path, DECIDER)).json()
    assert (again["assessment"], again["suggested"]) == (2, "EXPLOITED_MIGRANT")
    await casework.on(ref, "make", DECIDER, decision("EXPLOITED_MIGRANT"))
    assert {"GRANT_ADULT", "SKILLS_TRAINING"} <= set((await data(casework, "determination.made"))["entitlements"])
    await casework.world.hear("intake", aged(True, True))
    kept = (await casework.world.get(path, TEAM)).json()
    assert (kept["status"], kept["assessment"], kept["outcome"]) == ("determined", 2, "EXPLOITED_MIGRANT")


async def test_h9_departing_needs_words_and_lowering_a_child_two_roles(casework: Casework) -> None:
    await casework.admit()
    await casework.interviewed(SENT)
    ref = await casework.suggest()
    assert (await casework.on(ref, "make", DECIDER, decision("CHILD_AT_RISK"))).json()["code"] == "reason_needed"
    proposed = await casework.on(ref, "make", DECIDER, decision("CHILD_AT_RISK", "The uncle was mistaken."))
    assert proposed.json()["status"] == "suggested"
    waits = await casework.on(ref, "make", SECOND, decision("VOT"))
    assert waits.json()["code"] == "awaits_confirmation"
    assert (await casework.on(ref, "confirm", DECIDER)).json()["code"] == "second_person_needed"
    peer = DECIDER.replace("dara", "rithy")
    assert (await casework.on(ref, "confirm", peer)).json()["code"] == "other_role_needed"
    assert (await casework.on(ref, "confirm", SECOND)).json()["status"] == "determined"
    read = (await casework.world.get(f"/screening/v1/determinations/{ref}", TEAM)).json()
    assert (read["outcome"], read["departs"], len(read["deciders"])) == ("CHILD_AT_RISK", True, 2)


async def test_a_second_person_may_say_no(casework: Casework) -> None:
    await casework.admit()
    await casework.interviewed(SENT)
    ref = await casework.suggest()
    assert (await casework.on(ref, "reject", SECOND, {"words": "No."})).json()["code"] == "nothing_proposed"
    await casework.on(ref, "make", DECIDER, decision("CHILD_AT_RISK", "I think so."))
    assert (await casework.on(ref, "reject", DECIDER, {"words": "No."})).json()["code"] == "second_person_needed"
    assert (await casework.on(ref, "reject", SECOND, {"words": "The answers say more."})).status_code == 200
    assert (await casework.on(ref, "make", DECIDER, decision("VOT"))).json()["status"] == "determined"


async def test_an_interviewer_is_never_the_only_decider_of_a_child(casework: Casework) -> None:
    await casework.admit()
    await casework.interviewed(SENT)
    ref = await casework.suggest()
    assert (await casework.on(ref, "make", INTERVIEWER, decision("VOT"))).json()["status"] == "suggested"
    assert (await casework.told())[-1] == "determination.proposed"
    assert (await casework.on(ref, "confirm", DECIDER)).json()["status"] == "determined"


async def test_a_means_of_vulnerability_is_decided_by_two_with_reasons(casework: Casework) -> None:
    await casework.admit(aged(False, False), minor=False)
    used = ("USED_POVERTY", "KNEW_TOO_LITTLE", "COULD_NOT_TRAVEL_ALONE")
    await casework.interviewed((*EXPLOITED, *used), Profile.ADULT)
    ref = await casework.suggest()
    read = (await casework.world.get(f"/screening/v1/determinations/{ref}", DECIDER)).json()
    assert (read["suggested"], read["flags"]) == ("EXPLOITED_MIGRANT", ["VULNERABILITY_MEANS_REVIEW"])
    plain = decision("EXPLOITED_MIGRANT")
    assert (await casework.on(ref, "make", DECIDER, plain)).json()["code"] == "reason_needed"
    await casework.on(ref, "make", DECIDER, plain | {"words": "Poverty alone."})
    assert (await casework.on(ref, "confirm", SECOND)).json()["code"] == "reason_needed"
    done = await casework.on(ref, "confirm", SECOND, {"words": "Nobody used it."})
    assert done.json()["status"] == "determined"
    assert (await casework.told())[-3:] == ["determination.made", *["determination.released"] * 2]


async def test_h10_bodies_stand_side_by_side_and_the_most_protective_opens_services(casework: Casework) -> None:
    await casework.admit(aged(False, False), minor=False)
    await casework.interviewed(EXPLOITED, Profile.ADULT)
    ngo = await casework.suggest()
    await casework.on(ngo, "make", DECIDER, decision("EXPLOITED_MIGRANT"))
    twice = {"case_ref": CASE, "interview_ref": casework.interview, "body": "NGO"}
    refused = await casework.world.post("/screening/v1/determinations", DECIDER, twice)
    assert refused.json()["code"] == "body_has_a_determination"
    await casework.registered("dosvy-svay-rieng", "SOCIAL_AFFAIRS")
    police = await casework.suggest(DOSVY, body="NON_POLICE_GOV")
    await casework.on(police, "make", DOSVY, decision("NOT_A_VICTIM", "Irregular crossing only."))
    assert "GRANT_ADULT" in (await data(casework, "determination.made"))["entitlements"]
    found = (await casework.world.get(f"/screening/v1/cases/{CASE}/findings", TEAM)).json()
    assert [(body["body"], body["outcome"]) for body in found["bodies"]] == [
        ("NGO", "EXPLOITED_MIGRANT"), ("NON_POLICE_GOV", "NOT_A_VICTIM"),
    ]  # fmt: skip
    assert (found["governing"], found["disagree"]) == ("EXPLOITED_MIGRANT", True)
    await casework.on(ngo, "void", SECOND, {"reason": "ENTERED_IN_ERROR"})
    assert "GRANT_ADULT" not in (await data(casework, "determination.voided"))["entitlements"]


async def test_a_review_keeps_what_was_found_before(casework: Casework) -> None:
    await casework.admit(suspicion())
    await casework.interviewed(("BEGGED", "TOLD_WHERE_TO_WORK", "SENT_BY_PARENT"))
    ref = await casework.suggest()
    await casework.on(ref, "make", DECIDER, decision("VOT_PRESUMED"))
    assert {"NO_FAMILY_PLACEMENT", "NO_FAMILY_CONTACT"} <= set((await data(casework, "determination.made"))["handling"])
    await casework.on(ref, "review", DECIDER, {"reason": "NEW_FACTS"})
    amended = await casework.on(ref, "amend", DECIDER, decision("VOT", "The debt was shown."))
    assert amended.json()["status"] == "amended"
    read = (await casework.world.get(f"/screening/v1/determinations/{ref}", TEAM)).json()
    assert [finding["outcome"] for finding in read["made"]] == ["VOT_PRESUMED", "VOT"]
    casework.world.clock.advance(days=3)
    assert (await casework.on(ref, "correct", DECIDER, {"decided_on": "2026-11-05"})).status_code == 200
    for day, code in (("2027-11-03", "in_the_future"), ("2026-11-03", "before_interview_ended")):
        assert (await casework.on(ref, "correct", DECIDER, {"decided_on": day})).json()["code"] == code


async def test_what_may_not_be_suggested(casework: Casework) -> None:
    await casework.admit()
    asked = {"case_ref": CASE, "interview_ref": casework.interview}
    early = await casework.world.post("/screening/v1/determinations", DECIDER, asked)
    assert early.json()["code"] == "interview_not_ended"
    await casework.know(staff("another"))
    other = asked | {"case_ref": staff("another")}
    wrong = await casework.world.post("/screening/v1/determinations", DECIDER, other)
    assert wrong.json()["code"] == "not_found"


async def test_taking_part_lets_somebody_read(casework: Casework) -> None:
    await casework.admit()
    await casework.interviewed(SENT)
    ref = await casework.suggest()
    path = f"/screening/v1/determinations/{ref}/assessment"
    assert (await casework.world.get(path, SECOND)).status_code == 404
    asked = {"staff_ref": staff("vanna-supervisor"), "organisation_ref": CENTRE}
    await casework.on(ref, "assign", DECIDER, asked)
    assert (await casework.world.get(path, SECOND)).json()["assessment"]["outcome"] == "VOT"
    same = await casework.on(ref, "reassess", DECIDER)
    assert same.status_code == 200
    listed = await casework.world.get("/screening/v1/determinations", WORKER, case_ref=CASE)
    assert [(item["ref"], item["suggested"]) for item in listed.json()["items"]] == [(ref, None)]
