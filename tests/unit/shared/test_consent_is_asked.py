"""Which command asks for which consent, written by hand: what is refused after it ended, and what goes on.

A new command of these three things is in no row, and turns the test red until somebody has said which of the two it is.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple, get_args

import pytest

from services.grants.applications import commands as grant
from services.grants.applications.committee import Ballot
from services.grants.applications.domain import decide as decide_grant
from services.referrals.service_referrals import commands as request
from services.referrals.service_referrals.domain import decide as decide_request
from services.referrals.service_referrals.state import Status
from services.screening.interviews import commands as interview
from services.screening.interviews import state as interviews
from services.screening.interviews.domain import check_line
from services.screening.interviews.domain import decide as decide_interview
from shared.contracts.grants import Basis
from shared.contracts.intake import ConsentPurpose
from shared.errors import Refused
from shared.model import Command
from shared.testing import ref
from tests.unit.grants import builders as grants
from tests.unit.referrals import test_requests as requests
from tests.unit.screening import test_interview_rules as rules

TABLE = """
INTERVIEW  start complete resume answer                        | open assign release pause refuse stop correct void
SHARE      send accept correct                                 | draft acknowledge reject deliver complete end revoke
                                                                 expire void end_sharing acknowledge_withdrawal
GRANT      submit check_eligibility assess send_to_committee approve sign_agreement
                                                               | draft correct assign release except_holder vote
                                                                 request_revision reject defer suspend resume complete
                                                                 terminate cancel void
"""
"""The purpose, the commands that ask for it, and behind the line those that do not: help goes on, and all can end."""

NAMED = {
    ConsentPurpose.INTERVIEW: interview.InterviewCommand,
    ConsentPurpose.SHARE: request.ServiceReferralCommand,
    ConsentPurpose.GRANT: grant.ApplicationCommand,
}
SHORT = {"cast_vote": "vote", "record_answers": "answer"}
OF = ("_service_referral", "_interview", "_application", "_service", "_staff")


def rows() -> dict[str, tuple[set[str], set[str]]]:
    """The table, by purpose."""
    found: dict[str, list[str]] = {}
    for line in TABLE.strip().splitlines():
        if not line.startswith(" "):
            found[line.split()[0]] = line.split()[1:]
            last = line.split()[0]
        else:
            found[last] += line.split()
    return {name: (set(words[: words.index("|")]), set(words[words.index("|") + 1 :])) for name, words in found.items()}


def name(command: type[Command]) -> str:
    """A command's name in the table."""
    words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in command.__name__).lstrip("_")
    for end in OF:
        words = words.removesuffix(end)
    return SHORT.get(words, words)


def flat(union: Any) -> set[str]:
    return {name(one) for one in get_args(union)}


@pytest.mark.parametrize("purpose", NAMED)
def test_each_command_of_a_thing_under_a_consent_stands_in_the_table(purpose: ConsentPurpose) -> None:
    asks, goes_on = rows()[purpose.value]
    assert not asks & goes_on
    assert asks | goes_on == flat(NAMED[purpose])


class Case(NamedTuple):
    """A command at a moment when it would do something, and the code of its refusal after the consent ended."""

    purpose: str
    command: str
    code: str
    run: Callable[[bool], Any]


def _interview(state: interviews.Interview, command: Any, code: str = "consent_needed") -> Case:
    def run(held: bool) -> Any:
        return decide_interview(state, command, replace(rules.READY, consent_held=held))

    return Case("INTERVIEW", name(type(command)), code, run)


def _answer() -> Case:
    line = interview.AnswerLine(
        ref=ref("a"), question="BEGGED", value=interviews.Value.YES, source=interviews.Source.SELF
    )
    known = frozenset({"BEGGED"})
    return Case(
        "INTERVIEW", "answer", "consent_needed", lambda held: check_line(rules.RUNNING, line, known, consent_held=held)
    )


def _request(status: Status, command: Any, code: str = "sharing_ended") -> Case:
    def run(held: bool) -> Any:
        return decide_request(requests.request(status), command, requests.gated(share_consent=held))

    return Case("SHARE", name(type(command)), code, run)


def _grant(state: Any, command: Any, who: str = "mony") -> Case:
    def run(held: bool) -> Any:
        return decide_grant(state, command, grants.facts(who, standing=replace(grants.READY, consented=held)))

    return Case("GRANT", name(type(command)), "consent_missing", run)


FOR = (Ballot.FOR,) * 3
PAUSED = rules.RUNNING.but(status=interviews.Status.PAUSED)
REFUSED = (
    _interview(rules.OPEN, interview.StartInterview(room=rules.ROOM)),
    _interview(PAUSED, interview.ResumeInterview(room=rules.ROOM)),
    _interview(rules.RUNNING, interview.CompleteInterview()),
    _answer(),
    _request(Status.DRAFT, request.SendServiceReferral(), "consent_to_share_missing"),
    _request(Status.SENT, request.AcceptServiceReferral()),
    _request(Status.ACKNOWLEDGED, request.CorrectServiceReferral(note="more of her")),
    _grant(grants.drafted(), grant.SubmitApplication(), "dara"),
    _grant(grants.submitted(), grant.CheckEligibility(basis=Basis.GRANT_ADULT)),
    _grant(grants.checked(), grant.AssessApplication(recommended=True)),
    _grant(grants.assessed(), grants.seat()),
    _grant(grants.sitting(*FOR), grant.ApproveApplication(amount=25_000), "sovann"),
    _grant(grants.approved(), grant.SignAgreement(read_aloud=True, copy_left=True), "dara"),
)
GOES_ON = (
    _interview(rules.RUNNING, interview.StopInterview(reason="CONSENT_WITHDRAWN")),
    _interview(rules.RUNNING, interview.PauseInterview(reason="TIRED")),
    _interview(rules.OPEN, interview.RefuseInterview()),
    _request(Status.SENT, request.RejectServiceReferral(reason="NO_CAPACITY")),
    _request(Status.ACCEPTED, requests.DELIVER),
    _request(Status.IN_DELIVERY, requests.DELIVER),
    _request(Status.IN_DELIVERY, request.CompleteServiceReferral()),
    _request(Status.ACCEPTED, request.EndServiceReferral(reason="DROPPED_OUT")),
    _grant(grants.signed(), grant.SuspendApplication(reason="OTHER"), "dara"),
    _grant(grants.drafted(), grant.CancelApplication(reason="APPLICANT_WISH"), "dara"),
)


def test_every_row_that_asks_is_tried() -> None:
    tried = {(case.purpose, case.command) for case in REFUSED}
    assert tried == {(purpose, command) for purpose, (asks, _) in rows().items() for command in asks}


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case.purpose} {case.command}")
def test_attack_a_command_goes_on_after_the_consent_that_it_needs_was_withdrawn(case: Case) -> None:
    case.run(True)
    with pytest.raises(Refused, match=case.code):
        case.run(False)


@pytest.mark.parametrize("case", GOES_ON, ids=lambda case: f"{case.purpose} {case.command}")
def test_help_goes_on_and_everything_can_be_ended_without_a_consent(case: Case) -> None:
    assert case.run(False).events
    assert case.command in rows()[case.purpose][1]
