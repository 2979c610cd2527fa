"""What is kept of a membership, and what a rule about it needs beside that.

A household joins through one of its cases, since help is recorded on cases; which household it was comes from what
intake said of the case, not from the caller.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.codes import labelled
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import LeaveReason, Member, ServiceCode
from shared.ids import CaseRef, HouseholdRef, Ref
from shared.model import C0, Model


@labelled("membership_status")
class Status(StrEnum):
    """Whether the member still belongs to the group."""

    JOINED = "joined"
    LEFT = "left"
    VOIDED = "voided"


class Membership(Model):
    """Who belongs to which group since when."""

    case_ref: C0[CaseRef]
    status: C0[Status]
    group_ref: C0[Ref]
    service: C0[ServiceCode]
    member: C0[Member]
    household_ref: C0[HouseholdRef | None] = None
    joined_on: C0[Day]
    left_on: C0[Day | None] = None
    reason: C0[LeaveReason | None] = None
    attended: C0[Count] = 0
    last_attended_on: C0[Day | None] = None


@dataclass(frozen=True)
class Facts:
    """Which membership, the day, and what stands around it."""

    membership_ref: Ref
    day: Day
    service: ServiceCode
    household_ref: HouseholdRef | None = None
    group_formed_on: Day | None = None
    case_opened_on: Day | None = None
    group_active: bool = True
    already_member: bool = False
    entitled: bool = True
    forbidden_by: str | None = None
