"""Reads of goals: one, or a page by what is not private."""

from services.referrals.goals.domain import STATUSES, Goal, GoalNote, Status
from services.referrals.goals.schemas import GoalRead
from services.referrals.goals.tables import GoalRow
from shared.auth import Caller, authorise
from shared.ids import CaseRef, Ref
from shared.reading import Page, PageAsked, Reader
from shared.statuses import next_operations
from shared.storage.tables import Row
from shared.writing.handling import case_of, shows


def _read(row: Row) -> GoalRead:
    fields = {name: row[name] for name in ("ref", "version", *Goal.model_fields)}
    return GoalRead.model_validate(fields | {"next": next_operations(STATUSES, row["status"])})


@shows("referrals.goal.read", subjects=case_of(GoalRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> GoalRead:
    """One goal, with its words for who may read them."""
    row = reader.peek(GoalRow, ref)
    subject = f"case/{row['case_ref']}"
    authorise(reader, caller, "referrals.goal.read", subject)
    found: GoalNote | None = reader.open(GoalRow, row, "note") if reader.can(caller, "C3", subject) else None
    return _read(row) if found is None else _read(row).but(note=found.text)


@shows("referrals.goal.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
    plan_ref: Ref | None = None,
) -> Page[GoalRead]:
    """Goals, oldest first."""
    authorise(reader, caller, "referrals.goal.list")
    rows, following = reader.page(GoalRow, page, status=status, case_ref=case_ref, plan_ref=plan_ref)
    return Page(items=tuple(_read(row) for row in rows), next_cursor=following)
