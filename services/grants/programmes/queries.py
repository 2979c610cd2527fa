"""Reads of programmes."""

from dataclasses import dataclass

from services.grants.programmes.commands import STATUSES
from services.grants.programmes.schemas import ProgrammeRead
from services.grants.programmes.state import Programme, Status
from services.grants.programmes.tables import ProgrammeRow
from shared.auth import OWN, Caller
from shared.given import GivenDay, GivenMonth
from shared.ids import Ref
from shared.reading import Page, PageAsked, Reader, Several, within
from shared.reading.answers import Shown
from shared.storage.tables import state_of
from shared.writing.handling import shows

SHOWN = Shown(
    "grants.programme",
    ProgrammeRead,
    ProgrammeRow,
    Programme,
    STATUSES,
    OWN,
    more=lambda _reader, _caller, row: {"free": state_of(Programme, row).free},
)


@shows("grants.programme.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> ProgrammeRead:
    """One programme."""
    return SHOWN.of(reader, caller, SHOWN.one(reader, caller, ref))


@dataclass(frozen=True)
class Filters:
    """What programmes are listed by."""

    status: Several[Status] = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("grants.programme.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[ProgrammeRead]:
    """Programmes, oldest first unless asked otherwise."""
    return SHOWN.page(reader, caller, page, status=asked.status, opened_on=within(asked.day, asked.month))
