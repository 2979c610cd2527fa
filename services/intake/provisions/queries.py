"""Reads of what was given."""

from datetime import date

from services.intake.provisions.commands import STATUSES
from services.intake.provisions.schemas import ProvisionRead
from services.intake.provisions.state import Provision, ProvisionKind, Status
from services.intake.provisions.tables import ProvisionRow
from shared.auth import Caller, authorise
from shared.ids import CaseRef, Ref, Subject
from shared.reading import Page, PageAsked, Reader, within
from shared.reading.answers import Shown
from shared.writing.handling import shows

SHOWN = Shown(ProvisionRead, ProvisionRow, Provision, STATUSES)


@shows("intake.provision.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> ProvisionRead:
    """One thing given."""
    row = reader.peek(ProvisionRow, ref)
    authorise(reader, caller, "intake.provision.read", Subject("case", row["case_ref"]))
    return SHOWN.of(reader, caller, row)


@shows("intake.provision.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: list[Status] | None = None,
    case_ref: CaseRef | None = None,
    stay_ref: Ref | None = None,
    kind: ProvisionKind | None = None,
    day: date | None = None,
    month: str | None = None,
) -> Page[ProvisionRead]:
    """Things given, oldest first unless asked otherwise."""
    authorise(reader, caller, "intake.provision.list")
    return SHOWN.page(
        reader,
        caller,
        page,
        status=status,
        case_ref=case_ref,
        stay_ref=stay_ref,
        kind=kind,
        day=within(day, month),
    )
