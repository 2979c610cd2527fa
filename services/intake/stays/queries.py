"""Reads of stays. The bed is opened one stay at a time, and its reading stands in the audit as C4."""

from dataclasses import dataclass

from services.intake.stays.commands import STATUSES
from services.intake.stays.schemas import StayRead
from services.intake.stays.state import Status, Stay
from services.intake.stays.tables import StayRow
from shared.auth import Caller, authorise
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, OrganisationRef, Ref, Subject
from shared.reading import Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown
from shared.writing.handling import case_of, shows

SHOWN = Shown(StayRead, StayRow, Stay, STATUSES)


@shows("intake.stay.read", subjects=case_of(StayRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> StayRead:
    """One stay, with its bed for who works on the case."""
    row = reader.peek(StayRow, ref)
    authorise(reader, caller, "intake.stay.read", Subject("case", row["case_ref"]))
    return SHOWN.of(reader, caller, row, bed=lambda: reader.open(StayRow, row, "bed"))


@dataclass(frozen=True)
class Filters:
    """What stays are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None
    organisation_ref: OrganisationRef | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("intake.stay.list")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[StayRead]:
    """Stays, oldest first unless asked otherwise, without beds."""
    authorise(reader, caller, "intake.stay.list")
    return SHOWN.page(
        reader,
        caller,
        page,
        status=asked.status,
        case_ref=asked.case_ref,
        organisation_ref=asked.organisation_ref,
        day=within(asked.day, asked.month),
    )
