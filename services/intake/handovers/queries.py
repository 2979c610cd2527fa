"""Reads of hand-overs. A sending authority sees its own only."""

from datetime import date

from services.intake.handovers.domain import STATUSES, Handover, Status
from services.intake.handovers.schemas import HandoverRead
from services.intake.handovers.tables import HandoverRow
from services.intake.persons.schemas import shown
from shared.auth import Caller, Role, authorise
from shared.errors import NotFound
from shared.ids import HandoverRef, OrganisationRef
from shared.reading import Page, PageAsked, Reader
from shared.storage.tables import Row
from shared.writing.handling import shows


def _read(row: Row) -> HandoverRead:
    return shown(row, Handover, STATUSES, HandoverRead, may=lambda _: True, differences=row["absent"] + row["added"])


@shows("intake.handover.read")
def read(reader: Reader, caller: Caller, *, ref: HandoverRef) -> HandoverRead:
    """One hand-over with its counts."""
    row = reader.peek(HandoverRow, ref)
    authorise(reader, caller, "intake.handover.read", f"handover/{ref}")
    if caller.role is Role.SENDING_AUTHORITY and row["organisation_ref"] != caller.organisation_ref:
        raise NotFound()
    return _read(row)


@shows("intake.handover.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: Status | None = None,
    organisation_ref: OrganisationRef | None = None,
    gate: str | None = None,
    planned_day: date | None = None,
) -> Page[HandoverRead]:
    """Hand-overs, oldest first."""
    authorise(reader, caller, "intake.handover.list")
    if caller.role is Role.SENDING_AUTHORITY:
        organisation_ref = caller.organisation_ref
    rows, following = reader.page(
        HandoverRow, page, status=status, organisation_ref=organisation_ref, gate=gate, planned_day=planned_day
    )
    return Page(items=tuple(map(_read, rows)), next_cursor=following)
