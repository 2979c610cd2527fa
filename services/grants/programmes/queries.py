"""Reads of programmes."""

from dataclasses import dataclass

from services.grants.programmes.commands import STATUSES
from services.grants.programmes.schemas import ProgrammeRead
from services.grants.programmes.state import Programme, Status
from services.grants.programmes.tables import ProgrammeRow
from shared.auth import Caller, authorise
from shared.given import GivenDay, GivenMonth
from shared.ids import Ref, Subject
from shared.reading import Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown
from shared.storage.tables import state_of
from shared.writing.handling import shows

SHOWN = Shown(
    ProgrammeRead,
    ProgrammeRow,
    Programme,
    STATUSES,
    subject=lambda row: Subject("programme", row["ref"]),
    more=lambda _reader, _caller, row: {"free": state_of(Programme, row).free},
)


@shows("grants.programme.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> ProgrammeRead:
    """One programme."""
    authorise(reader, caller, "grants.programme.read", Subject("programme", ref))
    return SHOWN.of(reader, caller, reader.peek(ProgrammeRow, ref))


@dataclass(frozen=True)
class Filters:
    """What programmes are listed by."""

    status: Several[Status] = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("grants.programme.list")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[ProgrammeRead]:
    """Programmes, oldest first unless asked otherwise."""
    authorise(reader, caller, "grants.programme.list")
    return SHOWN.page(reader, caller, page, status=asked.status, opened_on=within(asked.day, asked.month))
