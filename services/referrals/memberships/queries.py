"""Reads of memberships: one, or a page by what is not private."""

from services.referrals.memberships.domain import STATUSES, Membership, Status
from services.referrals.memberships.schemas import MembershipRead
from services.referrals.memberships.tables import MembershipRow
from shared.auth import Caller, authorise
from shared.ids import CaseRef, Ref
from shared.reading import Page, PageAsked, Reader
from shared.statuses import next_operations
from shared.storage.tables import Row
from shared.writing.handling import shows


def _read(row: Row) -> MembershipRead:
    fields = {name: row[name] for name in ("ref", "version", *Membership.model_fields)}
    return MembershipRead.model_validate(fields | {"next": next_operations(STATUSES, row["status"])})


@shows("referrals.membership.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> MembershipRead:
    """One membership."""
    row = reader.peek(MembershipRow, ref)
    subject = f"case/{row['case_ref']}"
    authorise(reader, caller, "referrals.membership.read", subject)
    return _read(row)


@shows("referrals.membership.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
    group_ref: Ref | None = None,
) -> Page[MembershipRead]:
    """Memberships, oldest first."""
    authorise(reader, caller, "referrals.membership.list")
    rows, following = reader.page(MembershipRow, page, status=status, case_ref=case_ref, group_ref=group_ref)
    return Page(items=tuple(_read(row) for row in rows), next_cursor=following)
