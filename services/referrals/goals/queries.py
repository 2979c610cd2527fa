"""Reads of goals: one, or a page by what is not private."""

from collections.abc import Sequence
from datetime import date

from services.referrals.goals.commands import STATUSES
from services.referrals.goals.schemas import GoalRead
from services.referrals.goals.state import Goal, Status
from services.referrals.goals.tables import GoalRow
from shared.auth import Caller, authorise
from shared.ids import CaseRef, Ref, Subject
from shared.reading import Page, PageAsked, Reader, within
from shared.reading.answers import Shown
from shared.writing.handling import case_of, shows

SHOWN = Shown(GoalRead, GoalRow, Goal, STATUSES)


@shows("referrals.goal.read", subjects=case_of(GoalRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> GoalRead:
    """One goal, with its words for who may read them."""
    row = reader.peek(GoalRow, ref)
    authorise(reader, caller, "referrals.goal.read", Subject("case", row["case_ref"]))
    return SHOWN.of(reader, caller, row, note=lambda: getattr(reader.open(GoalRow, row, "note"), "text", None))


@shows("referrals.goal.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Sequence[Status] | None = None,
    case_ref: CaseRef | None = None,
    plan_ref: Ref | None = None,
    day: date | None = None,
    month: str | None = None,
) -> Page[GoalRead]:
    """Goals, oldest first; `day` and `month` are when they are due."""
    authorise(reader, caller, "referrals.goal.list")
    return SHOWN.page(
        reader, caller, page, status=status, case_ref=case_ref, plan_ref=plan_ref, due_on=within(day, month)
    )
