"""Reads of programmes."""

from services.grants.programmes.domain import STATUSES, Programme, Status
from services.grants.programmes.schemas import ProgrammeRead, shown
from services.grants.programmes.tables import ProgrammeRow
from shared.auth import Caller, authorise
from shared.ids import Ref
from shared.reading import Page, PageAsked, Reader
from shared.storage.tables import Row, state_of
from shared.writing.handling import shows


def _read(reader: Reader, caller: Caller, row: Row) -> ProgrammeRead:
    state = state_of(Programme, row)
    quasi = reader.can(caller, "C1", f"programme/{row['ref']}")
    return ProgrammeRead.model_validate(shown(row, state, STATUSES, ProgrammeRead, quasi=quasi))


@shows("grants.programme.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> ProgrammeRead:
    """One programme."""
    authorise(reader, caller, "grants.programme.read", f"programme/{ref}")
    return _read(reader, caller, reader.peek(ProgrammeRow, ref))


@shows("grants.programme.list")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, status: Status | None = None) -> Page[ProgrammeRead]:
    """Programmes, oldest first."""
    authorise(reader, caller, "grants.programme.list")
    rows, following = reader.page(ProgrammeRow, page, status=status)
    return Page(items=tuple(_read(reader, caller, row) for row in rows), next_cursor=following)
