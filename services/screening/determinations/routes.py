"""The HTTP edge of determinations."""

from services.screening.determinations import commands, handlers, queries
from services.screening.determinations.schemas import AssessmentRead, DeterminationRead, FindingsRead
from services.screening.determinations.state import Status
from shared.ids import CaseRef, Ref
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/screening/v1", tags=["determinations"])


@router.post("/determinations", status_code=201, operation_id="suggestDetermination")
async def suggest(body: commands.SuggestDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.suggest, caller, body, ref=request.ref(body.ref))


@router.post("/determinations/{ref}/assign", operation_id="assignDetermination")
async def assign(ref: Ref, body: commands.AssignDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.assign, caller, body, ref=ref)


@router.post("/determinations/{ref}/reassess", operation_id="reassessDetermination")
async def reassess(ref: Ref, body: commands.ReassessDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.reassess, caller, body, ref=ref)


@router.post("/determinations/{ref}/make", operation_id="makeDetermination")
async def make(ref: Ref, body: commands.MakeDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.make, caller, body, ref=ref)


@router.post("/determinations/{ref}/confirm", operation_id="confirmDetermination")
async def confirm(ref: Ref, body: commands.ConfirmDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.confirm, caller, body, ref=ref)


@router.post("/determinations/{ref}/reject", operation_id="rejectDetermination")
async def reject(ref: Ref, body: commands.RejectDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.reject, caller, body, ref=ref)


@router.post("/determinations/{ref}/review", operation_id="reviewDetermination")
async def review(ref: Ref, body: commands.ReviewDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.review, caller, body, ref=ref)


@router.post("/determinations/{ref}/amend", operation_id="amendDetermination")
async def amend(ref: Ref, body: commands.AmendDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.amend, caller, body, ref=ref)


@router.post("/determinations/{ref}/correct", operation_id="correctDetermination")
async def correct(ref: Ref, body: commands.CorrectDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.correct, caller, body, ref=ref)


@router.post("/determinations/{ref}/void", operation_id="voidDetermination")
async def void(ref: Ref, body: commands.VoidDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.void, caller, body, ref=ref)


@router.get("/determinations/{ref}", operation_id="readDetermination")
async def read(ref: Ref, caller: Calling, request: Request) -> DeterminationRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/determinations/{ref}/assessment", operation_id="readAssessment")
async def assessment(ref: Ref, caller: Calling, request: Request) -> AssessmentRead:
    return await show(request, queries.assessment, caller, ref=ref)


@router.get("/determinations", operation_id="listDeterminations")
async def listing(
    caller: Calling, request: Request, page: Paging, status: Status | None = None, case_ref: CaseRef | None = None
) -> Page[DeterminationRead]:
    return await show(request, queries.listing, caller, page=page, status=status, case_ref=case_ref)


@router.get("/cases/{case_ref}/findings", operation_id="readFindings")
async def findings(case_ref: CaseRef, caller: Calling, request: Request) -> FindingsRead:
    return await show(request, queries.findings, caller, case_ref=case_ref)
