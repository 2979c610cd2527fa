"""Reads of requests to be forgotten: by the organisation that wrote them down, and by the privacy officer."""

from dataclasses import dataclass

from services.intake.erasures.commands import STATUSES
from services.intake.erasures.schemas import ErasureRead
from services.intake.erasures.state import Erasure, Status
from services.intake.erasures.tables import ERASURE, ErasureRow
from shared.auth import Caller
from shared.ids import PersonRef, Ref
from shared.reading import Page, PageAsked, Reader, Several
from shared.reading.answers import Shown
from shared.writing.handling import shows

SHOWN = Shown("intake.erasure", ErasureRead, ErasureRow, Erasure, STATUSES, ERASURE)


@shows("intake.erasure.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> ErasureRead:
    """One request."""
    return SHOWN.of(reader, caller, SHOWN.one(reader, caller, ref))


@dataclass(frozen=True)
class Filters:
    """What requests are listed by."""

    status: Several[Status] = None
    person_ref: PersonRef | None = None


@shows("intake.erasure.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[ErasureRead]:
    """Requests to be forgotten, oldest first unless asked otherwise."""
    return SHOWN.page(reader, caller, page, status=asked.status, person_ref=asked.person_ref)
