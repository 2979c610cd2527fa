"""Reads of requests for access: by the organisation that asks, and by the supervisor of who holds the case."""

from dataclasses import dataclass

from services.intake.access_requests.commands import STATUSES
from services.intake.access_requests.handlers import supervises
from services.intake.access_requests.schemas import AccessRequestRead
from services.intake.access_requests.state import AccessRequest, Status
from services.intake.access_requests.tables import AccessRequestRow
from shared.auth import Caller, authorise
from shared.errors import NotFound
from shared.ids import CaseRef, Ref, Subject
from shared.reading import Page, PageAsked, Reader, Several
from shared.reading.answers import Shown
from shared.writing.handling import shows

SHOWN = Shown(
    AccessRequestRead,
    AccessRequestRow,
    AccessRequest,
    STATUSES,
    subject=lambda row: Subject("access_request", row["ref"]),
)


@shows("intake.access_request.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> AccessRequestRead:
    """One request."""
    row = reader.peek(AccessRequestRow, ref)
    authorise(reader, caller, "intake.access_request.read", Subject("access_request", ref))
    if row["organisation_ref"] != caller.organisation_ref and not supervises(reader, caller, row["case_ref"]):
        raise NotFound()
    return SHOWN.of(reader, caller, row)


@dataclass(frozen=True)
class Filters:
    """What requests are listed by. With a case: what its holder was asked; without: what one's own side asks."""

    status: Several[Status] = None
    case_ref: CaseRef | None = None


@shows("intake.access_request.list")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[AccessRequestRead]:
    """Requests for access, oldest first unless asked otherwise."""
    authorise(reader, caller, "intake.access_request.list")
    if asked.case_ref is not None and not supervises(reader, caller, asked.case_ref):
        raise NotFound()
    own = caller.organisation_ref if asked.case_ref is None else None
    return SHOWN.page(reader, caller, page, status=asked.status, case_ref=asked.case_ref, organisation_ref=own)
