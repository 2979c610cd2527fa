"""Reads of requests for access: by the organisation that asks, and by the supervisor of who holds the case."""

from dataclasses import dataclass

from services.intake.access_requests.commands import STATUSES
from services.intake.access_requests.schemas import AccessRequestRead
from services.intake.access_requests.state import AccessRequest, Status
from services.intake.access_requests.tables import ACCESS_REQUEST, AccessRequestRow
from services.intake.cases.tables import CASE, CaseRow
from shared.auth import Caller, authorise
from shared.ids import CaseRef, Ref
from shared.reading import Page, PageAsked, Reader, Several
from shared.reading.answers import Shown
from shared.writing.handling import shows

ANSWERS = "intake.access_request.grant"
SHOWN = Shown("intake.access_request", AccessRequestRead, AccessRequestRow, AccessRequest, STATUSES, ACCESS_REQUEST)


@shows("intake.access_request.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> AccessRequestRead:
    """One request."""
    return SHOWN.of(reader, caller, SHOWN.one(reader, caller, ref))


@dataclass(frozen=True)
class Filters:
    """What requests are listed by. By its case, whoever holds that may list them."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None


@shows("intake.access_request.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[AccessRequestRead]:
    """Requests for access, oldest first unless asked otherwise."""
    if asked.case_ref is not None:  # whoever asks is never told which case it is
        authorise(reader, caller, ANSWERS, CASE.places(reader, reader.peek(CaseRow, asked.case_ref)))
    return SHOWN.page(reader, caller, page, status=asked.status, case_ref=asked.case_ref)
