"""Reads of stays. The bed is opened one stay at a time, and its reading stands in the audit as C4."""

from dataclasses import dataclass

from services.intake.stays.commands import STATUSES
from services.intake.stays.schemas import StayRead
from services.intake.stays.state import Status, Stay
from services.intake.stays.tables import STAY, StayRow
from shared.auth import Caller
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.reading import Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown
from shared.writing.handling import case_of, shows

SHOWN = Shown("intake.stay", StayRead, StayRow, Stay, STATUSES, STAY)


@shows("intake.stay.read", subjects=case_of(StayRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> StayRead:
    """One stay, with its bed for who hosts the person."""
    row = SHOWN.one(reader, caller, ref)
    return SHOWN.of(reader, caller, row, bed=lambda: reader.open(StayRow, row, "bed"))


@dataclass(frozen=True)
class Filters:
    """What stays are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None
    organisation_ref: OrganisationRef | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("intake.stay.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[StayRead]:
    """Stays, oldest first unless asked otherwise, without beds."""
    return SHOWN.page(
        reader,
        caller,
        page,
        status=asked.status,
        case_ref=asked.case_ref,
        organisation_ref=asked.organisation_ref,
        day=within(asked.day, asked.month),
    )
