"""Reads of readings by two people: by who asked, by those who may answer, and by the privacy officer."""

from dataclasses import dataclass

from services.intake.c4_readings.commands import STATUSES
from services.intake.c4_readings.schemas import C4ReadingRead
from services.intake.c4_readings.state import C4Reading, Status
from services.intake.c4_readings.tables import C4ReadingRow
from shared.auth import Caller
from shared.ids import CaseRef, Ref
from shared.reading import Page, PageAsked, Reader, Several
from shared.reading.answers import Shown
from shared.writing.handling import shows

SHOWN = Shown("intake.c4_reading", C4ReadingRead, C4ReadingRow, C4Reading, STATUSES)


@shows("intake.c4_reading.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> C4ReadingRead:
    """One reading by two people."""
    return SHOWN.of(reader, caller, SHOWN.one(reader, caller, ref))


@dataclass(frozen=True)
class Filters:
    """What readings are listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None


@shows("intake.c4_reading.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[C4ReadingRead]:
    """Readings by two people, oldest first unless asked otherwise."""
    return SHOWN.page(reader, caller, page, status=asked.status, case_ref=asked.case_ref)
