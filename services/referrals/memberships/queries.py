"""Reads of memberships: one, or a page by what is not private."""

from dataclasses import dataclass

from services.referrals.memberships.commands import STATUSES
from services.referrals.memberships.schemas import MembershipRead
from services.referrals.memberships.state import Membership, Status
from services.referrals.memberships.tables import MembershipRow
from shared.auth import Caller
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, Ref
from shared.reading import Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown
from shared.writing.handling import shows

SHOWN = Shown("referrals.membership", MembershipRead, MembershipRow, Membership, STATUSES)


@shows("referrals.membership.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> MembershipRead:
    """One membership."""
    return SHOWN.of(reader, caller, SHOWN.one(reader, caller, ref))


@dataclass(frozen=True)
class Filters:
    """What memberships are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None
    group_ref: Ref | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("referrals.membership.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[MembershipRead]:
    """Memberships, oldest first; `day` and `month` are when they joined."""
    on, case_ref = within(asked.day, asked.month), asked.case_ref
    return SHOWN.page(
        reader, caller, page, status=asked.status, case_ref=case_ref, group_ref=asked.group_ref, joined_on=on
    )
