"""Reads of plans: one, or a page by what is not private."""

from collections.abc import Sequence
from datetime import date

from services.referrals.plans.commands import STATUSES
from services.referrals.plans.schemas import PlanRead
from services.referrals.plans.state import Plan, Status
from services.referrals.plans.tables import PlanRow
from shared.auth import Caller, authorise
from shared.ids import CaseRef, Ref, Subject
from shared.reading import Page, PageAsked, Reader, within
from shared.reading.answers import Shown
from shared.writing.handling import shows

SHOWN = Shown(PlanRead, PlanRow, Plan, STATUSES)


@shows("referrals.plan.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> PlanRead:
    """One plan."""
    row = reader.peek(PlanRow, ref)
    authorise(reader, caller, "referrals.plan.read", Subject("case", row["case_ref"]))
    return SHOWN.of(reader, caller, row)


@shows("referrals.plan.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Sequence[Status] | None = None,
    case_ref: CaseRef | None = None,
    day: date | None = None,
    month: str | None = None,
) -> Page[PlanRead]:
    """Plans, oldest first; `day` and `month` are when they were opened."""
    authorise(reader, caller, "referrals.plan.list")
    return SHOWN.page(reader, caller, page, status=status, case_ref=case_ref, opened_on=within(day, month))
