"""The HTTP edge of findings of bodies of state."""

from services.screening.official_findings import commands as ask
from services.screening.official_findings import queries
from services.screening.official_findings.commands import CaseNumber
from services.screening.official_findings.handlers import OFFICIAL_FINDINGS
from services.screening.official_findings.schemas import OfficialFindingRead
from shared.ids import Ref
from shared.web.requests import Calling, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/screening/v1", tags=["official-findings"])


@router.post("/official-findings", status_code=201, operation_id="recordFinding")
async def record(body: ask.RecordFinding, caller: Calling, request: Request) -> Receipt:
    return await run(request, OFFICIAL_FINDINGS, caller, body, ref=request.ref(body.ref))


@router.post("/official-findings/{ref}/correct", operation_id="correctFinding")
async def correct(ref: Ref, body: ask.CorrectFinding, caller: Calling, request: Request) -> Receipt:
    return await run(request, OFFICIAL_FINDINGS, caller, body, ref=ref)


@router.post("/official-findings/{ref}/void", operation_id="voidFinding")
async def void(ref: Ref, body: ask.VoidFinding, caller: Calling, request: Request) -> Receipt:
    return await run(request, OFFICIAL_FINDINGS, caller, body, ref=ref)


@router.get("/official-findings/{ref}", operation_id="readOfficialFinding")
async def read(ref: Ref, caller: Calling, request: Request) -> OfficialFindingRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/official-findings-of-case/{number}", operation_id="readOfficialFindingOfCase")
async def by_number(number: CaseNumber, caller: Calling, request: Request) -> OfficialFindingRead:
    return await show(request, queries.by_number, caller, number=number)
