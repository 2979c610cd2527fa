"""The HTTP API of memberships."""

from services.referrals.memberships import commands as ask
from services.referrals.memberships import queries
from services.referrals.memberships.handlers import MEMBERSHIPS
from services.referrals.memberships.schemas import MembershipRead
from services.referrals.memberships.state import Status
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, Ref
from shared.web.requests import Calling, Page, Paging, Receipt, Request, Several, run, show
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
    *,
    caller: Calling,
    request: Request,
    page: Paging,
    status: Several[Status] = None,
    case_ref: CaseRef | None = None,
    group_ref: Ref | None = None,
    day: GivenDay | None = None,
    month: GivenMonth | None = None,
) -> Page[MembershipRead]:
    """List them, oldest first; `day` and `month` are when they joined."""
    return await show(
        request,
        queries.listing,
        caller,
        page=page,
        status=status,
        case_ref=case_ref,
        group_ref=group_ref,
        day=day,
        month=month,
    )
