"""Reads of businesses. What was said on visits is opened one business at a time, for who works on the case."""

from collections.abc import Iterator

from services.grants.businesses.domain import STATUSES, Business, Status, VisitNotes
from services.grants.businesses.schemas import BusinessRead, VisitWords
from services.grants.businesses.tables import BusinessRow, VisitRow
from services.grants.programmes.schemas import shown
from shared.auth import Caller, authorise
from shared.ids import CaseRef, Ref
from shared.reading import Page, PageAsked, Reader
from shared.storage.tables import Row, state_of
from shared.writing.handling import case_of, shows


def _read(reader: Reader, caller: Caller, row: Row) -> BusinessRead:
    quasi = reader.can(caller, "C1", f"case/{row['case_ref']}")
    fields = shown(row, state_of(Business, row), STATUSES, BusinessRead, quasi=quasi)
    return BusinessRead.model_validate(fields)


def _words(reader: Reader, ref: Ref) -> Iterator[VisitWords]:
    for row in reader.select(VisitRow, business_ref=ref):
        notes: VisitNotes = reader.open(VisitRow, row, "notes")
        yield VisitWords(check_ref=row["ref"], words=notes.words)


@shows("grants.business.read", subjects=case_of(BusinessRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> BusinessRead:
    """One business with its visits, and what was said for who may read it."""
    row = reader.peek(BusinessRow, ref)
    subject = f"case/{row['case_ref']}"
    authorise(reader, caller, "grants.business.read", subject)
    found = _read(reader, caller, row)
    return found.but(visits=tuple(_words(reader, ref))) if reader.can(caller, "C3", subject) else found


@shows("grants.business.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
    application_ref: Ref | None = None,
) -> Page[BusinessRead]:
    """Businesses, oldest first, without words."""
    authorise(reader, caller, "grants.business.list")
    rows, following = reader.page(BusinessRow, page, status=status, case_ref=case_ref, application_ref=application_ref)
    return Page(items=tuple(_read(reader, caller, row) for row in rows), next_cursor=following)
