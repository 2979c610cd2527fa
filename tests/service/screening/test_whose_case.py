"""Attacks that once worked: staff of another organisation make themselves part of a case, or of what stands on it."""

from typing import Any

from services.screening.best_interests.handlers import BEST_INTERESTS
from services.screening.determinations.handlers import DETERMINATIONS
from services.screening.interviews.handlers import INTERVIEWS
from shared.auth import Role
from shared.contracts import intake
from shared.ids import pseudonym
from shared.testing import caller, ref
from tests.service.screening.casework import (
    CASE,
    CENTRE,
    DECIDER,
    DOSVY,
    INTERVIEWER,
    ROOM,
    SECOND,
    SENT,
    WORKER,
    Casework,
    decision,
    lines,
    staff,
)
from tests.service.screening.test_best_interests import HOME

FAR = pseudonym("organisation", "far-house")
ROLES = (
    "SUPERVISOR",
    "RECEIVING_AUTHORITY",
    "SOCIAL_AFFAIRS",
    "DECIDER",
    "INTERVIEWER",
    "CASEWORKER",
    "INTAKE_OFFICER",
)
ME = {"staff_ref": staff("far"), "organisation_ref": FAR}
REASON = {"reason": "DUPLICATE"}
ASKED: dict[str, dict[str, dict[str, Any]]] = {
    "interviews": {
        "assign": ME,
        "release": {"reason": "WORK_DONE"},
        "start": {"room": ROOM},
        "answers": {"answers": lines(SENT)[:1]},
        "pause": {"reason": "TIRED"},
        "resume": {"room": ROOM},
        "complete": {},
        "refuse": {},
        "stop": {"reason": "DISTRESS"},
        "correct": {"first_month": "2026-08", "reason": "MISTYPED"},
        "void": REASON,
    },
    "determinations": {
        "assign": ME,
        "reassess": {},
        "make": decision("VOT"),
        "amend": decision("VOT"),
        "confirm": {},
        "reject": {"words": "No."},
        "review": {"reason": "NEW_FACTS"},
        "correct": {"decided_on": "2026-11-04"},
        "void": REASON,
    },
    "best-interests": {
        "propose": HOME,
        "confirm": {},
        "object": {"reason": "NOT_SAFE"},
        "withdraw": {},
        "seat-panel": {},
        "release-member": ME,
        "reopen": {"cause": "AGENCIES_DISAGREE", "panel": True},
        "correct": {"review_day": "2027-01-04"},
        "void": REASON,
    },
}
"""What may be said of each kind of thing on a case, and with which words."""


async def things(casework: Casework) -> dict[str, str]:
    """A case with one thing of each kind; their refs."""
    await casework.admit()
    await casework.interviewed(SENT)
    found = await casework.suggest()
    await casework.on(found, "make", DECIDER, decision("VOT"))
    return {
        "interviews": casework.interview,
        "determinations": found,
        "best-interests": (await casework.best())["ref"],
    }


async def outcome(casework: Casework, path: str, who: str, body: dict[str, Any], version: int | None = 1) -> Any:
    answer = await casework.world.post(f"/screening/v1/{path}", who, body, version=version)
    return answer.status_code, answer.json().get("code")


async def test_attack_2_nobody_of_another_organisation_does_anything_on_a_case(casework: Casework) -> None:
    """A supervisor or authority elsewhere assigns themselves, voids, opens anew, decides a placement: all not there."""
    known = await things(casework)
    before = await casework.world.rows("screening", "journal")
    interview = {"case_ref": CASE, "interview_ref": known["interviews"]}
    made = {"interviews": {"case_ref": CASE}, "determinations": interview, "best-interests": {"case_ref": CASE}}
    for outsider in (caller("far", Role(role), "far-house") for role in ROLES):
        for kind, ref_ in known.items():
            for command, body in ASKED[kind].items():
                path = f"{kind}/{ref_}/{command}"
                assert await outcome(casework, path, outsider, body) == (404, "not_found"), (path, outsider)
            assert await outcome(casework, kind, outsider, made[kind], None) == (404, "not_found"), (kind, outsider)
    assert await casework.world.rows("screening", "journal") == before


def test_every_command_on_a_case_is_asked_here() -> None:
    for kind, table in (
        ("interviews", INTERVIEWS),
        ("determinations", DETERMINATIONS),
        ("best-interests", BEST_INTERESTS),
    ):
        outer = [row for row in table if row.command not in row.statuses.inner and not row.handling.creates]
        named = {row.handling.action.rpartition(".")[2].replace("_", "-") for row in outer}
        assert {"answer" if name == "answers" else name for name in ASKED[kind]} == named


async def test_attack_2_whoever_was_let_in_lets_in_nobody_else(casework: Casework) -> None:
    """The holder invites a decider of another house: who decides, and names no colleague."""
    known = await things(casework)
    path = f"determinations/{known['determinations']}/assign"
    invited, friend = caller("rith", Role.DECIDER, "far-house"), {"staff_ref": ref("friend"), "organisation_ref": FAR}
    assert await outcome(casework, path, invited, friend) == (404, "not_found")
    mine = {"staff_ref": staff("rith"), "organisation_ref": FAR}
    version = (await casework.world.rows("screening", "determination"))[0]["version"]
    assert (await outcome(casework, path, SECOND, mine, version))[0] == 200
    read = await casework.world.get(f"/screening/v1/determinations/{known['determinations']}/assessment", invited)
    assert read.status_code == 200
    assert await outcome(casework, path, invited, friend, version + 1) == (404, "not_found")
    assert (await outcome(casework, path, DOSVY, friend, version + 1)) == (404, "not_found")


async def test_attack_2_staff_of_the_holder_take_for_themselves_and_its_team_names_others(casework: Casework) -> None:
    await casework.admit()
    path, somebody = f"interviews/{casework.interview}/assign", {"staff_ref": ref("kim"), "organisation_ref": CENTRE}
    assert await outcome(casework, path, WORKER, somebody, 2) == (403, "relation_needed")
    assert (await outcome(casework, path, SECOND, somebody, 2))[0] == 200
    mine = {"staff_ref": staff("sok-interviewer"), "organisation_ref": CENTRE}
    assert (await outcome(casework, path, INTERVIEWER, mine, 3))[0] == 200
    team = intake.CaseAssigned(case_ref=CASE, staff_ref=staff("chan-caseworker"), organisation_ref=CENTRE, kind="TEAM")
    await casework.world.hear("intake", team)
    assert (await outcome(casework, path, WORKER, somebody, 4))[0] == 200


async def test_attack_4_an_outsider_reopens_best_interests_and_decides_a_placement(casework: Casework) -> None:
    """With made-up members, one of them a chair of social affairs. The officer named for this child may."""
    known = await things(casework)
    path, again = f"best-interests/{known['best-interests']}", {"cause": "AGENCIES_DISAGREE", "panel": True}
    officer = caller("other-dosvy", Role.SOCIAL_AFFAIRS, "dosvy-takeo")
    mine = {"staff_ref": staff("other-dosvy"), "organisation_ref": FAR, "role": "SOCIAL_AFFAIRS", "chair": True}
    invented = [mine, *({**mine, "staff_ref": ref(name), "chair": False} for name in ("nobody", "no one"))]
    assert await outcome(casework, f"{path}/propose", officer, HOME | {"members": invented}) == (404, "not_found")
    assert (await casework.settle_best(WORKER, **HOME)).status_code == 200
    assert await outcome(casework, f"{path}/reopen", officer, again, 3) == (404, "not_found")
    assert (await casework.world.get(f"/screening/v1/{path}", officer)).status_code == 404
    assert (await outcome(casework, f"{path}/reopen", DOSVY, again, 3))[0] == 200


async def test_attack_8_a_decider_of_an_ngo_files_a_finding_for_the_police_or_a_court(casework: Casework) -> None:
    """The body follows from the kind of the entry in the directory; whoever has none has no authority."""
    await casework.admit()
    await casework.interviewed(SENT)
    asked = {"case_ref": CASE, "interview_ref": casework.interview}
    refused = (409, "body_of_another_organisation")
    for kind in (None, "NGO", "TRANSIT_CENTRE"):
        if kind is not None:
            await casework.registered("bavet-centre", kind)
        for body in ("POLICE", "COURT_OR_PROSECUTION", "NON_POLICE_GOV", "FOREIGN_AUTHORITY"):
            assert await outcome(casework, "determinations", DECIDER, asked | {"body": body}, None) == refused, body
    await casework.registered("dosvy-svay-rieng", "SOCIAL_AFFAIRS")
    assert await outcome(casework, "determinations", DOSVY, asked | {"body": "POLICE"}, None) == refused
    theirs = await casework.suggest(DOSVY, body="NON_POLICE_GOV")
    for command, said in (("make", decision("VOT")), ("confirm", {}), ("reject", {"words": "No."})):
        assert await outcome(casework, f"determinations/{theirs}/{command}", SECOND, said) == refused, command
    assert (await casework.on(theirs, "make", DOSVY, decision("VOT"))).status_code == 200


async def test_a_duty_of_another_kind_opens_no_answers(casework: Casework) -> None:
    """Whoever was let in for the plan or a grant reads no statements and decides nothing."""
    known = await things(casework)
    for kind in ("PLAN", "GRANT", "PROVIDER"):
        who = intake.CaseAssigned(case_ref=CASE, staff_ref=staff("far"), organisation_ref=FAR, kind=kind)
        await casework.world.hear("intake", who)
    far = caller("far", Role.SUPERVISOR, "far-house")
    for path in (f"interviews/{known['interviews']}/answers", f"determinations/{known['determinations']}/assessment"):
        assert (await casework.world.get(f"/screening/v1/{path}", far)).status_code == 404
    path = f"interviews/{known['interviews']}/void"
    assert await outcome(casework, path, far, REASON) == (403, "relation_needed")
