"""Reads of stays. The bed is opened one stay at a time, and its reading stands in the audit as C4."""

from typing import Any

from services.intake.persons.schemas import shown
from services.intake.stays.domain import STATUSES, Status, Stay
from services.intake.stays.schemas import StayRead
from services.intake.stays.tables import StayRow
from shared.auth import Caller, authorise
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.model import C4
from shared.reading import Page, PageAsked, Reader
from shared.storage.tables import Row
from shared.writing.handling import case_of, shows


def _read(reader: Reader, caller: Caller, row: Row, **more: Any) -> StayRead:
    subject = f"case/{row['case_ref']}"
    return shown(row, Stay, STATUSES, StayRead, may=lambda mark: reader.can(caller, mark, subject), **more)


@shows("intake.stay.read", subjects=case_of(StayRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> StayRead:
    """One stay, with its bed for who works on the case."""
    row = reader.peek(StayRow, ref)
    subject = f"case/{row['case_ref']}"
    authorise(reader, caller, "intake.stay.read", subject)
    if not reader.can(caller, C4, subject):
        return _read(reader, caller, row)
    return _read(reader, caller, row, bed=reader.open(StayRow, row, "bed"))


@shows("intake.stay.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
    organisation_ref: OrganisationRef | None = None,
) -> Page[StayRead]:
    """Stays, oldest first, without beds."""
    authorise(reader, caller, "intake.stay.list")
    rows, following = reader.page(StayRow, page, status=status, case_ref=case_ref, organisation_ref=organisation_ref)
    return Page(items=tuple(_read(reader, caller, row) for row in rows), next_cursor=following)
