"""Reads of lines. A sending authority sees its own list only; names are opened one hand-over or one line at a time."""

from collections.abc import Iterable
from typing import Any

from services.intake.cases.detention import days_detained
from services.intake.handovers.tables import HandoverRow
from services.intake.lines.domain import STATUSES, Line
from services.intake.lines.schemas import LineRead
from services.intake.lines.tables import LineRow
from services.intake.persons.schemas import shown
from shared.auth import Caller, Role, authorise, may
from shared.contracts.intake import LineStatus
from shared.errors import NotFound
from shared.ids import HandoverRef, LineRef
from shared.model import C1
from shared.reading import Page, PageAsked, Reader, Reading
from shared.storage.tables import Row, state_of
from shared.writing.handling import own, shows


def theirs(reader: Reader, caller: Caller, handover_ref: HandoverRef) -> None:
    """Another authority's list is not there for a sending authority."""
    handover = reader.peek(HandoverRow, handover_ref)
    if caller.role is Role.SENDING_AUTHORITY and handover["organisation_ref"] != caller.organisation_ref:
        raise NotFound()


def _read(reader: Reader, caller: Caller, row: Row, *, names: bool) -> LineRead:
    subject, more = f"handover/{row['handover_ref']}", dict[str, Any]()
    if reader.can(caller, C1, subject):
        detention = state_of(Line, row).detention
        more["days_detained"] = days_detained([] if detention is None else [detention]).total
    if names:
        more["as_received"] = reader.open(LineRow, row, "as_received")
        if may(reader, caller, "intake.line.read_remarks"):
            more["remarks"] = reader.open(LineRow, row, "remarks")
    return shown(row, Line, STATUSES, LineRead, may=lambda mark: reader.can(caller, mark, subject), **more)


@shows("intake.line.read", subjects=own("line"))
def read(reader: Reader, caller: Caller, *, ref: LineRef) -> LineRead:
    """One line as received."""
    row = reader.peek(LineRow, ref)
    authorise(reader, caller, "intake.line.read", f"handover/{row['handover_ref']}")
    theirs(reader, caller, row["handover_ref"])
    return _read(reader, caller, row, names=may(reader, caller, "intake.line.read_names"))


def _of_list(peek: Reading, *, handover_ref: HandoverRef | None = None, **_: Any) -> Iterable[str]:
    if handover_ref is None or not isinstance(peek, Reader):
        return []
    return [f"line/{row['ref']}" for row in peek.select(LineRow, handover_ref=handover_ref)]


@shows("intake.line.list", subjects=_of_list)
def listing(
    reader: Reader, caller: Caller, *, page: PageAsked, handover_ref: HandoverRef, status: LineStatus | None = None
) -> Page[LineRead]:
    """The lines of one hand-over; a line's number is its place on the list."""
    authorise(reader, caller, "intake.line.list", f"handover/{handover_ref}")
    theirs(reader, caller, handover_ref)
    names = may(reader, caller, "intake.line.read_names")
    rows, following = reader.page(LineRow, page, handover_ref=handover_ref, status=status)
    return Page(items=tuple(_read(reader, caller, row, names=names) for row in rows), next_cursor=following)
