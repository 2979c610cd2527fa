"""Reads of businesses. What was said on visits is opened one business at a time, for who works on the case."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.grants.businesses.commands import STATUSES
from services.grants.businesses.schemas import BusinessRead, VisitWords
from services.grants.businesses.state import Business, Status, VisitNotes
from services.grants.businesses.tables import BusinessRow, VisitRow
from shared.auth import Caller
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, Ref, Subject
from shared.reading import Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown, returned
from shared.storage.tables import Row
from shared.writing.handling import case_of, shows

SHOWN = Shown("grants.business", BusinessRead, BusinessRow, Business, STATUSES)


def _words(reader: Reader, caller: Caller, business: Row) -> Iterator[VisitWords]:
    subject = Subject("case", business["case_ref"])
    for row in reader.select(VisitRow, business_ref=business["ref"]):
        notes: VisitNotes | None = reader.open(VisitRow, row, "notes")
        if notes is not None:
            yield returned(reader, caller, VisitWords, subject, {"check_ref": row["ref"], "words": notes.words})


@shows("grants.business.read", subjects=case_of(BusinessRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> BusinessRead:
    """One business with its visits, and what was said for who may read it."""
    row = SHOWN.one(reader, caller, ref)
    return SHOWN.of(reader, caller, row, visits=lambda: tuple(_words(reader, caller, row)))


@dataclass(frozen=True)
class Filters:
    """What businesses are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None
    application_ref: Ref | None = None
    ceased_day: GivenDay | None = None
    ceased_month: GivenMonth | None = None


@shows("grants.business.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[BusinessRead]:
    """Businesses, without words; oldest first unless asked otherwise."""
    return SHOWN.page(
        reader,
        caller,
        page,
        status=asked.status,
        case_ref=asked.case_ref,
        application_ref=asked.application_ref,
        ceased_on=within(asked.ceased_day, asked.ceased_month),
    )
