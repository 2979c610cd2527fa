"""Reads of goals: one, or a page by what is not private."""

from dataclasses import dataclass

from services.referrals.goals.commands import STATUSES
from services.referrals.goals.schemas import GoalRead
from services.referrals.goals.state import Goal, Status
from services.referrals.goals.tables import GoalRow
from shared.auth import Caller
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, Ref
from shared.reading import Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown
from shared.writing.handling import case_of, shows

SHOWN = Shown("referrals.goal", GoalRead, GoalRow, Goal, STATUSES)


@shows("referrals.goal.read", subjects=case_of(GoalRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> GoalRead:
    """One goal, with its words for who may read them."""
    row = SHOWN.one(reader, caller, ref)
    return SHOWN.of(reader, caller, row, note=lambda: getattr(reader.open(GoalRow, row, "note"), "text", None))


@dataclass(frozen=True)
class Filters:
    """What goals are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None
    plan_ref: Ref | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("referrals.goal.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[GoalRead]:
    """Goals, oldest first; `day` and `month` are when they are due."""
    on, case_ref = within(asked.day, asked.month), asked.case_ref
    return SHOWN.page(reader, caller, page, status=asked.status, case_ref=case_ref, plan_ref=asked.plan_ref, due_on=on)
