"""What may be asked of a group, and which of it each status allows."""

from pydantic import Field

from services.referrals.groups.state import Status
from shared.contracts.referrals import GroupKind, NearDay, ServiceCode, VoidReason
from shared.ids import Ref
from shared.model import C1, Command, Correction, Name, StatusTable, left_out


class FormGroup(Command):
    """Record a new group."""

    ref: Ref | None = None
    kind: GroupKind
    service: ServiceCode
    name: C1[Name]


class HoldMeeting(Command):
    """Record a meeting and the members who came."""

    ref: Ref | None = None
    memberships: tuple[Ref, ...] = Field(default=(), max_length=200)


class CloseGroup(Command):
    """The group has ended."""


class CorrectGroup(Correction):
    """Put right what was recorded of the group."""

    kind: GroupKind = left_out()
    service: ServiceCode = left_out()
    name: C1[Name] = left_out()
    formed_on: NearDay = left_out()


class VoidGroup(Command):
    """Take back a group recorded in error."""

    reason: VoidReason


GroupCommand = FormGroup | HoldMeeting | CloseGroup | CorrectGroup | VoidGroup

STATUSES = StatusTable(
    "group",
    opening=frozenset({FormGroup}),
    allowed={
        Status.ACTIVE: frozenset({HoldMeeting, CloseGroup, CorrectGroup, VoidGroup}),
        Status.CLOSED: frozenset({CorrectGroup, VoidGroup}),
        Status.VOIDED: frozenset(),
    },
)
