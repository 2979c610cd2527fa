"""Reads of what was given."""

from dataclasses import dataclass

from services.intake.provisions.commands import STATUSES
from services.intake.provisions.schemas import ProvisionRead
from services.intake.provisions.state import Provision, ProvisionKind, Status
from services.intake.provisions.tables import ProvisionRow
from shared.auth import Caller
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, Ref
from shared.reading import Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown
from shared.writing.handling import shows

SHOWN = Shown("intake.provision", ProvisionRead, ProvisionRow, Provision, STATUSES)


@shows("intake.provision.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> ProvisionRead:
    """One thing given."""
    return SHOWN.of(reader, caller, SHOWN.one(reader, caller, ref))


@dataclass(frozen=True)
class Filters:
    """What provisions are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None
    stay_ref: Ref | None = None
    kind: ProvisionKind | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("intake.provision.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[ProvisionRead]:
    """Things given, oldest first unless asked otherwise."""
    return SHOWN.page(
        reader,
        caller,
        page,
        status=asked.status,
        case_ref=asked.case_ref,
        stay_ref=asked.stay_ref,
        kind=asked.kind,
        day=within(asked.day, asked.month),
    )
