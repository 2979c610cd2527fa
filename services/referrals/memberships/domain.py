"""A person or a household in a group.

The surprise: a household joins through one of its cases, since help is recorded on cases; which household it was comes
from what intake said of the case, not from the caller.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.contracts import referrals as told
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import LeaveReason, Member, NearDay, ServiceCode, VoidReason
from shared.errors import Refused
from shared.ids import CaseRef, HouseholdRef, Ref
from shared.model import Command, Correction, Decided, Model, StatusTable, left_out


class Status(StrEnum):
    """Whether the member still belongs to the group."""

    JOINED = "joined"
    LEFT = "left"
    VOIDED = "voided"


class Membership(Model):
    """Who belongs to which group since when."""

    case_ref: CaseRef
    status: Status
    group_ref: Ref
    service: ServiceCode
    member: Member
    household_ref: HouseholdRef | None = None
    joined_on: Day
    left_on: Day | None = None
    reason: LeaveReason | None = None
    attended: Count = 0
    last_attended_on: Day | None = None


class JoinGroup(Command):
    """Let a person or a household join a group."""

    ref: Ref | None = None
    case_ref: CaseRef
    group_ref: Ref
    member: Member


class AttendMeeting(Command):
    """The member came to a meeting. Said through the group's meeting, never alone."""


class LeaveGroup(Command):
    """The member leaves."""

    reason: LeaveReason


class CorrectMembership(Correction):
    """Put right who joined and when."""

    member: Member = left_out()
    joined_on: NearDay = left_out()


class VoidMembership(Command):
    """Take back a membership recorded in error."""

    reason: VoidReason


STATUSES = StatusTable(
    "membership",
    opening=frozenset({JoinGroup}),
    allowed={
        Status.JOINED: frozenset({AttendMeeting, LeaveGroup, CorrectMembership, VoidMembership}),
        Status.LEFT: frozenset({CorrectMembership, VoidMembership}),
        Status.VOIDED: frozenset(),
    },
    inner=frozenset({AttendMeeting}),
)


@dataclass(frozen=True)
class Facts:
    """Which membership, the day, and what stands around it."""

    membership_ref: Ref
    day: Day
    service: ServiceCode
    household_ref: HouseholdRef | None = None
    group_active: bool = True
    already_member: bool = False
    entitled: bool = True
    forbidden_by: str | None = None


def _household(member: Member, facts: Facts) -> HouseholdRef | None:
    if member is Member.PERSON:
        return None
    if facts.household_ref is None:
        raise Refused("household_unknown")
    return facts.household_ref


def _join(state: Membership | None, command: JoinGroup, facts: Facts) -> Decided[Membership]:
    joined = Membership(
        case_ref=command.case_ref,
        status=Status.JOINED,
        group_ref=command.group_ref,
        service=facts.service,
        member=command.member,
        household_ref=_household(command.member, facts),
        joined_on=facts.day,
    )
    if state == joined:
        return Decided(joined)
    STATUSES.check(state and state.status, command)
    if not facts.group_active:
        raise Refused("group_not_active")
    if facts.already_member:
        raise Refused("already_a_member")
    if not facts.entitled:
        raise Refused("entitlement_missing")
    if facts.forbidden_by is not None:
        raise Refused("handling_forbids", handling=facts.forbidden_by)
    event = told.MembershipJoined(
        case_ref=command.case_ref,
        membership_ref=facts.membership_ref,
        group_ref=command.group_ref,
        service=facts.service,
        member=command.member,
        household_ref=joined.household_ref,
        day=facts.day,
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
    event = told.MembershipLeft(**_of(state, facts), reason=command.reason, day=facts.day)
    return Decided(state.but(status=Status.LEFT, left_on=facts.day, reason=command.reason), (event,))


def _correct(state: Membership, command: CorrectMembership, facts: Facts) -> Decided[Membership]:
    corrected = command.applied_to(state)
    if "member" in command.changes():
        corrected = corrected.but(household_ref=_household(corrected.member, facts))
    if corrected == state:
        return Decided(state)
    if corrected.left_on is not None and corrected.joined_on > corrected.left_on:
        raise Refused("left_before_joining")
    event = told.MembershipCorrected(
        **_of(state, facts),
        member=corrected.member,
        household_ref=corrected.household_ref,
        day=corrected.joined_on,
    )
    return Decided(corrected, (event,))


def _of(state: Membership, facts: Facts) -> dict[str, str]:
    return {
        "case_ref": state.case_ref,
        "membership_ref": facts.membership_ref,
        "group_ref": state.group_ref,
        "service": state.service,
    }


def decide(state: Membership | None, command: Command, facts: Facts) -> Decided[Membership]:
    """What becomes of a membership."""
    if isinstance(command, JoinGroup):
        return _join(state, command, facts)
    STATUSES.check(state and state.status, command)
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
        case _:  # pragma: no cover
            raise AssertionError(type(command))
