"""The HTTP API of businesses: one endpoint per command, one to read, one to list."""

from typing import Annotated

from services.grants.businesses import commands as ask
from services.grants.businesses import queries
from services.grants.businesses.handlers import BUSINESSES
from services.grants.businesses.schemas import BusinessRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/grants/v1", tags=["businesses"])


@router.post("/businesses/{ref}/check", operation_id="checkBusiness")
async def check(ref: Ref, body: ask.CheckBusiness, caller: Calling, request: Request) -> Receipt:
    """Record a visit."""
    return await run(request, BUSINESSES, caller, body, ref=ref)


@router.post("/businesses/{ref}/cease", operation_id="ceaseBusiness")
async def cease(ref: Ref, body: ask.CeaseBusiness, caller: Calling, request: Request) -> Receipt:
    """Record that it has ended."""
    return await run(request, BUSINESSES, caller, body, ref=ref)


@router.post("/businesses/{ref}/correct", operation_id="correctBusiness")
async def correct(ref: Ref, body: ask.CorrectBusiness, caller: Calling, request: Request) -> Receipt:
    """Put right what it does or where."""
    return await run(request, BUSINESSES, caller, body, ref=ref)


@router.post("/businesses/{ref}/void", operation_id="voidBusiness")
async def void(ref: Ref, body: ask.VoidBusiness, caller: Calling, request: Request) -> Receipt:
    """Take back a business entered in error."""
    return await run(request, BUSINESSES, caller, body, ref=ref)


@router.get("/businesses/{ref}", operation_id="readBusiness")
async def read(ref: Ref, caller: Calling, request: Request) -> BusinessRead:
    """Read one."""
    return await show(request, queries.read, caller, ref=ref)


@router.get("/businesses", operation_id="listBusinesses")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[BusinessRead]:
    """List them, oldest first unless asked otherwise."""
    return await show(request, queries.listing, caller, page=page, asked=asked)
