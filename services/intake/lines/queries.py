"""Reads of lines. A sending authority sees its own list only; names are opened one hand-over or one line at a time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.intake.cases.detention import days_detained
from services.intake.handovers.tables import HandoverRow
from services.intake.lines.commands import STATUSES
from services.intake.lines.schemas import LineRead
from services.intake.lines.state import Line
from services.intake.lines.tables import LineRow
from shared.auth import Caller, Role, authorise, may
from shared.contracts.intake import LineStatus
from shared.errors import NotFound
from shared.ids import HandoverRef, LineRef, Subject
from shared.model import FieldClass
from shared.reading import Page, PageAsked, Reader, Reading, Several
from shared.reading.answers import Shown
from shared.storage.tables import Row, state_of
from shared.writing.handling import own, shows

NAMES, REMARKS = "intake.line.read_names", "intake.line.read_remarks"


def theirs(reader: Reader, caller: Caller, handover_ref: HandoverRef) -> None:
    """Another authority's list is not there for a sending authority."""
    handover = reader.peek(HandoverRow, handover_ref)
    if caller.role is Role.SENDING_AUTHORITY and handover["organisation_ref"] != caller.organisation_ref:
        raise NotFound()


def _may(reader: Reader, caller: Caller, mark: FieldClass, row: Row) -> bool:
    """Nobody works on a list as on a case: the policy names who reads its names, and who the remarks as well."""
    if mark is FieldClass.IDENTITY:
        return may(reader, caller, NAMES)
    if mark is FieldClass.NARRATIVE:
        return may(reader, caller, NAMES) and may(reader, caller, REMARKS)
    return reader.can(caller, mark, Subject("handover", row["handover_ref"]))


def _more(reader: Reader, _caller: Caller, row: Row) -> Mapping[str, Any]:
    detention = state_of(Line, row).detention
    return {
        "days_detained": days_detained([] if detention is None else [detention]).total,
        "as_received": _opened(reader, row, "as_received"),
        "remarks": _opened(reader, row, "remarks"),
    }


def _opened(reader: Reader, row: Row, column: str) -> Callable[[], Any]:
    return lambda: reader.open(LineRow, row, column)


SHOWN = Shown(LineRead, LineRow, Line, STATUSES, more=_more, may=_may)


@shows("intake.line.read", subjects=own("line"))
def read(reader: Reader, caller: Caller, *, ref: LineRef) -> LineRead:
    """One line as received."""
    row = reader.peek(LineRow, ref)
    authorise(reader, caller, "intake.line.read", Subject("handover", row["handover_ref"]))
    theirs(reader, caller, row["handover_ref"])
    return SHOWN.of(reader, caller, row)


@dataclass(frozen=True)
class Filters:
    """What lines are listed by."""

    handover_ref: HandoverRef
    status: Several[LineStatus] = None


def _of_list(peek: Reading, *, asked: Filters, page: PageAsked) -> Iterable[str]:
    return [Subject("line", row["ref"]) for row in peek.select(LineRow, handover_ref=asked.handover_ref)]


@shows("intake.line.list", subjects=_of_list)
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[LineRead]:
    """The lines of one hand-over; a line's number is its place on the list."""
    authorise(reader, caller, "intake.line.list", Subject("handover", asked.handover_ref))
    theirs(reader, caller, asked.handover_ref)
    return SHOWN.page(reader, caller, page, handover_ref=asked.handover_ref, status=asked.status)
