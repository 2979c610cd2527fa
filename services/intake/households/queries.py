"""Reads of households."""

from services.intake.households.domain import STATUSES, Household, Status
from services.intake.households.schemas import HouseholdRead
from services.intake.households.tables import HouseholdRow
from services.intake.persons.schemas import shown
from shared.auth import Caller, authorise
from shared.ids import HouseholdRef
from shared.reading import Page, PageAsked, Reader
from shared.storage.tables import Row
from shared.writing.handling import shows


def _read(reader: Reader, caller: Caller, row: Row) -> HouseholdRead:
    subject = f"household/{row['ref']}"
    return shown(row, Household, STATUSES, HouseholdRead, may=lambda mark: reader.can(caller, mark, subject))


@shows("intake.household.read")
def read(reader: Reader, caller: Caller, *, ref: HouseholdRef) -> HouseholdRead:
    """One household."""
    authorise(reader, caller, "intake.household.read", f"household/{ref}")
    return _read(reader, caller, reader.peek(HouseholdRow, ref))


@shows("intake.household.list")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, status: Status | None = None) -> Page[HouseholdRead]:
    """Households, oldest first."""
    authorise(reader, caller, "intake.household.list")
    rows, following = reader.page(HouseholdRow, page, status=status)
    return Page(items=tuple(_read(reader, caller, row) for row in rows), next_cursor=following)
