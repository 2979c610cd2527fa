"""At least three named people, a quorum, one vote each under their own identity, and a chair who concludes."""

import pytest

from services.grants.applications import commands as ask
from services.grants.applications.committee import Ballot
from services.grants.applications.domain import decide
from services.grants.applications.state import Status
from shared.contracts import grants as told
from shared.testing import ref
from tests.unit.grants.builders import after, assessed, drafted, facts, plan, seat, sitting
from tests.unit.grants.refusals import refused

FOR, AGAINST, CONFLICT = Ballot.FOR, Ballot.AGAINST, Ballot.CONFLICT
APPROVE = ask.ApproveApplication(amount=10_000)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (seat("sovann", "neary"), "committee_too_small"),
        (seat("sovann", "neary", "neary"), "member_named_twice"),
        (seat("sovann", "neary", "phirun", chair="tola"), "chair_is_no_member"),
        (seat("sovann", "neary", "dara"), "separation_of_duties"),
        (seat("sovann", "neary", "mony"), "separation_of_duties"),
    ],
)
def test_a_committee_is_three_others(command: ask.SendToCommittee, code: str) -> None:
    with refused(code):
        decide(assessed(), command, facts("mony"))


def test_every_member_is_assigned_and_released_with_the_decision() -> None:
    sent = decide(assessed(), seat(), facts("mony"))
    assert [type(event) for event in sent.events] == [told.ApplicationSentToCommittee] + [told.ApplicationAssigned] * 3
    concluded = decide(sitting(FOR, FOR, FOR), APPROVE, facts("sovann"))
    assert [type(event) for event in concluded.events] == [told.ApplicationApproved] + [told.ApplicationReleased] * 3


def test_a_small_sum_needs_two_who_agree() -> None:
    state = after(assessed(plan=plan(12_000)), seat("sovann", "neary"), facts("mony"))
    one = after(state, ask.CastVote(ballot=FOR), facts("sovann"))
    with refused("no_quorum"):
        decide(one, APPROVE, facts("sovann"))
    two = after(one, ask.CastVote(ballot=FOR), facts("neary"))
    assert decide(two, APPROVE, facts("sovann")).state.status is Status.APPROVED
    split = after(one, ask.CastVote(ballot=AGAINST), facts("neary"))
    with refused("not_how_the_vote_went"):
        decide(split, APPROVE, facts("sovann"))


@pytest.mark.parametrize(
    ("ballots", "carried"),
    [((FOR, FOR, FOR), True), ((FOR, FOR, AGAINST), True), ((AGAINST, FOR, AGAINST), False)],
)
def test_more_for_than_against_carries(ballots: tuple[Ballot, ...], carried: bool) -> None:
    state = sitting(*ballots)
    yes: ask.ApplicationCommand = APPROVE
    no: ask.ApplicationCommand = ask.RejectApplication(reason="NOT_VIABLE")
    right, wrong = (yes, no) if carried else (no, yes)
    assert decide(state, right, facts("sovann")).state.status is (Status.APPROVED if carried else Status.REJECTED)
    with refused("not_how_the_vote_went"):
        decide(state, wrong, facts("sovann"))


@pytest.mark.parametrize(("chair", "carried"), [(FOR, True), (AGAINST, False)])
def test_a_tie_goes_with_the_chair(chair: Ballot, carried: bool) -> None:
    state = after(assessed(), seat("sovann", "neary", "phirun", "tola"), facts("mony"))
    other = AGAINST if chair is FOR else FOR
    for name, ballot in (("sovann", chair), ("neary", chair), ("phirun", other), ("tola", other)):
        state = after(state, ask.CastVote(ballot=ballot), facts(name))
    assert state.committee is not None
    assert state.committee.carried is carried


def test_nobody_votes_twice_or_for_another() -> None:
    state = sitting(FOR)
    assert decide(state, ask.CastVote(ballot=FOR), facts("sovann")).events == ()
    assert decide(sitting(FOR, FOR), ask.CastVote(ballot=FOR), facts("sovann")).events == ()
    with refused("already_voted"):
        decide(state, ask.CastVote(ballot=AGAINST), facts("sovann"))
    with refused("not_a_member"):
        decide(state, ask.CastVote(ballot=FOR), facts("tola"))


def test_a_declared_conflict_leaves_the_vote_and_the_quorum() -> None:
    state = sitting(FOR, FOR, CONFLICT)
    assert ref("phirun") not in state.approvers
    with refused("no_quorum"):
        decide(state, APPROVE, facts("sovann"))
    again = decide(state, seat("sovann", "neary", "tola"), facts("mony"))
    assert [type(event) for event in again.events[:3]] == [told.ApplicationReleased] * 3
    assert again.state.committee is not None
    assert again.state.committee.votes == ()


def test_a_committee_that_can_decide_is_not_replaced() -> None:
    with refused("committee_can_decide"):
        decide(sitting(AGAINST, AGAINST), seat("tola", "vanna", "samnang"), facts("mony"))


def test_only_the_chair_who_voted_concludes() -> None:
    with refused("not_the_chair"):
        decide(sitting(FOR, FOR, FOR), APPROVE, facts("neary"))
    state = sitting(CONFLICT, FOR, FOR)
    with refused("chair_has_not_voted"):
        decide(state, APPROVE, facts("sovann"))
    assert after(state, seat("neary", "phirun", "tola"), facts("mony")).status is Status.COMMITTEE_REVIEW


def test_no_committee_sits_over_a_draft() -> None:
    with refused("not_allowed_in_status"):
        decide(drafted(), seat(), facts("mony"))
