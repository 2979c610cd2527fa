"""Reads of plans: one, or a page by what is not private."""

from services.referrals.plans.domain import STATUSES, Plan, Status
from services.referrals.plans.schemas import PlanRead
from services.referrals.plans.tables import PlanRow
from shared.auth import Caller, authorise
from shared.ids import CaseRef, Ref
from shared.reading import Page, PageAsked, Reader
from shared.statuses import next_operations
from shared.storage.tables import Row
from shared.writing.handling import shows


def _read(row: Row) -> PlanRead:
    fields = {name: row[name] for name in ("ref", "version", *Plan.model_fields)}
    return PlanRead.model_validate(fields | {"next": next_operations(STATUSES, row["status"])})


@shows("referrals.plan.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> PlanRead:
    """One plan."""
    row = reader.peek(PlanRow, ref)
    subject = f"case/{row['case_ref']}"
    authorise(reader, caller, "referrals.plan.read", subject)
    return _read(row)


@shows("referrals.plan.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
) -> Page[PlanRead]:
    """Plans, oldest first."""
    authorise(reader, caller, "referrals.plan.list")
    rows, following = reader.page(PlanRow, page, status=status, case_ref=case_ref)
    return Page(items=tuple(_read(row) for row in rows), next_cursor=following)
