"""Reads of instalments."""

from collections.abc import Sequence
from datetime import date

from services.grants.instalments.commands import STATUSES
from services.grants.instalments.schemas import InstalmentRead
from services.grants.instalments.state import Instalment, Status
from services.grants.instalments.tables import InstalmentRow
from shared.auth import Caller, authorise
from shared.ids import CaseRef, Ref, Subject
from shared.reading import Page, PageAsked, Reader, within
from shared.reading.answers import Shown
from shared.storage.tables import state_of
from shared.writing.handling import shows

SHOWN = Shown(
    InstalmentRead,
    InstalmentRow,
    Instalment,
    STATUSES,
    more=lambda _reader, _caller, row: {"evidence": state_of(Instalment, row).evidence},
)


@shows("grants.instalment.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> InstalmentRead:
    """One instalment with its receipts."""
    row = reader.peek(InstalmentRow, ref)
    authorise(reader, caller, "grants.instalment.read", Subject("case", row["case_ref"]))
    return SHOWN.of(reader, caller, row)


@shows("grants.instalment.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Sequence[Status] | None = None,
    case_ref: CaseRef | None = None,
    application_ref: Ref | None = None,
    paid_day: date | None = None,
    paid_month: str | None = None,
) -> Page[InstalmentRead]:
    """Instalments, oldest first unless asked otherwise."""
    authorise(reader, caller, "grants.instalment.list")
    return SHOWN.page(
        reader,
        caller,
        page,
        status=status,
        case_ref=case_ref,
        application_ref=application_ref,
        paid_on=within(paid_day, paid_month),
    )
