"""The HTTP edge of hand-overs. What has many lines is answered line by line."""

from services.intake.handovers import domain, handlers, queries
from services.intake.handovers.domain import Status
from services.intake.handovers.schemas import HandoverRead
from shared.contracts.intake.handovers import Gate
from shared.given import GivenDay
from shared.ids import OrganisationRef, Ref
from shared.web.requests import BulkReceipt, Calling, Page, Paging, Receipt, Request, run, run_lines, show
from shared.web.strict import Router

router = Router(prefix="/intake/v1", tags=["handovers"])


@router.post("/handovers", status_code=201, operation_id="announceHandover")
async def announce(body: domain.AnnounceHandover, caller: Calling, request: Request) -> BulkReceipt:
    return await run_lines(request, handlers.announce, caller, body, ref=request.ref(body.ref))


@router.post("/handovers/{ref}/confirm", operation_id="confirmHandover")
async def confirm(ref: Ref, body: domain.ConfirmHandover, caller: Calling, request: Request) -> BulkReceipt:
    return await run_lines(request, handlers.confirm, caller, body, ref=ref)


@router.post("/handovers/{ref}/arrive", operation_id="arriveHandover")
async def arrive(ref: Ref, body: domain.ArriveHandover, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.arrive, caller, body, ref=ref)


@router.post("/handovers/{ref}/reconcile", operation_id="reconcileHandover")
async def reconcile(ref: Ref, body: domain.ReconcileHandover, caller: Calling, request: Request) -> BulkReceipt:
    return await run_lines(request, handlers.reconcile, caller, body, ref=ref)


@router.post("/handovers/{ref}/close", operation_id="closeHandover")
async def close(ref: Ref, body: domain.CloseHandover, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.close, caller, body, ref=ref)


@router.post("/handovers/{ref}/postpone", operation_id="postponeHandover")
async def postpone(ref: Ref, body: domain.PostponeHandover, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.postpone, caller, body, ref=ref)


@router.post("/handovers/{ref}/cancel", operation_id="cancelHandover")
async def cancel(ref: Ref, body: domain.CancelHandover, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.cancel, caller, body, ref=ref)


@router.post("/handovers/{ref}/correct", operation_id="correctHandover")
async def correct(ref: Ref, body: domain.CorrectHandover, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.correct, caller, body, ref=ref)


@router.post("/handovers/{ref}/void", operation_id="voidHandover")
async def void(ref: Ref, body: domain.VoidHandover, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.void, caller, body, ref=ref)


@router.get("/handovers/{ref}", operation_id="readHandover")
async def read(ref: Ref, caller: Calling, request: Request) -> HandoverRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/handovers", operation_id="listHandovers")
async def listing(
    caller: Calling,
    request: Request,
    page: Paging,
    status: Status | None = None,
    organisation_ref: OrganisationRef | None = None,
    gate: Gate | None = None,
    planned_day: GivenDay | None = None,
) -> Page[HandoverRead]:
    return await show(
        request,
        queries.listing,
        caller,
        page=page,
        status=status,
        organisation_ref=organisation_ref,
        gate=gate,
        planned_day=planned_day,
    )
