"""Reads of households."""

from dataclasses import dataclass

from services.intake.households.commands import STATUSES
from services.intake.households.schemas import HouseholdRead
from services.intake.households.state import Household, Status
from services.intake.households.tables import HOUSEHOLD, HouseholdRow
from shared.auth import Caller
from shared.ids import HouseholdRef
from shared.reading import Page, PageAsked, Reader, Several
from shared.reading.answers import Shown
from shared.writing.handling import shows

SHOWN = Shown("intake.household", HouseholdRead, HouseholdRow, Household, STATUSES, HOUSEHOLD)


@shows("intake.household.read")
def read(reader: Reader, caller: Caller, *, ref: HouseholdRef) -> HouseholdRead:
    """One household."""
    return SHOWN.of(reader, caller, SHOWN.one(reader, caller, ref))


@dataclass(frozen=True)
class Filters:
    """What households are listed by."""

    status: Several[Status] = None


@shows("intake.household.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[HouseholdRead]:
    """Households, oldest first unless asked otherwise."""
    return SHOWN.page(reader, caller, page, status=asked.status)
