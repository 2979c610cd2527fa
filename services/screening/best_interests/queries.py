"""Reads of best-interests decisions."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.screening.best_interests.commands import STATUSES
from services.screening.best_interests.schemas import BestInterestsRead
from services.screening.best_interests.state import BestInterests, Status, Timing
from services.screening.best_interests.tables import BestInterestsRow
from shared.auth import Caller
from shared.clock import local_day
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, Ref
from shared.reading import Between, Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown
from shared.writing.handling import case_of, shows

SOON = timedelta(days=30)
"""A look is due in the last month before its day. A choice, not law."""

SHOWN = Shown("screening.best_interests", BestInterestsRead, BestInterestsRow, BestInterests, STATUSES)


@shows("screening.best_interests.read", subjects=case_of(BestInterestsRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> BestInterestsRead:
    """One decision, with the child's view for those who may know it."""
    row = SHOWN.one(reader, caller, ref)
    return SHOWN.of(reader, caller, row, grounds=lambda: reader.open(BestInterestsRow, row, "grounds"))


@dataclass(frozen=True)
class Filters:
    """What decisions are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None
    timing: Timing | None = None
    as_of: GivenDay | None = None


@shows("screening.best_interests.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[BestInterestsRead]:
    """A page of decisions, without what was said; `day` and `month` are those on which one was required.

    `timing` asks for decisions to look at again, as of a day or today.
    """
    case_ref, status = asked.case_ref, asked.status
    if asked.timing is not None:
        status = [each for each in status or Status if each is Status.DECIDED]
    again, on = _looked_at(asked.timing, asked.as_of or local_day(reader.now)), within(asked.day, asked.month)
    return SHOWN.page(reader, caller, page, status=status, case_ref=case_ref, required_on=on, review_day=again)


def _looked_at(timing: Timing | None, as_of: date) -> Between | None:
    if timing is None:
        return None
    return Between(high=as_of) if timing is Timing.OVERDUE else Between(as_of, as_of + SOON)
