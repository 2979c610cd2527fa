"""The HTTP API of visits."""

from typing import Annotated

from services.referrals.followups import commands as ask
from services.referrals.followups import queries
from services.referrals.followups.handlers import FOLLOWUPS
from services.referrals.followups.schemas import FollowupRead
from shared.given import GivenDay
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/referrals/v1", tags=["followups"])


@router.post("/followups", operation_id="planFollowup", status_code=201)
async def plan(body: ask.PlanFollowup, caller: Calling, request: Request) -> Receipt:
    """Plan a visit beside the schedule."""
    return await run(request, FOLLOWUPS, caller, body, ref=request.ref(body.ref))


@router.post("/followups/{ref}/record", operation_id="recordVisit")
async def record(ref: Ref, body: ask.RecordVisit, caller: Calling, request: Request) -> Receipt:
    """Record a visit that was made."""
    return await run(request, FOLLOWUPS, caller, body, ref=ref)


@router.post("/followups/{ref}/miss", operation_id="missVisit")
async def miss(ref: Ref, body: ask.MissVisit, caller: Calling, request: Request) -> Receipt:
    """Record that a visit could not be made."""
    return await run(request, FOLLOWUPS, caller, body, ref=ref)


@router.post("/followups/{ref}/cancel", operation_id="cancelFollowup")
async def cancel(ref: Ref, body: ask.CancelFollowup, caller: Calling, request: Request) -> Receipt:
    """The visit is not to be made."""
    return await run(request, FOLLOWUPS, caller, body, ref=ref)


@router.post("/followups/{ref}/correct", operation_id="correctFollowup")
async def correct(ref: Ref, body: ask.CorrectFollowup, caller: Calling, request: Request) -> Receipt:
    """Put right what was recorded of the visit."""
    return await run(request, FOLLOWUPS, caller, body, ref=ref)


@router.post("/followups/{ref}/void", operation_id="voidFollowup")
async def void(ref: Ref, body: ask.VoidFollowup, caller: Calling, request: Request) -> Receipt:
    """Take back a visit recorded in error."""
    return await run(request, FOLLOWUPS, caller, body, ref=ref)


@router.get("/followups/{ref}", operation_id="readFollowup")
async def read(ref: Ref, caller: Calling, request: Request, as_of: GivenDay | None = None) -> FollowupRead:
    """Read one."""
    return await show(request, queries.read, caller, ref=ref, as_of=as_of)


@router.get("/followups", operation_id="listFollowups")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[FollowupRead]:
    """List them, oldest first; `timing` is how they stand on `as_of`, `day` and `month` are when they are due."""
    return await show(request, queries.listing, caller, page=page, asked=asked)
