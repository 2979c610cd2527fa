"""Reads of applications. The applicant's words are opened one application at a time, for who works on the case."""

from services.grants.applications.domain import STATUSES
from services.grants.applications.plan import PlanNotes
from services.grants.applications.schemas import ApplicationRead
from services.grants.applications.state import Application, Status
from services.grants.applications.tables import ApplicationRow
from services.grants.programmes.schemas import shown
from shared.auth import Caller, authorise
from shared.ids import CaseRef, HouseholdRef, Ref
from shared.reading import Page, PageAsked, Reader
from shared.storage.tables import Row, state_of
from shared.writing.handling import case_of, shows


def _read(reader: Reader, caller: Caller, row: Row) -> ApplicationRead:
    quasi = reader.can(caller, "C1", f"case/{row['case_ref']}")
    fields = shown(row, state_of(Application, row), STATUSES, ApplicationRead, quasi=quasi)
    return ApplicationRead.model_validate(fields)


@shows("grants.application.read", subjects=case_of(ApplicationRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> ApplicationRead:
    """One application, with the applicant's words for who may read them."""
    row = reader.peek(ApplicationRow, ref)
    subject = f"case/{row['case_ref']}"
    authorise(reader, caller, "grants.application.read", subject)
    found = _read(reader, caller, row)
    notes: PlanNotes | None = reader.open(ApplicationRow, row, "notes") if reader.can(caller, "C3", subject) else None
    return found if notes is None else found.but(words=notes.words)


@shows("grants.application.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
    programme_ref: Ref | None = None,
    household_ref: HouseholdRef | None = None,
) -> Page[ApplicationRead]:
    """Applications, oldest first, without words."""
    authorise(reader, caller, "grants.application.list")
    equals = {
        "status": status,
        "case_ref": case_ref,
        "programme_ref": programme_ref,
        "household_ref": household_ref,
    }
    rows, following = reader.page(ApplicationRow, page, **equals)
    return Page(items=tuple(_read(reader, caller, row) for row in rows), next_cursor=following)
