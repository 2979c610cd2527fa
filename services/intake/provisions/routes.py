"""The HTTP edge of provisions: recorded in lists, answered line by line."""

from services.intake.provisions import commands as ask
from services.intake.provisions import queries
from services.intake.provisions.handlers import PROVISIONS
from services.intake.provisions.schemas import ProvisionRead
from services.intake.provisions.state import ProvisionKind, Status
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, Ref
from shared.web.requests import BulkReceipt, Calling, Page, Paging, Receipt, Request, Several, run, run_lines, show
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
    caller: Calling,
    request: Request,
    page: Paging,
    status: Several[Status] = None,
    case_ref: CaseRef | None = None,
    stay_ref: Ref | None = None,
    kind: ProvisionKind | None = None,
    day: GivenDay | None = None,
    month: GivenMonth | None = None,
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
        month=month,
    )
