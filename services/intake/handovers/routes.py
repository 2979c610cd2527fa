"""The HTTP edge of hand-overs. What has many lines is answered line by line."""

from typing import Annotated

from services.intake.handovers import commands as ask
from services.intake.handovers import queries
from services.intake.handovers.handlers import HANDOVERS
from services.intake.handovers.schemas import HandoverRead
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

router = Router(prefix="/intake/v1", tags=["handovers"])


@router.post("/handovers", status_code=201, operation_id="announceHandover")
async def announce(body: ask.AnnounceHandover, caller: Calling, request: Request) -> BulkReceipt:
    return await run_lines(request, HANDOVERS, caller, body, ref=request.ref(body.ref))


@router.post("/handovers/{ref}/confirm", operation_id="confirmHandover")
async def confirm(ref: Ref, body: ask.ConfirmHandover, caller: Calling, request: Request) -> BulkReceipt:
    return await run_lines(request, HANDOVERS, caller, body, ref=ref)


@router.post("/handovers/{ref}/arrive", operation_id="arriveHandover")
async def arrive(ref: Ref, body: ask.ArriveHandover, caller: Calling, request: Request) -> Receipt:
    return await run(request, HANDOVERS, caller, body, ref=ref)


@router.post("/handovers/{ref}/reconcile", operation_id="reconcileHandover")
async def reconcile(ref: Ref, body: ask.ReconcileHandover, caller: Calling, request: Request) -> BulkReceipt:
    return await run_lines(request, HANDOVERS, caller, body, ref=ref)


@router.post("/handovers/{ref}/close", operation_id="closeHandover")
async def close(ref: Ref, body: ask.CloseHandover, caller: Calling, request: Request) -> Receipt:
    return await run(request, HANDOVERS, caller, body, ref=ref)


@router.post("/handovers/{ref}/postpone", operation_id="postponeHandover")
async def postpone(ref: Ref, body: ask.PostponeHandover, caller: Calling, request: Request) -> Receipt:
    return await run(request, HANDOVERS, caller, body, ref=ref)


@router.post("/handovers/{ref}/cancel", operation_id="cancelHandover")
async def cancel(ref: Ref, body: ask.CancelHandover, caller: Calling, request: Request) -> Receipt:
    return await run(request, HANDOVERS, caller, body, ref=ref)


@router.post("/handovers/{ref}/correct", operation_id="correctHandover")
async def correct(ref: Ref, body: ask.CorrectHandover, caller: Calling, request: Request) -> Receipt:
    return await run(request, HANDOVERS, caller, body, ref=ref)


@router.post("/handovers/{ref}/void", operation_id="voidHandover")
async def void(ref: Ref, body: ask.VoidHandover, caller: Calling, request: Request) -> Receipt:
    return await run(request, HANDOVERS, caller, body, ref=ref)


@router.get("/handovers/{ref}", operation_id="readHandover")
async def read(ref: Ref, caller: Calling, request: Request) -> HandoverRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/handovers", operation_id="listHandovers")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[HandoverRead]:
    return await show(request, queries.listing, caller, page=page, asked=asked)
