"""The HTTP API of the register of staff."""

from typing import Annotated

from services.referrals.staff import commands as ask
from services.referrals.staff import queries
from services.referrals.staff.handlers import STAFF
from services.referrals.staff.schemas import StaffRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/referrals/v1", tags=["staff"])


@router.post("/staff", operation_id="registerStaff", status_code=201)
async def register(body: ask.RegisterStaff, caller: Calling, request: Request) -> Receipt:
    """Put somebody into the register of the organisation."""
    return await run(request, STAFF, caller, body, ref=request.ref(body.ref))


@router.post("/staff/{ref}/correct", operation_id="correctStaff")
async def correct(ref: Ref, body: ask.CorrectStaff, caller: Calling, request: Request) -> Receipt:
    """Put a name or the roles right."""
    return await run(request, STAFF, caller, body, ref=ref)


@router.post("/staff/{ref}/leave", operation_id="leaveOrganisation")
async def leave(ref: Ref, body: ask.LeaveOrganisation, caller: Calling, request: Request) -> Receipt:
    """They work there no longer: nothing is open to them from now on."""
    return await run(request, STAFF, caller, body, ref=ref)


@router.post("/staff/{ref}/return", operation_id="returnToOrganisation")
async def come_back(ref: Ref, body: ask.ReturnToOrganisation, caller: Calling, request: Request) -> Receipt:
    """They work there again, with nothing of what they had."""
    return await run(request, STAFF, caller, body, ref=ref)


@router.get("/staff/{ref}", operation_id="readStaff")
async def read(ref: Ref, caller: Calling, request: Request) -> StaffRead:
    """Read one entry, with the name."""
    return await show(request, queries.read, caller, ref=ref)


@router.get("/staff", operation_id="listStaff")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[StaffRead]:
    """List those of the own organisation, oldest entry first."""
    return await show(request, queries.listing, caller, page=page, asked=asked)
