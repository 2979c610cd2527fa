"""Reads of stays. The bed is opened one stay at a time, and its reading stands in the audit as C4."""

from datetime import date

from services.intake.stays.commands import STATUSES
from services.intake.stays.schemas import StayRead
from services.intake.stays.state import Status, Stay
from services.intake.stays.tables import StayRow
from shared.auth import Caller, authorise
from shared.ids import CaseRef, OrganisationRef, Ref, Subject
from shared.reading import Page, PageAsked, Reader, within
from shared.reading.answers import Shown
from shared.writing.handling import case_of, shows

SHOWN = Shown(StayRead, StayRow, Stay, STATUSES)


@shows("intake.stay.read", subjects=case_of(StayRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> StayRead:
    """One stay, with its bed for who works on the case."""
    row = reader.peek(StayRow, ref)
    authorise(reader, caller, "intake.stay.read", Subject("case", row["case_ref"]))
    return SHOWN.of(reader, caller, row, bed=lambda: reader.open(StayRow, row, "bed"))


@shows("intake.stay.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: list[Status] | None = None,
    case_ref: CaseRef | None = None,
    organisation_ref: OrganisationRef | None = None,
    day: date | None = None,
    month: str | None = None,
) -> Page[StayRead]:
    """Stays, oldest first unless asked otherwise, without beds."""
    authorise(reader, caller, "intake.stay.list")
    return SHOWN.page(
        reader,
        caller,
        page,
        status=status,
        case_ref=case_ref,
        organisation_ref=organisation_ref,
        day=within(day, month),
    )
