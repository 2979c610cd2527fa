"""Reads of plans: one, or a page by what is not private."""

from dataclasses import dataclass

from services.referrals.plans.commands import STATUSES
from services.referrals.plans.schemas import PlanRead
from services.referrals.plans.state import Plan, Status
from services.referrals.plans.tables import PlanRow
from shared.auth import Caller
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, Ref
from shared.reading import Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown
from shared.writing.handling import shows

SHOWN = Shown("referrals.plan", PlanRead, PlanRow, Plan, STATUSES)


@shows("referrals.plan.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> PlanRead:
    """One plan."""
    return SHOWN.of(reader, caller, SHOWN.one(reader, caller, ref))


@dataclass(frozen=True)
class Filters:
    """What plans are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("referrals.plan.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[PlanRead]:
    """Plans, oldest first; `day` and `month` are when they were opened."""
    on = within(asked.day, asked.month)
    return SHOWN.page(reader, caller, page, status=asked.status, case_ref=asked.case_ref, opened_on=on)
