"""Reads of best-interests decisions."""

from collections.abc import Sequence

from services.screening.best_interests.commands import STATUSES
from services.screening.best_interests.schemas import BestInterestsRead
from services.screening.best_interests.state import BestInterests, Status
from services.screening.best_interests.tables import BestInterestsRow
from shared.auth import Caller, authorise
from shared.ids import CaseRef, Ref, Subject
from shared.reading import Page, PageAsked, Reader
from shared.reading.answers import Shown
from shared.writing.handling import case_of, shows

SHOWN = Shown(BestInterestsRead, BestInterestsRow, BestInterests, STATUSES)


@shows("screening.best_interests.read", subjects=case_of(BestInterestsRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> BestInterestsRead:
    """One decision, with the child's view for those who may know it."""
    row = reader.peek(BestInterestsRow, ref)
    authorise(reader, caller, "screening.best_interests.read", Subject("case", row["case_ref"]))
    return SHOWN.of(reader, caller, row, grounds=lambda: reader.open(BestInterestsRow, row, "grounds"))


@shows("screening.best_interests.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Sequence[Status] | None = None,
    case_ref: CaseRef | None = None,
) -> Page[BestInterestsRead]:
    """A page of decisions, without what was said."""
    authorise(reader, caller, "screening.best_interests.list", None if case_ref is None else Subject("case", case_ref))
    return SHOWN.page(reader, caller, page, status=status, case_ref=case_ref)
