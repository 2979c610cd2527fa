"""Reads of hand-overs. A sending authority sees its own only."""

from dataclasses import dataclass

from services.intake.handovers.commands import STATUSES
from services.intake.handovers.schemas import HandoverRead
from services.intake.handovers.state import Handover, Status
from services.intake.handovers.tables import HANDOVER, HandoverRow
from shared.auth import Caller
from shared.contracts.intake.handovers import Gate
from shared.given import GivenDay, GivenMonth
from shared.ids import HandoverRef, OrganisationRef
from shared.reading import Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown
from shared.writing.handling import shows

SHOWN = Shown(
    "intake.handover",
    HandoverRead,
    HandoverRow,
    Handover,
    STATUSES,
    HANDOVER,
    more=lambda _reader, _caller, row: {"differences": row["absent"] + row["added"]},
)


@shows("intake.handover.read")
def read(reader: Reader, caller: Caller, *, ref: HandoverRef) -> HandoverRead:
    """One hand-over with its counts."""
    return SHOWN.of(reader, caller, SHOWN.one(reader, caller, ref))


@dataclass(frozen=True)
class Filters:
    """What hand-overs are listed by."""

    status: Several[Status] = None
    organisation_ref: OrganisationRef | None = None
    gate: Gate | None = None
    planned_day: GivenDay | None = None
    planned_month: GivenMonth | None = None
    arrived_day: GivenDay | None = None
    arrived_month: GivenMonth | None = None


@shows("intake.handover.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[HandoverRead]:
    """Hand-overs, oldest first unless asked otherwise."""
    return SHOWN.page(
        reader,
        caller,
        page,
        status=asked.status,
        organisation_ref=asked.organisation_ref,
        gate=asked.gate,
        planned_day=within(asked.planned_day, asked.planned_month),
        arrived_day=within(asked.arrived_day, asked.arrived_month),
    )
