"""The HTTP API of the register of directory stewards: it is read here, and changed by proposals."""

from typing import Annotated

from services.referrals.stewards import queries
from services.referrals.stewards.schemas import StewardRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Request, show
from shared.web.strict import Router

router = Router(prefix="/referrals/v1", tags=["directory stewards"])


@router.get("/stewards/{ref}", operation_id="readSteward")
async def read(ref: Ref, caller: Calling, request: Request) -> StewardRead:
    """Read one."""
    return await show(request, queries.read, caller, ref=ref)


@router.get("/stewards", operation_id="listStewards")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[StewardRead]:
    """List them, oldest first."""
    return await show(request, queries.listing, caller, page=page, asked=asked)
