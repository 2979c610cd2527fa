"""Facts of groups joined and visits made after the return home."""

from typing import ClassVar

from shared.contracts.leaves import Count, Day
from shared.contracts.referrals.terms import (
    CancelReason,
    Finding,
    FollowupKind,
    LeaveReason,
    Member,
    MissReason,
    ServiceCode,
    VoidReason,
)
from shared.ids import CaseRef, HouseholdRef, Ref
from shared.model import Event


class _OfMembership(Event):
    stream: ClassVar[str] = "case"
    case_ref: CaseRef
    membership_ref: Ref
    group_ref: Ref
    service: ServiceCode


class MembershipJoined(_OfMembership):
    """A person or a household joined a group."""

    type: ClassVar[str] = "referrals.membership.joined.v1"
    member: Member
    household_ref: HouseholdRef | None
    day: Day


class MembershipAttended(_OfMembership):
    """The member took part in a meeting."""

    type: ClassVar[str] = "referrals.membership.attended.v1"
    day: Day


class MembershipLeft(_OfMembership):
    """The member left the group."""

    type: ClassVar[str] = "referrals.membership.left.v1"
    reason: LeaveReason
    day: Day


class MembershipCorrected(_OfMembership):
    """The day or the kind of the membership was recorded wrongly."""

    type: ClassVar[str] = "referrals.membership.corrected.v1"
    member: Member
    household_ref: HouseholdRef | None
    day: Day


class MembershipVoided(_OfMembership):
    """The membership was entered in error."""

    type: ClassVar[str] = "referrals.membership.voided.v1"
    reason: VoidReason


class _OfFollowup(Event):
    stream: ClassVar[str] = "case"
    case_ref: CaseRef
    followup_ref: Ref
    kind: FollowupKind


class FollowupPlanned(_OfFollowup):
    """A visit is to be made around that day."""

    type: ClassVar[str] = "referrals.followup.planned.v1"
    due_on: Day


class FollowupDone(_OfFollowup):
    """Somebody visited, and found this."""

    type: ClassVar[str] = "referrals.followup.done.v1"
    service: ServiceCode
    findings: tuple[Finding, ...]
    day: Day


class FollowupMissed(_OfFollowup):
    """The visit could not be made."""

    type: ClassVar[str] = "referrals.followup.missed.v1"
    reason: MissReason
    in_a_row: Count
    day: Day


class FollowupCancelled(_OfFollowup):
    """A planned visit is not to be made."""

    type: ClassVar[str] = "referrals.followup.cancelled.v1"
    reason: CancelReason


class FollowupCorrected(_OfFollowup):
    """What was recorded of the visit was wrong; it is due on that day and these are the findings."""

    type: ClassVar[str] = "referrals.followup.corrected.v1"
    due_on: Day
    findings: tuple[Finding, ...]


class FollowupVoided(_OfFollowup):
    """The visit was entered in error."""

    type: ClassVar[str] = "referrals.followup.voided.v1"
    reason: VoidReason
