"""The rules of a child's best interests: options in order, enough people, and never an implicated receiver.

The surprise: a caregiver who is implicated can receive the child only by an exception that a panel writes down. Nothing
that is found about trafficking plays a part here.
"""

from dataclasses import dataclass
from datetime import date

from services.screening.best_interests.commands import (
    CorrectBestInterests,
    DecideBestInterests,
    ReopenBestInterests,
    RequireBestInterests,
    VoidBestInterests,
)
from services.screening.best_interests.state import BestInterests, Member, MemberRole, Status
from shared.contracts import screening as told
from shared.contracts.screening import ReceiverKind
from shared.errors import Refused
from shared.ids import PersonRef, Ref, StaffRef
from shared.model import Command, Decided, StatusTable

PANEL_SIZE = 3
ASSESSORS = 2
SOCIAL_WORK = frozenset({MemberRole.SOCIAL_AFFAIRS, MemberRole.CASEWORKER})
PARENTS = frozenset({ReceiverKind.PARENT, ReceiverKind.OTHER_PARENT})

STATUSES = StatusTable(
    "best_interests",
    opening=frozenset({RequireBestInterests}),
    allowed={
        Status.REQUIRED: frozenset({RequireBestInterests, DecideBestInterests, VoidBestInterests}),
        Status.DECIDED: frozenset({ReopenBestInterests, CorrectBestInterests, VoidBestInterests}),
        Status.VOIDED: frozenset(),
    },
)


@dataclass(frozen=True)
class Facts:
    """What a rule needs beside the state and the command."""

    ref: Ref
    day: date
    by: StaffRef
    implicated: frozenset[PersonRef] = frozenset()
    case_has_one: bool = False


def decide(state: BestInterests | None, command: Command, facts: Facts) -> Decided[BestInterests]:
    """What becomes of a best-interests decision."""
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, RequireBestInterests):
        return _require(state, command, facts)
    assert state is not None
    match command:
        case DecideBestInterests():
            return _decide(state, command, facts)
        case ReopenBestInterests():
            return _reopen(state, command, facts)
        case CorrectBestInterests():
            return _correct(state, command, facts)
    assert isinstance(command, VoidBestInterests)
    voided = told.BestInterestsVoided(**_base(state, facts), reason=command.reason)
    return Decided(state.but(status=Status.VOIDED), (voided,))


def _base(state: BestInterests, facts: Facts) -> dict[str, Ref]:
    return {"case_ref": state.case_ref, "best_interests_ref": facts.ref}


def _require(state: BestInterests | None, command: RequireBestInterests, facts: Facts) -> Decided[BestInterests]:
    """Required once; a panel that becomes necessary later is added, and never taken away."""
    panel = command.panel or bool(facts.implicated)
    if state is not None and state.case_ref != command.case_ref:
        raise Refused("ref_in_use")
    if state is None and facts.case_has_one:
        raise Refused("case_has_a_decision_pending")
    if state is not None and (state.panel or not panel):
        return Decided(state)
    after = BestInterests(
        case_ref=command.case_ref,
        status=Status.REQUIRED,
        cause=command.cause,
        panel=panel,
        required_on=facts.day if state is None else state.required_on,
    )
    required = told.BestInterestsRequired(**_base(after, facts), cause=command.cause, panel=panel, day=facts.day)
    return Decided(after, (required,))


def _decide(state: BestInterests, command: DecideBestInterests, facts: Facts) -> Decided[BestInterests]:
    panel = state.panel or bool(facts.implicated)
    _check_members(command.members, panel, facts)
    _check_receiver(command, facts)
    if (command.child_view is None) is (command.view_not_given is None):
        raise Refused("child_view_needed")
    if command.review_day <= facts.day:
        raise Refused("review_day_passed")
    exception = command.exception is not None
    after = state.but(
        status=Status.DECIDED,
        panel=panel,
        receiver=command.receiver,
        person_ref=command.person_ref,
        organisation_ref=command.organisation_ref,
        members=command.members,
        set_aside=command.set_aside,
        view_not_given=command.view_not_given,
        exception=exception,
        review_day=command.review_day,
        decided_on=facts.day,
    )
    decided = told.BestInterestsDecided(
        **_base(state, facts),
        receiver=command.receiver,
        person_ref=command.person_ref,
        organisation_ref=command.organisation_ref,
        panel=panel,
        deciders=len(command.members),
        exception=exception,
        review_day=command.review_day,
        day=facts.day,
    )
    return Decided(after, (decided,))


def _check_members(members: tuple[Member, ...], panel: bool, facts: Facts) -> None:
    people = {member.staff_ref for member in members}
    if facts.by not in people:
        raise Refused("caller_not_a_member")
    if len(people) < (PANEL_SIZE if panel else ASSESSORS):
        raise Refused("panel_needed" if panel else "two_people_needed")
    chairs = [member.role for member in members if member.chair]
    if panel and chairs != [MemberRole.SOCIAL_AFFAIRS]:
        raise Refused("social_affairs_must_chair")
    if not any(member.role in SOCIAL_WORK for member in members):
        raise Refused("social_worker_needed")


def _check_receiver(command: DecideBestInterests, facts: Facts) -> None:
    kinds = list(ReceiverKind)
    before = set(kinds[: kinds.index(command.receiver)])
    if not before <= set(command.set_aside) or command.receiver in command.set_aside:
        raise Refused("options_not_in_order")
    if not facts.implicated:
        return
    if command.receiver in PARENTS and command.person_ref is None:
        raise Refused("receiver_must_be_named")
    if command.person_ref in facts.implicated and command.exception is None:
        raise Refused("receiver_implicated")


def _reopen(state: BestInterests, command: ReopenBestInterests, facts: Facts) -> Decided[BestInterests]:
    panel = command.panel or bool(facts.implicated)
    after = state.but(status=Status.REQUIRED, cause=command.cause, panel=panel, required_on=facts.day)
    reopened = told.BestInterestsReopened(**_base(state, facts), cause=command.cause, panel=panel, day=facts.day)
    return Decided(after, (reopened,))


def _correct(state: BestInterests, command: CorrectBestInterests, facts: Facts) -> Decided[BestInterests]:
    after = command.applied_to(state)
    if after == state:
        return Decided(state)
    assert after.review_day is not None
    if state.decided_on is not None and after.review_day <= state.decided_on:
        raise Refused("review_day_passed")
    corrected = told.BestInterestsCorrected(**_base(state, facts), review_day=after.review_day)
    return Decided(after, (corrected,))
