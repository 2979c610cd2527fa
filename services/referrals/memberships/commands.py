"""What may be asked of a membership, and which of it each status allows."""

from services.referrals.memberships.state import Status
from shared.contracts.referrals import LeaveReason, Member, NearDay, VoidReason
from shared.ids import CaseRef, Ref
from shared.model import Command, Correction, StatusTable, left_out


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


MembershipCommand = JoinGroup | AttendMeeting | LeaveGroup | CorrectMembership | VoidMembership

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
