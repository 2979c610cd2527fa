"""The HTTP edge of readings by two people."""

from typing import Annotated

from services.intake.c4_readings import commands as ask
from services.intake.c4_readings import queries
from services.intake.c4_readings.handlers import C4_READINGS
from services.intake.c4_readings.schemas import C4ReadingRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/intake/v1", tags=["readings by two people"])


@router.post("/cases/{ref}/c4-readings", status_code=201, operation_id="askC4Reading")
async def ask_reading(ref: Ref, body: ask.AskC4Reading, caller: Calling, request: Request) -> Receipt:
    return await run(request, C4_READINGS, caller, body, ref=request.ref(body.ref), case_ref=ref)


@router.post("/c4-readings/{ref}/confirm", operation_id="confirmC4Reading")
async def confirm(ref: Ref, body: ask.ConfirmC4Reading, caller: Calling, request: Request) -> Receipt:
    return await run(request, C4_READINGS, caller, body, ref=ref)


@router.post("/c4-readings/{ref}/refuse", operation_id="refuseC4Reading")
async def refuse(ref: Ref, body: ask.RefuseC4Reading, caller: Calling, request: Request) -> Receipt:
    return await run(request, C4_READINGS, caller, body, ref=ref)


@router.get("/c4-readings/{ref}", operation_id="readC4Reading")
async def read(ref: Ref, caller: Calling, request: Request) -> C4ReadingRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/c4-readings", operation_id="listC4Readings")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[C4ReadingRead]:
    return await show(request, queries.listing, caller, page=page, asked=asked)
