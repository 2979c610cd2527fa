"""What a reader of a membership sees."""

from services.referrals.memberships.state import Status
from shared.contracts.leaves import Count, Day
from shared.contracts.referrals import LeaveReason, Member, ServiceCode
from shared.ids import CaseRef, HouseholdRef, Ref
from shared.model import C0
from shared.reading.answers import Read


class MembershipRead(Read):
    """A membership and what may be asked of it next."""

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
