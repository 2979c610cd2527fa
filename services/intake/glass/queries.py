"""Reads of broken glass: by the holder's supervisor, who reviews it, and by the privacy officer, without words."""

from dataclasses import dataclass

from services.intake.glass.commands import STATUSES
from services.intake.glass.schemas import GlassRead
from services.intake.glass.state import Glass, Status
from services.intake.glass.tables import GlassRow
from shared.auth import Caller
from shared.ids import CaseRef, Ref
from shared.reading import Page, PageAsked, Reader, Several
from shared.reading.answers import Shown
from shared.writing.handling import case_of, shows

SHOWN = Shown("intake.glass", GlassRead, GlassRow, Glass, STATUSES)


@shows("intake.glass.read", subjects=case_of(GlassRow))
def read(reader: Reader, caller: Caller, *, ref: Ref) -> GlassRead:
    """One broken glass, with its words for who reviews it."""
    row = SHOWN.one(reader, caller, ref)
    return SHOWN.of(reader, caller, row, words=lambda: reader.open(GlassRow, row, "words"))


@dataclass(frozen=True)
class Filters:
    """What broken glass is listed by."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None


@shows("intake.glass.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[GlassRead]:
    """Broken glass, oldest first unless asked otherwise, without words."""
    return SHOWN.page(reader, caller, page, status=asked.status, case_ref=asked.case_ref)
