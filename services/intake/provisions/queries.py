"""Reads of what was given."""

from datetime import date

from services.intake.persons.schemas import shown
from services.intake.provisions.domain import STATUSES, Provision, Status
from services.intake.provisions.schemas import ProvisionRead
from services.intake.provisions.tables import ProvisionRow
from shared.auth import Caller, authorise
from shared.ids import CaseRef, Ref
from shared.reading import Page, PageAsked, Reader
from shared.storage.tables import Row
from shared.writing.handling import shows


def _read(row: Row) -> ProvisionRead:
    return shown(row, Provision, STATUSES, ProvisionRead, may=lambda _: True)


@shows("intake.provision.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> ProvisionRead:
    """One thing given."""
    row = reader.peek(ProvisionRow, ref)
    authorise(reader, caller, "intake.provision.read", f"case/{row['case_ref']}")
    return _read(row)


@shows("intake.provision.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
    stay_ref: Ref | None = None,
    kind: str | None = None,
    day: date | None = None,
) -> Page[ProvisionRead]:
    """Things given, oldest first."""
    authorise(reader, caller, "intake.provision.list")
    rows, following = reader.page(
        ProvisionRow, page, status=status, case_ref=case_ref, stay_ref=stay_ref, kind=kind, day=day
    )
    return Page(items=tuple(map(_read, rows)), next_cursor=following)
