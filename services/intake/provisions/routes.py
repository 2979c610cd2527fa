"""The HTTP edge of provisions: recorded in lists, answered line by line."""

from typing import Annotated

from services.intake.provisions import commands as ask
from services.intake.provisions import queries
from services.intake.provisions.handlers import PROVISIONS
from services.intake.provisions.schemas import ProvisionRead
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

router = Router(prefix="/intake/v1", tags=["provisions"])


@router.post("/provisions", status_code=201, operation_id="recordProvisions")
async def record(body: ask.RecordProvisions, caller: Calling, request: Request) -> BulkReceipt:
    return await run_lines(request, PROVISIONS, caller, body)


@router.post("/provisions/{ref}/correct", operation_id="correctProvision")
async def correct(ref: Ref, body: ask.CorrectProvision, caller: Calling, request: Request) -> Receipt:
    return await run(request, PROVISIONS, caller, body, ref=ref)


@router.post("/provisions/{ref}/void", operation_id="voidProvision")
async def void(ref: Ref, body: ask.VoidProvision, caller: Calling, request: Request) -> Receipt:
    return await run(request, PROVISIONS, caller, body, ref=ref)


@router.get("/provisions/{ref}", operation_id="readProvision")
async def read(ref: Ref, caller: Calling, request: Request) -> ProvisionRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/provisions", operation_id="listProvisions")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[ProvisionRead]:
    return await show(request, queries.listing, caller, page=page, asked=asked)
