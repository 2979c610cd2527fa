"""The audit over HTTP, the same in all four services: for the privacy officer, and for a person who asks who saw them.

No entry has a value: refs, codes, field classes and times. Both reads are entries of the audit themselves.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Annotated, Any

from pydantic import StringConstraints

from shared.audit.reading import about, between, page
from shared.auth import Caller, Purpose, Role, authorise
from shared.auth.deciding import Place
from shared.clock import Moment, day_begins
from shared.given import GivenDay
from shared.ids import CaseRef, OrganisationRef, StaffRef, Subject
from shared.model import CX
from shared.reading import Page, PageAsked, Reader, Reading
from shared.reading.answers import Returned, at_places, returned
from shared.storage.tables import Row
from shared.web.filters import filters
from shared.web.requests import Calling, Paging, Request, show
from shared.web.strict import Router
from shared.writing.handling import shows
from shared.writing.unknown import NOBODY

READ, READERS = "audit.read", "audit.readers"
SEEN = ("shown", "done", "replayed")
"""Decisions of entries after which somebody had an answer."""

About = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}/[0-9a-f]{32}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.]{1,100}$")]
FileOf = Callable[[Reading, str], Sequence[str]]
"""Which subjects are the file of a case in this service, by its ref: the case, and whatever belongs to it alone."""


def the_case(_reading: Reading, case_ref: str) -> Sequence[str]:
    """The case, and nothing beside it."""
    return (Subject("case", case_ref),)


class AuditEntryRead(Returned):
    """Who did what, in which role and why, about whom, which classes of field that opened, and what was decided.

    Requests of nobody who is known are counted: they have neither role nor purpose, and a digest of their address.
    """

    at: CX[Moment]
    staff_ref: CX[StaffRef]
    organisation_ref: CX[OrganisationRef]
    role: CX[Role | None]
    purpose: CX[Purpose | None]
    action: CX[str]
    decision: CX[str]
    subjects: CX[tuple[str, ...]]
    classes: CX[tuple[str, ...]]
    request_id: CX[str]


class CaseReaderRead(Returned):
    """Somebody who was answered about a case: who, for whom, when, why, and which classes of field that opened."""

    at: CX[Moment]
    staff_ref: CX[StaffRef]
    organisation_ref: CX[OrganisationRef]
    role: CX[Role]
    purpose: CX[Purpose]
    action: CX[str]
    classes: CX[tuple[str, ...]]


@dataclass(frozen=True)
class Filters:
    """What the audit is listed by. Days are those at the border, `last_day` included."""

    subject: About | None = None
    staff_ref: StaffRef | None = None
    first_day: GivenDay | None = None
    last_day: GivenDay | None = None
    action: Word | None = None
    decision: Word | None = None


@shows(READ)
def listing(reader: Reader, caller: Caller, *, asked: PageAsked, by: Filters) -> Page[AuditEntryRead]:
    """Entries of the audit."""
    authorise(reader, caller, READ)
    if by.subject:
        reader.note(READ, by.subject)
    audit = reader.kept.ledger.audit.c
    equal = {"staff_ref": by.staff_ref, "action": by.action, "decision": by.decision}
    wanted = [audit[name] == value for name, value in equal.items() if value is not None]
    since = None if by.first_day is None else day_begins(by.first_day)
    before = None if by.last_day is None else day_begins(by.last_day + timedelta(days=1))
    wanted += [*between(reader, since, before), *([about(reader, [by.subject])] if by.subject else [])]
    rows, cursor = page(reader, caller, asked, wanted, **asdict(by))
    items = (at_places(reader, caller, READ, AuditEntryRead, (Place(),), _shown(row)) for row in rows)
    return Page(items=tuple(items), next_cursor=cursor)


def _shown(row: Row) -> dict[str, Any]:
    return {name: None if row[name] == NOBODY else row[name] for name in AuditEntryRead.model_fields}


@shows(READERS)
def readers(
    reader: Reader, caller: Caller, *, case_ref: CaseRef, asked: PageAsked, file_of: FileOf
) -> Page[CaseReaderRead]:
    """Who was answered about a case in this service. What the product does by itself is left out: nobody sees that."""
    whose = Subject("case", case_ref)
    authorise(reader, caller, READERS, whose)
    audit = reader.kept.ledger.audit.c
    people = audit.role != Role.SYSTEM.value
    wanted = [about(reader, file_of(reader, case_ref)), audit.decision.in_(SEEN), people]
    rows, cursor = page(reader, caller, asked, wanted, case=case_ref)
    names = CaseReaderRead.model_fields
    items = (returned(reader, caller, CaseReaderRead, whose, {name: row[name] for name in names}) for row in rows)
    return Page(items=tuple(items), next_cursor=cursor)


def auditing_router(service: str, file_of: FileOf) -> Router:
    """`GET /{service}/v1/audit` and `GET /{service}/v1/cases/{case_ref}/readers`."""
    router = Router(prefix=f"/{service}/v1", tags=["audit"])

    @router.get("/audit", operation_id="listAudit")
    async def list_audit(
        caller: Calling, request: Request, by: Annotated[Filters, filters(Filters)], asked: Paging
    ) -> Page[AuditEntryRead]:
        return await show(request, listing, caller, asked=asked, by=by)

    @router.get("/cases/{case_ref}/readers", operation_id="listCaseReaders")
    async def list_readers(case_ref: CaseRef, caller: Calling, request: Request, asked: Paging) -> Page[CaseReaderRead]:
        return await show(request, readers, caller, case_ref=case_ref, asked=asked, file_of=file_of)

    return router
