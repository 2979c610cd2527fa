"""The HTTP edge of broken glass."""

from typing import Annotated

from services.intake.glass import commands as ask
from services.intake.glass import queries
from services.intake.glass.handlers import GLASS
from services.intake.glass.schemas import GlassRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/intake/v1", tags=["glass"])


@router.post("/cases/{ref}/break-glass", status_code=201, operation_id="breakGlass")
async def break_glass(ref: Ref, body: ask.BreakGlass, caller: Calling, request: Request) -> Receipt:
    return await run(request, GLASS, caller, body, ref=request.ref(body.ref), case_ref=ref)


@router.post("/glass/{ref}/review", operation_id="reviewGlass")
async def review(ref: Ref, body: ask.ReviewGlass, caller: Calling, request: Request) -> Receipt:
    return await run(request, GLASS, caller, body, ref=ref)


@router.get("/glass/{ref}", operation_id="readGlass")
async def read(ref: Ref, caller: Calling, request: Request) -> GlassRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/glass", operation_id="listGlass")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[GlassRead]:
    return await show(request, queries.listing, caller, page=page, asked=asked)
