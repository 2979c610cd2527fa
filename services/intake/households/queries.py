"""Reads of households."""

from dataclasses import dataclass

from services.intake.households.commands import STATUSES
from services.intake.households.schemas import HouseholdRead
from services.intake.households.state import Household, Status
from services.intake.households.tables import HouseholdRow
from shared.auth import Caller, authorise
from shared.ids import HouseholdRef, Subject
from shared.reading import Page, PageAsked, Reader, Several
from shared.reading.answers import Shown
from shared.writing.handling import shows

SHOWN = Shown(HouseholdRead, HouseholdRow, Household, STATUSES, subject=lambda row: Subject("household", row["ref"]))


@shows("intake.household.read")
def read(reader: Reader, caller: Caller, *, ref: HouseholdRef) -> HouseholdRead:
    """One household."""
    authorise(reader, caller, "intake.household.read", Subject("household", ref))
    return SHOWN.of(reader, caller, reader.peek(HouseholdRow, ref))


@dataclass(frozen=True)
class Filters:
    """What households are listed by."""

    status: Several[Status] = None


@shows("intake.household.list")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[HouseholdRead]:
    """Households, oldest first unless asked otherwise."""
    authorise(reader, caller, "intake.household.list")
    return SHOWN.page(reader, caller, page, status=asked.status)
