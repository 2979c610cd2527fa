"""The HTTP API of memberships."""

from typing import Annotated

from services.referrals.memberships import commands as ask
from services.referrals.memberships import queries
from services.referrals.memberships.handlers import MEMBERSHIPS
from services.referrals.memberships.schemas import MembershipRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/referrals/v1", tags=["memberships"])


@router.post("/memberships", operation_id="joinGroup", status_code=201)
async def join(body: ask.JoinGroup, caller: Calling, request: Request) -> Receipt:
    """Let a person or a household join a group."""
    return await run(request, MEMBERSHIPS, caller, body, ref=request.ref(body.ref))


@router.post("/memberships/{ref}/leave", operation_id="leaveGroup")
async def leave(ref: Ref, body: ask.LeaveGroup, caller: Calling, request: Request) -> Receipt:
    """The member leaves."""
    return await run(request, MEMBERSHIPS, caller, body, ref=ref)


@router.post("/memberships/{ref}/correct", operation_id="correctMembership")
async def correct(ref: Ref, body: ask.CorrectMembership, caller: Calling, request: Request) -> Receipt:
    """Put right who joined and when."""
    return await run(request, MEMBERSHIPS, caller, body, ref=ref)


@router.post("/memberships/{ref}/void", operation_id="voidMembership")
async def void(ref: Ref, body: ask.VoidMembership, caller: Calling, request: Request) -> Receipt:
    """Take back a membership recorded in error."""
    return await run(request, MEMBERSHIPS, caller, body, ref=ref)


@router.get("/memberships/{ref}", operation_id="readMembership")
async def read(ref: Ref, caller: Calling, request: Request) -> MembershipRead:
    """Read one."""
    return await show(request, queries.read, caller, ref=ref)


@router.get("/memberships", operation_id="listMemberships")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[MembershipRead]:
    """List them, oldest first; `day` and `month` are when they joined."""
    return await show(request, queries.listing, caller, page=page, asked=asked)
