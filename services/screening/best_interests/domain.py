"""The rules of a child's best interests: options in order, enough people, and never an implicated receiver.

A caregiver who is implicated can receive the child only by an exception that a panel writes down. Nothing
that is found about trafficking plays a part here.
"""

from typing import assert_never

from services.screening.best_interests.commands import (
    STATUSES,
    AddPanel,
    BestInterestsCommand,
    CorrectBestInterests,
    DecideBestInterests,
    ReopenBestInterests,
    RequireBestInterests,
    VoidBestInterests,
)
from services.screening.best_interests.state import BestInterests, Facts, Member, MemberRole, Status
from shared.contracts import screening as told
from shared.contracts.screening import ReceiverKind
from shared.errors import Refused
from shared.ids import Ref
from shared.model import Decided

PANEL_SIZE = 3
ASSESSORS = 2
SOCIAL_WORK = frozenset({MemberRole.SOCIAL_AFFAIRS, MemberRole.CASEWORKER})
PARENTS = frozenset({ReceiverKind.PARENT, ReceiverKind.OTHER_PARENT})


def decide(state: BestInterests | None, command: BestInterestsCommand, facts: Facts) -> Decided[BestInterests]:
    """What becomes of a best-interests decision."""
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, RequireBestInterests):
        return _require(command, facts)
    assert state is not None
    match command:
        case AddPanel():
            return _add_panel(state, command, facts)
        case DecideBestInterests():
            return _decide(state, command, facts)
        case ReopenBestInterests():
            return _reopen(state, command, facts)
        case CorrectBestInterests():
            return _correct(state, command, facts)
        case VoidBestInterests():
            voided = told.BestInterestsVoided(**_base(state, facts), reason=command.reason)
            return Decided(state.but(status=Status.VOIDED), (voided,))
        case _:
            assert_never(command)


def _base(state: BestInterests, facts: Facts) -> dict[str, Ref]:
    return {"case_ref": state.case_ref, "best_interests_ref": facts.ref}


def _require(command: RequireBestInterests, facts: Facts) -> Decided[BestInterests]:
    if facts.case_has_one:
        raise Refused("case_has_a_decision_pending")
    if facts.before(facts.case_opened):
        raise Refused("before_case_opened")
    state = BestInterests(
        case_ref=command.case_ref,
        status=Status.REQUIRED,
        cause=command.cause,
        panel=command.panel or bool(facts.implicated),
        required_on=facts.day,
    )
    return Decided(state, (_required(state, facts),))


def _add_panel(state: BestInterests, command: AddPanel, facts: Facts) -> Decided[BestInterests]:
    if state.panel or not (command.panel or facts.implicated):
        return Decided(state)
    after = state.but(cause=command.cause, panel=True)
    return Decided(after, (_required(after, facts),))


def _required(state: BestInterests, facts: Facts) -> told.BestInterestsRequired:
    return told.BestInterestsRequired(**_base(state, facts), cause=state.cause, panel=state.panel, day=facts.day)


def _decide(state: BestInterests, command: DecideBestInterests, facts: Facts) -> Decided[BestInterests]:
    panel = state.panel or bool(facts.implicated)
    if facts.before(state.required_on):
        raise Refused("day_out_of_order")
    _check_members(command.members, panel, facts)
    _check_receiver(command, facts)
    _check_view_and_review(command, facts)
    after = state.but(
        status=Status.DECIDED,
        panel=panel,
        receiver=command.receiver,
        person_ref=command.person_ref,
        organisation_ref=command.organisation_ref,
        members=command.members,
        set_aside=command.set_aside,
        view_not_given=command.view_not_given,
        exception=command.exception is not None,
        review_day=command.review_day,
        decided_on=facts.day,
    )
    return Decided(after, (_decided(after, command, facts),))


def _decided(after: BestInterests, command: DecideBestInterests, facts: Facts) -> told.BestInterestsDecided:
    return told.BestInterestsDecided(
        **_base(after, facts),
        receiver=command.receiver,
        person_ref=command.person_ref,
        organisation_ref=command.organisation_ref,
        panel=after.panel,
        deciders=len(command.members),
        exception=after.exception,
        review_day=command.review_day,
        day=facts.day,
    )


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


def _check_view_and_review(command: DecideBestInterests, facts: Facts) -> None:
    """What the child said, or why nothing; and the day on which the decision is looked at again."""
    if (command.child_view is None) is (command.view_not_given is None):
        raise Refused("child_view_needed")
    if command.review_day <= facts.day:
        raise Refused("review_day_passed")


def _reopen(state: BestInterests, command: ReopenBestInterests, facts: Facts) -> Decided[BestInterests]:
    if facts.before(state.decided_on):
        raise Refused("day_out_of_order")
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
