"""The HTTP API of instalments: one endpoint per command, one to read, one to list."""

from typing import Annotated

from services.grants.instalments import commands as ask
from services.grants.instalments import queries
from services.grants.instalments.handlers import INSTALMENTS
from services.grants.instalments.schemas import InstalmentRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/grants/v1", tags=["instalments"])


@router.post("/instalments/{ref}/release", operation_id="releaseInstalment")
async def release(ref: Ref, body: ask.ReleaseInstalment, caller: Calling, request: Request) -> Receipt:
    """Say that it may be handed over."""
    return await run(request, INSTALMENTS, caller, body, ref=ref)


@router.post("/instalments/{ref}/pay", operation_id="payInstalment")
async def pay(ref: Ref, body: ask.PayInstalment, caller: Calling, request: Request) -> Receipt:
    """Hand it over, once."""
    return await run(request, INSTALMENTS, caller, body, ref=ref)


@router.post("/instalments/{ref}/add-receipt", operation_id="addReceipt")
async def add_receipt(ref: Ref, body: ask.AddReceipt, caller: Calling, request: Request) -> Receipt:
    """Add evidence."""
    return await run(request, INSTALMENTS, caller, body, ref=ref)


@router.post("/instalments/{ref}/strike-receipt", operation_id="strikeReceipt")
async def strike_receipt(ref: Ref, body: ask.StrikeReceipt, caller: Calling, request: Request) -> Receipt:
    """Take back a receipt entered in error."""
    return await run(request, INSTALMENTS, caller, body, ref=ref)


@router.post("/instalments/{ref}/reconcile", operation_id="reconcileInstalment")
async def reconcile(ref: Ref, body: ask.ReconcileInstalment, caller: Calling, request: Request) -> Receipt:
    """Compare receipts and money."""
    return await run(request, INSTALMENTS, caller, body, ref=ref)


@router.post("/instalments/{ref}/hold", operation_id="holdInstalment")
async def hold(ref: Ref, body: ask.HoldInstalment, caller: Calling, request: Request) -> Receipt:
    """Let it wait."""
    return await run(request, INSTALMENTS, caller, body, ref=ref)


@router.post("/instalments/{ref}/resume", operation_id="resumeInstalment")
async def resume(ref: Ref, body: ask.ResumeInstalment, caller: Calling, request: Request) -> Receipt:
    """Let it go on."""
    return await run(request, INSTALMENTS, caller, body, ref=ref)


@router.post("/instalments/{ref}/cancel", operation_id="cancelInstalment")
async def cancel(ref: Ref, body: ask.CancelInstalment, caller: Calling, request: Request) -> Receipt:
    """Do not hand it over."""
    return await run(request, INSTALMENTS, caller, body, ref=ref)


@router.post("/instalments/{ref}/correct", operation_id="correctInstalment")
async def correct(ref: Ref, body: ask.CorrectInstalment, caller: Calling, request: Request) -> Receipt:
    """Put right its form."""
    return await run(request, INSTALMENTS, caller, body, ref=ref)


@router.post("/instalments/{ref}/void", operation_id="voidInstalment")
async def void(ref: Ref, body: ask.VoidInstalment, caller: Calling, request: Request) -> Receipt:
    """Take back an instalment entered in error."""
    return await run(request, INSTALMENTS, caller, body, ref=ref)


@router.get("/instalments/{ref}", operation_id="readInstalment")
async def read(ref: Ref, caller: Calling, request: Request) -> InstalmentRead:
    """Read one."""
    return await show(request, queries.read, caller, ref=ref)


@router.get("/instalments", operation_id="listInstalments")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[InstalmentRead]:
    """List them, oldest first unless asked otherwise."""
    return await show(request, queries.listing, caller, page=page, asked=asked)
