"""The HTTP API of groups and their meetings."""

from typing import Annotated

from services.referrals.groups import commands as ask
from services.referrals.groups import queries
from services.referrals.groups.handlers import GROUPS
from services.referrals.groups.schemas import GroupRead, MeetingRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import (
    BulkReceipt,
    Calling,
    Page,
    Paging,
    Receipt,
    Request,
    run,
    run_lines,
    show,
)
from shared.web.strict import Router

router = Router(prefix="/referrals/v1", tags=["groups"])


@router.post("/groups", operation_id="formGroup", status_code=201)
async def form(body: ask.FormGroup, caller: Calling, request: Request) -> Receipt:
    """Record a new group."""
    return await run(request, GROUPS, caller, body, ref=request.ref(body.ref))


@router.post("/groups/{ref}/close", operation_id="closeGroup")
async def close(ref: Ref, body: ask.CloseGroup, caller: Calling, request: Request) -> Receipt:
    """The group has ended."""
    return await run(request, GROUPS, caller, body, ref=ref)


@router.post("/groups/{ref}/correct", operation_id="correctGroup")
async def correct(ref: Ref, body: ask.CorrectGroup, caller: Calling, request: Request) -> Receipt:
    """Put right what was recorded."""
    return await run(request, GROUPS, caller, body, ref=ref)


@router.post("/groups/{ref}/void", operation_id="voidGroup")
async def void(ref: Ref, body: ask.VoidGroup, caller: Calling, request: Request) -> Receipt:
    """Take back a group recorded in error."""
    return await run(request, GROUPS, caller, body, ref=ref)


@router.post("/groups/{ref}/meetings", operation_id="holdMeeting", status_code=201)
async def hold_meeting(ref: Ref, body: ask.HoldMeeting, caller: Calling, request: Request) -> BulkReceipt:
    """Record a meeting and who of the members came."""
    return await run_lines(request, GROUPS, caller, body, ref=ref, meeting_ref=request.ref(body.ref))


@router.get("/groups/{ref}/meetings", operation_id="listMeetings")
async def meetings(
    ref: Ref,
    caller: Calling,
    request: Request,
    asked: Annotated[queries.MeetingFilters, filters(queries.MeetingFilters)],
    page: Paging,
) -> Page[MeetingRead]:
    """List the meetings of a group; `day` and `month` are when it met."""
    return await show(request, queries.meetings, caller, ref=ref, page=page, asked=asked)


@router.get("/groups/{ref}", operation_id="readGroup")
async def read(ref: Ref, caller: Calling, request: Request) -> GroupRead:
    """Read one."""
    return await show(request, queries.read, caller, ref=ref)


@router.get("/groups", operation_id="listGroups")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[GroupRead]:
    """List them, oldest first; `day` and `month` are when they were formed."""
    return await show(request, queries.listing, caller, page=page, asked=asked)
