"""The rules of memberships: who may join a group, alone or as a household, and from which day on."""

from typing import assert_never

from services.referrals.memberships.commands import (
    STATUSES,
    AttendMeeting,
    CorrectMembership,
    JoinGroup,
    LeaveGroup,
    MembershipCommand,
    VoidMembership,
)
from services.referrals.memberships.state import Facts, Membership, Status
from shared.contracts import referrals as told
from shared.contracts.leaves import Day
from shared.contracts.referrals import Member
from shared.errors import Refused
from shared.ids import HouseholdRef
from shared.model import Decided


def decide(state: Membership | None, command: MembershipCommand, facts: Facts) -> Decided[Membership]:
    """What becomes of a membership."""
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, JoinGroup):
        return _join(command, facts)
    assert state is not None
    match command:
        case AttendMeeting():
            return _attend(state, facts)
        case LeaveGroup():
            return _leave(state, command, facts)
        case CorrectMembership():
            return _correct(state, command, facts)
        case VoidMembership():
            voided = told.MembershipVoided(**_of(state, facts), reason=command.reason)
            return Decided(state.but(status=Status.VOIDED), (voided,))
        case _:
            assert_never(command)


def _of(state: Membership, facts: Facts) -> dict[str, str]:
    return {
        "case_ref": state.case_ref,
        "membership_ref": facts.membership_ref,
        "group_ref": state.group_ref,
        "service": state.service,
    }


def _household(member: Member, facts: Facts) -> HouseholdRef | None:
    if member is Member.PERSON:
        return None
    if facts.household_ref is None:
        raise Refused("household_unknown")
    return facts.household_ref


def _may_join_on(day: Day, facts: Facts) -> None:
    """Nobody joins before the group was formed, nor before the case was opened."""
    if facts.group_formed_on is not None and day < facts.group_formed_on:
        raise Refused("before_the_group_was_formed")
    if facts.case_opened_on is not None and day < facts.case_opened_on:
        raise Refused("before_case_opened")


def _check_joining(facts: Facts) -> None:
    if not facts.group_active:
        raise Refused("group_not_active")
    _may_join_on(facts.day, facts)
    if facts.already_member:
        raise Refused("already_a_member")
    if not facts.entitled:
        raise Refused("entitlement_missing")
    if facts.forbidden_by is not None:
        raise Refused("handling_forbids", handling=facts.forbidden_by)


def _join(command: JoinGroup, facts: Facts) -> Decided[Membership]:
    joined = Membership(
        case_ref=command.case_ref,
        status=Status.JOINED,
        group_ref=command.group_ref,
        service=facts.service,
        member=command.member,
        household_ref=_household(command.member, facts),
        joined_on=facts.day,
    )
    _check_joining(facts)
    event = told.MembershipJoined(
        **_of(joined, facts), member=joined.member, household_ref=joined.household_ref, day=facts.day
    )
    return Decided(joined, (event,))


def _attend(state: Membership, facts: Facts) -> Decided[Membership]:
    if facts.day < state.joined_on:
        raise Refused("before_the_member_joined")
    event = told.MembershipAttended(**_of(state, facts), day=facts.day)
    last = max(facts.day, state.last_attended_on or facts.day)
    return Decided(state.but(attended=state.attended + 1, last_attended_on=last), (event,))


def _leave(state: Membership, command: LeaveGroup, facts: Facts) -> Decided[Membership]:
    if facts.day < state.joined_on:
        raise Refused("before_the_member_joined")
    if state.last_attended_on is not None and facts.day < state.last_attended_on:
        raise Refused("before_the_last_meeting")
    event = told.MembershipLeft(**_of(state, facts), reason=command.reason, day=facts.day)
    return Decided(state.but(status=Status.LEFT, left_on=facts.day, reason=command.reason), (event,))


def _correct(state: Membership, command: CorrectMembership, facts: Facts) -> Decided[Membership]:
    corrected = command.applied_to(state)
    if "member" in command.changes():
        corrected = corrected.but(household_ref=_household(corrected.member, facts))
    if corrected == state:
        return Decided(state)
    if corrected.joined_on != state.joined_on:
        _check_day(corrected, facts)
    event = told.MembershipCorrected(
        **_of(state, facts),
        member=corrected.member,
        household_ref=corrected.household_ref,
        day=corrected.joined_on,
    )
    return Decided(corrected, (event,))


def _check_day(corrected: Membership, facts: Facts) -> None:
    """A corrected day of joining lies before whatever the member has done since."""
    _may_join_on(corrected.joined_on, facts)
    if corrected.left_on is not None and corrected.joined_on > corrected.left_on:
        raise Refused("left_before_joining")
    if corrected.last_attended_on is not None and corrected.joined_on > corrected.last_attended_on:
        raise Refused("before_the_member_joined")
