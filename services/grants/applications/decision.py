"""From the assessment to the committee's word. Each member votes alone; the chair records what came out."""

from typing import assert_never

from services.grants.applications.commands import (
    ApproveApplication,
    CastVote,
    CommitteeCommand,
    DeferApplication,
    RejectApplication,
    RequestRevision,
    SendToCommittee,
)
from services.grants.applications.committee import Ballot, Committee, seated
from services.grants.applications.conditions import agreed, may_receive
from services.grants.applications.duties import Part, joined, not_before, only_as
from services.grants.applications.state import Application, Facts, Status, tags
from services.grants.programmes.money import band
from shared.contracts import grants as told
from shared.errors import Refused
from shared.model import Decided, Event

MEMBER = "COMMITTEE"


def step(state: Application, command: CommitteeCommand, facts: Facts) -> Decided[Application]:
    """What becomes of an application before the committee."""
    match command:
        case SendToCommittee():
            return _send(state, command, facts)
        case CastVote():
            return _vote(state, command, facts)
        case ApproveApplication():
            return _approve(state, command, facts)
        case RequestRevision():
            return _revise(state, command, facts)
        case RejectApplication():
            return _reject(state, command, facts)
        case DeferApplication():
            return _defer(state, facts)
        case _:
            assert_never(command)


def _send(state: Application, command: SendToCommittee, facts: Facts) -> Decided[Application]:
    """Seat the committee. A second one only when the first can no longer decide."""
    if state.status is Status.COMMITTEE_REVIEW and state.committee and state.committee.can_decide:
        raise Refused("committee_can_decide")
    agreed(facts)
    committee = seated(command.members, command.chair, facts.programme.terms.quorum_for(state.requested))
    for member in committee.staff:
        only_as(Part.APPROVER, member, state.hands)
    sent = told.ApplicationSentToCommittee(**tags(state, facts), members=len(committee.members))
    before = _dissolved(state, facts)
    named = tuple(
        told.ApplicationAssigned(
            case_ref=state.case_ref,
            application_ref=facts.application_ref,
            staff_ref=member.staff_ref,
            organisation_ref=member.organisation_ref,
            kind=MEMBER,
        )
        for member in committee.members
    )
    moved = state.but(status=Status.COMMITTEE_REVIEW, committee=committee)
    return Decided(moved, (*before, sent, *named))


def _dissolved(state: Application, facts: Facts) -> tuple[Event, ...]:
    """The members are done, and see the case no longer."""
    if state.status is not Status.COMMITTEE_REVIEW or state.committee is None:
        return ()
    return tuple(
        told.ApplicationReleased(
            case_ref=state.case_ref,
            application_ref=facts.application_ref,
            staff_ref=member.staff_ref,
            organisation_ref=member.organisation_ref,
            kind=MEMBER,
        )
        for member in state.committee.members
    )


def _sitting(state: Application) -> Committee:
    assert state.committee is not None
    return state.committee


def _vote(state: Application, command: CastVote, facts: Facts) -> Decided[Application]:
    """Hear one member."""
    committee = _sitting(state)
    if committee.ballot_of(facts.actor) is command.ballot:
        return Decided(state)
    only_as(Part.APPROVER, facts.actor, state.hands)
    heard = committee.heard(facts.actor, command.ballot, facts.day)
    approvers = state.approvers if command.ballot is Ballot.CONFLICT else joined(state.approvers, facts.actor)
    event = told.ApplicationVoted(**tags(state, facts), heard=len(heard.votes), members=len(heard.members))
    return Decided(state.but(committee=heard, approvers=approvers), (event,))


def _approve(state: Application, command: ApproveApplication, facts: Facts) -> Decided[Application]:
    """The vote was carried. Every condition is looked at again; the money is reserved in the same write."""
    assert state.basis is not None
    _concluded(state, facts, carried=True)
    if command.amount > state.requested:
        raise Refused("more_than_requested")
    may_receive(state, state.basis, facts)
    programme = facts.programme
    approved = state.but(status=Status.APPROVED, approved=command.amount, household_ref=facts.standing.household_ref)
    event = told.ApplicationApproved(
        **tags(state, facts),
        money_band=band(command.amount, programme.currency, programme.rate),
        currency=programme.currency,
        day=facts.day,
    )
    return Decided(approved, (event, *_dissolved(state, facts)))


def _concluded(state: Application, facts: Facts, *, carried: bool | None = None) -> None:
    """The chair may conclude, and what is recorded is how the vote went."""
    committee = _sitting(state)
    committee.concluded_by(facts.actor)
    not_before(committee.voted_on, facts.day)
    if carried is not None and committee.carried is not carried:
        raise Refused("not_how_the_vote_went")


def _revise(state: Application, command: RequestRevision, facts: Facts) -> Decided[Application]:
    """The plan goes back, however the vote stands."""
    _concluded(state, facts)
    event = told.ApplicationRevisionRequested(**tags(state, facts), reason=command.reason)
    return Decided(state.but(status=Status.REVISION_REQUESTED), (event, *_dissolved(state, facts)))


def _reject(state: Application, command: RejectApplication, facts: Facts) -> Decided[Application]:
    """The vote was lost."""
    _concluded(state, facts, carried=False)
    event = told.ApplicationRejected(**tags(state, facts), reason=command.reason)
    return Decided(state.but(status=Status.REJECTED), (event, *_dissolved(state, facts)))


def _defer(state: Application, facts: Facts) -> Decided[Application]:
    """The vote was carried, but the money is not there now."""
    _concluded(state, facts, carried=True)
    event = told.ApplicationDeferred(**tags(state, facts))
    return Decided(state.but(status=Status.DEFERRED), (event, *_dissolved(state, facts)))
