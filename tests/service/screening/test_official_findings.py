"""Bodies of state that the holder told of a case: each records what it finds itself, and is shown nothing else."""

from typing import Any

import pytest

from shared.auth import Role
from shared.contracts import intake
from shared.ids import case_number, pseudonym
from shared.testing import caller, ref
from tests.service.screening.casework import CASE, CENTRE, DAY, DOSVY, SENT, TEAM, Casework, decision, staff
from tests.service.screening.casework import DECIDER as CENTRES_DECIDER

POLICE = caller("heng-police", Role.DECIDER, "police-of-svay-rieng")
COLLEAGUE = caller("sophal-police", Role.SUPERVISOR, "police-of-svay-rieng")
COURT = caller("vuthy-court", Role.DECIDER, "court-of-svay-rieng")
STATION, COURTHOUSE = (pseudonym("organisation", name) for name in ("police-of-svay-rieng", "court-of-svay-rieng"))
NUMBER = case_number(CASE)
FOUND = {"body": "POLICE", "outcome": "VOT_PRESUMED", "words": "As far as we know."}
PATH = "/screening/v1/official-findings"


async def _told(casework: Casework, *bodies: str) -> None:
    await casework.admit()
    await casework.registered("police-of-svay-rieng", "POLICE")
    await casework.registered("court-of-svay-rieng", "COURT")
    await casework.world.hear("intake", *(intake.CaseInformed(case_ref=CASE, organisation_ref=one) for one in bodies))


async def _record(casework: Casework, who: str = POLICE, number: str = NUMBER, **more: Any) -> Any:
    body = {"ref": ref("finding"), "case_number": number, **FOUND, **more}
    return await casework.world.post(PATH, who, body)


async def _read(casework: Casework, who: str = POLICE, number: str = NUMBER) -> Any:
    return await casework.world.get(f"{PATH}-of-case/{number}", who)


async def test_a_body_that_was_told_records_its_own_finding_at_any_time_and_alone(casework: Casework) -> None:
    """Nobody was interviewed, no rules suggested anything, and no second person is asked."""
    await _told(casework, STATION)
    made = await _record(casework)
    assert (made.status_code, made.json()["status"]) == (201, "recorded")
    assert (await casework.told())[-1] == "official_finding.recorded"
    read = (await _read(casework, COLLEAGUE)).json()
    assert (read["outcome"], read["words"], read["case_number"]) == ("VOT_PRESUMED", "As far as we know.", NUMBER)
    assert (await casework.world.get(f"{PATH}/{ref('finding')}", POLICE)).json() == read
    assert CASE not in str(read), "it is shown no more of the case than it knew"
    assert (await _record(casework)).json()["ref"] == ref("finding"), "the same again is the same"
    other = await _record(casework, ref=ref("another"))
    assert (other.status_code, other.json()["code"]) == (409, "body_has_a_determination")
    at = f"{PATH}/{ref('finding')}"
    right = await casework.world.post(f"{at}/correct", POLICE, {"outcome": "VOT"}, version=1)
    assert right.status_code == 200
    read = (await _read(casework)).json()
    assert (read["outcome"], read["words"]) == ("VOT", "As far as we know.")
    assert (await casework.world.post(f"{at}/void", POLICE, {"reason": "WRONG_PERSON"}, version=2)).status_code == 200
    assert (await _record(casework, ref=ref("another"), outcome="INCONCLUSIVE")).status_code == 201
    assert (await _read(casework)).json()["outcome"] == "INCONCLUSIVE"
    rows = await casework.world.rows("screening", "journal")
    assert all("VOT" not in row["data"] for row in rows if "official_finding" in row["type"])


async def test_an_unknown_and_an_uninformed_case_number_look_the_same(casework: Casework) -> None:
    await _told(casework, COURTHOUSE)
    unknown, uninformed = case_number(ref("no such case")), NUMBER
    said = []
    for number in (unknown, uninformed):
        for answer in (await _record(casework, number=number), await _read(casework, number=number)):
            problem = answer.json()
            problem.pop("request_id")
            said.append((answer.status_code, problem))
    assert said[:2] == said[2:]
    assert {status for status, _ in said} == {404}
    refused = [row for row in await casework.world.rows("screening", "audit") if row["decision"] != "done"]
    named = [row["subjects"] for row in refused if "official_finding" in row["action"]]
    assert named[:2] == named[2:] == [[f"official_finding/{ref('finding')}"], []], "and no case"


async def test_who_works_on_the_case_sees_it_beside_the_other_findings_and_nothing_follows_from_it(
    casework: Casework,
) -> None:
    await _told(casework, STATION)
    assert (await _record(casework, outcome="NOT_A_VICTIM")).status_code == 201
    seen = (await casework.world.get(f"/screening/v1/cases/{CASE}/findings", TEAM)).json()
    [official] = seen["official"]
    assert (official["outcome"], official["body"]) == ("NOT_A_VICTIM", "POLICE")
    assert (official["organisation_ref"], seen["governing"], seen["bodies"]) == (STATION, None, [])
    seen = (await casework.world.get(f"/screening/v1/cases/{CASE}/findings", DOSVY)).json()
    assert [(one["body"], one["outcome"], one["words"]) for one in seen["official"]] == [("POLICE", None, None)]


async def test_it_opens_nothing_else_of_the_case_and_no_other_body_s_finding(casework: Casework) -> None:
    await _told(casework, STATION, COURTHOUSE)
    await casework.interviewed(SENT)
    found = await casework.suggest()
    await casework.on(found, "make", CENTRES_DECIDER, decision("VOT"))
    assert (await _record(casework)).status_code == 201
    assert (await _read(casework, COURT)).status_code == 404
    at = f"{PATH}/{ref('finding')}"
    assert (await casework.world.get(at, COURT)).status_code == 404
    for command, body in (("correct", {"outcome": "VOT"}), ("void", {"reason": "OTHER"})):
        assert (await casework.world.post(f"{at}/{command}", COURT, body, version=1)).status_code == 404
    paths = (
        f"cases/{CASE}/journey",
        f"cases/{CASE}/findings",
        f"interviews/{casework.interview}",
        f"interviews/{casework.interview}/answers",
        f"determinations/{found}",
        f"determinations/{found}/assessment",
    )
    for who in (POLICE, COLLEAGUE):
        for path in paths:
            assert (await casework.world.get(f"/screening/v1/{path}", who)).status_code == 404, path
        for things in ("interviews", "determinations", "best-interests"):
            listed = await casework.world.get(f"/screening/v1/{things}", COLLEAGUE)
            assert listed.json()["items"] == []


@pytest.mark.parametrize(
    "end",
    [
        intake.CaseInformingEnded(case_ref=CASE, organisation_ref=STATION),
        intake.CaseClosed(case_ref=CASE, day=DAY),
        intake.CaseVoided(case_ref=CASE, reason="DUPLICATE"),
    ],
    ids=lambda event: event.type,
)
async def test_it_ends_when_the_holder_says_so_at_closure_and_with_the_case(casework: Casework, end: Any) -> None:
    await _told(casework, STATION, COURTHOUSE)
    assert (await _record(casework)).status_code == 201
    await casework.world.hear("intake", end)
    assert (await _read(casework)).status_code == 404
    at = f"{PATH}/{ref('finding')}"
    assert (await casework.world.get(at, POLICE)).status_code == 404
    assert (await casework.world.post(f"{at}/correct", POLICE, {"outcome": "VOT"}, version=1)).status_code == 404
    if isinstance(end, intake.CaseInformingEnded):
        assert (await _record(casework, COURT, ref=ref("theirs"), body="COURT_OR_PROSECUTION")).status_code == 201


async def test_only_a_body_of_state_records_and_only_in_its_own_name(casework: Casework) -> None:
    house = pseudonym("organisation", "kind-house")
    await _told(casework, STATION, house)
    other = await _record(casework, body="COURT_OR_PROSECUTION")
    assert (other.status_code, other.json()["code"]) == (409, "body_of_another_organisation")
    for body in ("NGO", "POLICE", "OTHER"):
        private = await _record(casework, caller("someone", Role.DECIDER, "kind-house"), body=body)
        assert (private.status_code, private.json()["code"]) == (409, "body_of_another_organisation")


async def test_who_has_a_conflict_of_interest_records_nothing(casework: Casework) -> None:
    await _told(casework, STATION)
    await casework.world.hear("intake", intake.CaseConflictDeclared(case_ref=CASE, staff_ref=staff("heng-police")))
    assert (await _record(casework)).status_code == 404
    assert (await _record(casework, COLLEAGUE)).status_code == 201
    assert (await _read(casework)).status_code == 404


async def test_the_holder_itself_is_no_body_that_was_told(casework: Casework) -> None:
    await _told(casework, STATION)
    assert (await _record(casework, caller("dara-decider", Role.DECIDER))).status_code == 404
    assert CENTRE != STATION
