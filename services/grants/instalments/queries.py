"""Reads of instalments."""

from dataclasses import dataclass

from services.grants.instalments.commands import STATUSES
from services.grants.instalments.schemas import InstalmentRead
from services.grants.instalments.state import Instalment, Status
from services.grants.instalments.tables import InstalmentRow
from shared.auth import Caller
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, Ref
from shared.reading import Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown
from shared.storage.tables import state_of
from shared.writing.handling import shows

SHOWN = Shown(
    "grants.instalment",
    InstalmentRead,
    InstalmentRow,
    Instalment,
    STATUSES,
    more=lambda _reader, _caller, row: {"evidence": state_of(Instalment, row).evidence},
)


@shows("grants.instalment.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> InstalmentRead:
    """One instalment with its receipts."""
    return SHOWN.of(reader, caller, SHOWN.one(reader, caller, ref))


@dataclass(frozen=True)
class Filters:
    """What instalments are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None
    application_ref: Ref | None = None
    paid_day: GivenDay | None = None
    paid_month: GivenMonth | None = None


@shows("grants.instalment.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[InstalmentRead]:
    """Instalments, oldest first unless asked otherwise."""
    return SHOWN.page(
        reader,
        caller,
        page,
        status=asked.status,
        case_ref=asked.case_ref,
        application_ref=asked.application_ref,
        paid_on=within(asked.paid_day, asked.paid_month),
    )
