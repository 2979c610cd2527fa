"""What may be asked of a visit, and which of it each status allows."""

from typing import Annotated

from pydantic import Field

from services.referrals.followups.state import Status
from shared.contracts.referrals import CancelReason, Finding, FollowupKind, MissReason, NearDay, ServiceCode, VoidReason
from shared.ids import CaseRef, Ref
from shared.model import C3, Command, Correction, Narrative, StatusTable, left_out


class PlanFollowup(Command):
    """Plan a visit around a day."""

    ref: Ref | None = None
    case_ref: CaseRef
    kind: FollowupKind = FollowupKind.EXTRA
    due_on: NearDay
    opens_on: NearDay | None = None
    closes_on: NearDay | None = None


class RecordVisit(Command):
    """Record a visit that was made, and what was found."""

    service: ServiceCode
    findings: tuple[Finding, ...] = Field(default=(), max_length=30)
    note: C3[Narrative] | None = None


class MissVisit(Command):
    """Record that the visit could not be made, and why."""

    reason: MissReason
    note: C3[Narrative] | None = None


class CancelFollowup(Command):
    """The visit is not to be made."""

    reason: CancelReason


class CorrectFollowup(Correction):
    """Put right what was recorded."""

    due_on: NearDay = left_out()
    findings: Annotated[tuple[Finding, ...], Field(max_length=30)] = left_out()


class VoidFollowup(Command):
    """Take back a visit recorded in error."""

    reason: VoidReason


FollowupCommand = PlanFollowup | RecordVisit | MissVisit | CancelFollowup | CorrectFollowup | VoidFollowup

_PAST: frozenset[type[Command]] = frozenset({CorrectFollowup, VoidFollowup})

STATUSES = StatusTable(
    "followup",
    opening=frozenset({PlanFollowup}),
    allowed={
        Status.PLANNED: _PAST | {RecordVisit, MissVisit, CancelFollowup},
        Status.DONE: _PAST,
        Status.MISSED: _PAST,
        Status.CANCELLED: frozenset({VoidFollowup}),
        Status.VOIDED: frozenset(),
    },
)
