"""Reads of hand-overs. A sending authority sees its own only."""

from datetime import date

from services.intake.handovers.commands import STATUSES
from services.intake.handovers.schemas import HandoverRead
from services.intake.handovers.state import Handover, Status
from services.intake.handovers.tables import HandoverRow
from shared.auth import Caller, Role, authorise
from shared.contracts.intake.handovers import Gate
from shared.errors import NotFound
from shared.ids import HandoverRef, OrganisationRef, Subject
from shared.reading import Page, PageAsked, Reader, within
from shared.reading.answers import Shown
from shared.writing.handling import shows

SHOWN = Shown(
    HandoverRead,
    HandoverRow,
    Handover,
    STATUSES,
    subject=lambda row: Subject("handover", row["ref"]),
    more=lambda _reader, _caller, row: {"differences": row["absent"] + row["added"]},
)


@shows("intake.handover.read")
def read(reader: Reader, caller: Caller, *, ref: HandoverRef) -> HandoverRead:
    """One hand-over with its counts."""
    row = reader.peek(HandoverRow, ref)
    authorise(reader, caller, "intake.handover.read", Subject("handover", ref))
    if caller.role is Role.SENDING_AUTHORITY and row["organisation_ref"] != caller.organisation_ref:
        raise NotFound()
    return SHOWN.of(reader, caller, row)


@shows("intake.handover.list")
def listing(
    reader: Reader,
    caller: Caller,
    *,
    page: PageAsked,
    status: list[Status] | None = None,
    organisation_ref: OrganisationRef | None = None,
    gate: Gate | None = None,
    planned_day: date | None = None,
    planned_month: str | None = None,
    arrived_day: date | None = None,
    arrived_month: str | None = None,
) -> Page[HandoverRead]:
    """Hand-overs, oldest first unless asked otherwise."""
    authorise(reader, caller, "intake.handover.list")
    if caller.role is Role.SENDING_AUTHORITY:
        organisation_ref = caller.organisation_ref
    return SHOWN.page(
        reader,
        caller,
        page,
        status=status,
        organisation_ref=organisation_ref,
        gate=gate,
        planned_day=within(planned_day, planned_month),
        arrived_day=within(arrived_day, arrived_month),
    )
