"""The HTTP edge of provisions: recorded in lists, answered line by line."""

from services.intake.provisions import domain, handlers, queries
from services.intake.provisions.domain import ProvisionKind, Status
from services.intake.provisions.schemas import ProvisionRead
from shared.given import GivenDay
from shared.ids import CaseRef, Ref
from shared.web.requests import BulkReceipt, Calling, Page, Paging, Receipt, Request, run, run_lines, show
from shared.web.strict import Router

router = Router(prefix="/intake/v1", tags=["provisions"])


@router.post("/provisions", status_code=201, operation_id="recordProvisions")
async def record(body: domain.RecordProvisions, caller: Calling, request: Request) -> BulkReceipt:
    return await run_lines(request, handlers.record, caller, body)


@router.post("/provisions/{ref}/correct", operation_id="correctProvision")
async def correct(ref: Ref, body: domain.CorrectProvision, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.correct, caller, body, ref=ref)


@router.post("/provisions/{ref}/void", operation_id="voidProvision")
async def void(ref: Ref, body: domain.VoidProvision, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.void, caller, body, ref=ref)


@router.get("/provisions/{ref}", operation_id="readProvision")
async def read(ref: Ref, caller: Calling, request: Request) -> ProvisionRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/provisions", operation_id="listProvisions")
async def listing(
    caller: Calling,
    request: Request,
    page: Paging,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
    stay_ref: Ref | None = None,
    kind: ProvisionKind | None = None,
    day: GivenDay | None = None,
) -> Page[ProvisionRead]:
    return await show(
        request,
        queries.listing,
        caller,
        page=page,
        status=status,
        case_ref=case_ref,
        stay_ref=stay_ref,
        kind=kind,
        day=day,
    )
