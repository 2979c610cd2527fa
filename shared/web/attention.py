"""Attention over HTTP, the same in all four services: listed, read, and dismissed with a reason.

Which roles look and which dismiss stands in each service's `policy.toml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import StringConstraints

from shared.auth import Caller
from shared.clock import Moment
from shared.contracts.leaves import Day
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, Ref, StaffRef, Subject
from shared.journey.attention import STATUSES, WHOSE, AttentionState, AttentionStatus, DismissAttention, Kind, Reason
from shared.journey.lost import KIND, Loss, facts_of
from shared.model import C0
from shared.reading import Page, PageAsked, Reader, Several, moments_within
from shared.reading.answers import Read, Returned, Shown
from shared.storage.ledger import Ledger
from shared.storage.tables import Row, row_of
from shared.web.filters import filters
from shared.web.requests import Calling, Paging, Receipt, Request, run, show
from shared.web.strict import Router
from shared.writing.dismissing import dismissing
from shared.writing.handling import shows


class LostFactRead(Returned):
    """A fact that was lost: its place in its stream, and its day. One that never took effect here has no type."""

    version: C0[int]
    type: C0[str | None]
    day: C0[Day]


class AttentionRead(Read):
    """Something that people must look at. `kind` has a label with what happened and what to do; `code` is the rule.

    Where facts were lost, `source` is the service whose store was put back, and `lost` says which.
    """

    status: C0[AttentionStatus]
    kind: C0[Kind]
    code: C0[str]
    subject: C0[str]
    case_ref: C0[CaseRef | None] = None
    reason: C0[Reason | None] = None
    dismissed_by: C0[StaffRef | None] = None
    dismissed_at: C0[Moment | None] = None
    source: C0[str | None] = None
    lost: C0[tuple[LostFactRead, ...]] = ()


About = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}/[0-9a-f]{32}$")]
Rule = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.]{1,100}$")]


def _more(reader: Reader, caller: Caller, row: Row) -> Mapping[str, Any]:
    kind, _, ref = row["subject"].partition("/")
    lost = _lost(reader, caller, row) if row["reaction"] == KIND else {}
    return {"kind": row["reaction"], "case_ref": ref if kind == "case" else None, **lost}


def _lost(reader: Reader, caller: Caller, row: Row) -> Mapping[str, Any]:
    loss = Loss.read(row["cause"])
    facts = facts_of(reader.connection, reader.kept.ledger, loss)
    whose = _shown(reader)
    shown = tuple(whose.within(reader, caller, row, LostFactRead, fact._asdict()) for fact in facts)
    return {"source": loss.stream.source, "lost": shown}


def _shown(reader: Reader) -> Shown[AttentionRead]:
    row = row_of(reader.kept.ledger.attention)
    return Shown("attention", AttentionRead, row, AttentionState, STATUSES, WHOSE, _more)


@shows("attention.read")
def read(reader: Reader, caller: Caller, *, ref: Ref) -> AttentionRead:
    """One thing that people must look at, or looked at."""
    shown = _shown(reader)
    return shown.of(reader, caller, shown.one(reader, caller, ref))


@dataclass(frozen=True)
class Filters:
    """What attention is listed by."""

    status: Several[AttentionStatus] = None
    kind: Several[Kind] = None
    code: Rule | None = None
    reason: Several[Reason] = None
    case_ref: CaseRef | None = None
    subject: About | None = None
    day: GivenDay | None = None
    month: GivenMonth | None = None


@shows("attention.read")
def listing(reader: Reader, caller: Caller, *, page: PageAsked, asked: Filters) -> Page[AttentionRead]:
    """What people must look at, and what was dismissed; oldest first unless asked otherwise."""
    about = {one for one in (asked.subject, asked.case_ref and Subject("case", asked.case_ref)) if one}
    one = (about.pop() if len(about) == 1 else ()) if about else None  # nothing is about two things at once
    return _shown(reader).page(
        reader,
        caller,
        page,
        status=asked.status,
        reaction=asked.kind,
        code=asked.code,
        reason=asked.reason,
        subject=one,
        recorded_at=moments_within(asked.day, asked.month),
    )


def attention_router(service: str, ledger: Ledger) -> Router:
    """`GET /{service}/v1/attention`, `GET .../{ref}` and `POST .../{ref}/dismiss`."""
    router = Router(prefix=f"/{service}/v1", tags=["attention"])
    commands = dismissing(ledger)

    @router.post("/attention/{ref}/dismiss", operation_id="dismissAttention")
    async def dismiss(ref: Ref, body: DismissAttention, caller: Calling, request: Request) -> Receipt:
        return await run(request, commands, caller, body, ref=ref)

    @router.get("/attention/{ref}", operation_id="readAttention")
    async def read_one(ref: Ref, caller: Calling, request: Request) -> AttentionRead:
        return await show(request, read, caller, ref=ref)

    @router.get("/attention", operation_id="listAttention")
    async def list_all(
        caller: Calling, request: Request, asked: Annotated[Filters, filters(Filters)], page: Paging
    ) -> Page[AttentionRead]:
        return await show(request, listing, caller, page=page, asked=asked)

    return router
