"""Reads of best-interests decisions."""

from services.screening.best_interests import domain
from services.screening.best_interests.schemas import BestInterestsRead
from services.screening.best_interests.state import BestInterests, Grounds, Status
from services.screening.best_interests.tables import BestInterestsRow
from shared.auth import Caller, authorise
from shared.ids import CaseRef, Ref
from shared.model import C3
from shared.reading import Page, PageAsked, Reader
from shared.statuses import next_operations
from shared.storage.tables import Row, state_of
from shared.writing.handling import case_of, shows


def _read(row: Row, grounds: Grounds | None) -> BestInterestsRead:
    state = state_of(BestInterests, row)
    shown = {name: getattr(state, name) for name in BestInterests.model_fields}
    following = next_operations(domain.STATUSES, state.status)
    return BestInterestsRead(ref=row["ref"], version=row["version"], next=following, **shown, grounds=grounds)


@shows("screening.best_interests.read", subjects=case_of(BestInterestsRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> BestInterestsRead:
    """One decision, with the child's view for those who may know it."""
    row = reader.peek(BestInterestsRow, ref)
    subject = f"case/{row['case_ref']}"
    authorise(reader, caller, "screening.best_interests.read", subject)
    return _read(row, reader.open(BestInterestsRow, row, "grounds") if reader.can(caller, C3, subject) else None)


@shows("screening.best_interests.list")
def listing(
    reader: Reader, caller: Caller, *, page: PageAsked, status: Status | None, case_ref: CaseRef | None
) -> Page[BestInterestsRead]:
    """A page of decisions, without what was said."""
    authorise(reader, caller, "screening.best_interests.list", None if case_ref is None else f"case/{case_ref}")
    rows, cursor = reader.page(BestInterestsRow, page, status=status, case_ref=case_ref)
    return Page(items=tuple(_read(row, None) for row in rows), next_cursor=cursor)
