"""The HTTP edge of requests for access."""

from typing import Annotated

from services.intake.access_requests import commands as ask
from services.intake.access_requests import queries
from services.intake.access_requests.handlers import ACCESS_REQUESTS
from services.intake.access_requests.schemas import AccessRequestRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/intake/v1", tags=["access requests"])


@router.post("/access-requests", status_code=201, operation_id="askAccess")
async def ask_access(body: ask.AskAccess, caller: Calling, request: Request) -> Receipt:
    return await run(request, ACCESS_REQUESTS, caller, body, ref=request.ref(body.ref))


@router.post("/access-requests/{ref}/grant", operation_id="grantAccess")
async def grant(ref: Ref, body: ask.GrantAccess, caller: Calling, request: Request) -> Receipt:
    return await run(request, ACCESS_REQUESTS, caller, body, ref=ref)


@router.post("/access-requests/{ref}/refuse", operation_id="refuseAccess")
async def refuse(ref: Ref, body: ask.RefuseAccess, caller: Calling, request: Request) -> Receipt:
    return await run(request, ACCESS_REQUESTS, caller, body, ref=ref)


@router.get("/access-requests/{ref}", operation_id="readAccessRequest")
async def read(ref: Ref, caller: Calling, request: Request) -> AccessRequestRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/access-requests", operation_id="listAccessRequests")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[AccessRequestRead]:
    return await show(request, queries.listing, caller, page=page, asked=asked)
