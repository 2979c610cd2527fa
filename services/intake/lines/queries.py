"""Reads of lines. A sending authority sees its own list only; names are opened one hand-over or one line at a time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.intake.cases.detention import days_detained
from services.intake.handovers import queries as handovers
from services.intake.lines.commands import STATUSES
from services.intake.lines.schemas import LineRead
from services.intake.lines.state import Line
from services.intake.lines.tables import LINE, LineRow
from shared.auth import Caller
from shared.contracts.intake import LineStatus
from shared.ids import HandoverRef, LineRef, Subject
from shared.reading import Page, PageAsked, Reader, Reading, Several
from shared.reading.answers import Shown
from shared.storage.tables import Row, state_of
from shared.writing.handling import own, shows


def _more(reader: Reader, _caller: Caller, row: Row) -> Mapping[str, Any]:
    detention = state_of(Line, row).detention
    return {
        "days_detained": days_detained([] if detention is None else [detention]).total,
        "as_received": _opened(reader, row, "as_received"),
        "remarks": _opened(reader, row, "remarks"),
    }


def _opened(reader: Reader, row: Row, column: str) -> Callable[[], Any]:
    return lambda: reader.open(LineRow, row, column)


SHOWN = Shown("intake.line", LineRead, LineRow, Line, STATUSES, LINE, _more)


@shows("intake.line.read", subjects=own("line"))
def read(reader: Reader, caller: Caller, *, ref: LineRef) -> LineRead:
    """One line as received."""
    return SHOWN.of(reader, caller, SHOWN.one(reader, caller, ref))


@dataclass(frozen=True)
class Filters:
    """What lines are listed by."""

    handover_ref: HandoverRef
    status: Several[LineStatus] = None


def _of_list(peek: Reading, *, asked: Filters, page: PageAsked) -> Iterable[str]:
    return [Subject("line", row["ref"]) for row in peek.select(LineRow, handover_ref=asked.handover_ref)]


@shows("intake.line.read", subjects=_of_list)
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[LineRead]:
    """The lines of one hand-over; a line's number is its place on the list."""
    handovers.SHOWN.one(reader, caller, asked.handover_ref)
    return SHOWN.page(reader, caller, page, handover_ref=asked.handover_ref, status=asked.status)
