"""Reads of instalments."""

from services.grants.instalments.domain import STATUSES
from services.grants.instalments.schemas import InstalmentRead
from services.grants.instalments.state import Instalment, Status
from services.grants.instalments.tables import InstalmentRow
from services.grants.programmes.schemas import shown
from shared.auth import Caller, authorise
from shared.ids import CaseRef, Ref
from shared.reading import Page, PageAsked, Reader
from shared.storage.tables import Row, state_of
from shared.writing.handling import shows


def _read(reader: Reader, caller: Caller, row: Row) -> InstalmentRead:
    quasi = reader.can(caller, "C1", f"case/{row['case_ref']}")
    fields = shown(row, state_of(Instalment, row), STATUSES, InstalmentRead, quasi=quasi)
    return InstalmentRead.model_validate(fields)


@shows("grants.instalment.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> InstalmentRead:
    """One instalment with its receipts."""
    row = reader.peek(InstalmentRow, ref)
    authorise(reader, caller, "grants.instalment.read", f"case/{row['case_ref']}")
    return _read(reader, caller, row)


@shows("grants.instalment.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
    application_ref: Ref | None = None,
) -> Page[InstalmentRead]:
    """Instalments, oldest first."""
    authorise(reader, caller, "grants.instalment.list")
    rows, following = reader.page(
        InstalmentRow, page, status=status, case_ref=case_ref, application_ref=application_ref
    )
    return Page(items=tuple(_read(reader, caller, row) for row in rows), next_cursor=following)
