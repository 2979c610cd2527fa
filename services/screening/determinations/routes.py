"""The HTTP edge of determinations."""

from typing import Annotated

from services.screening.determinations import commands as ask
from services.screening.determinations import queries
from services.screening.determinations.handlers import DETERMINATIONS
from services.screening.determinations.schemas import AssessmentRead, DeterminationRead, FindingsRead
from shared.ids import CaseRef, Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/screening/v1", tags=["determinations"])


@router.post("/determinations", status_code=201, operation_id="suggestDetermination")
async def suggest(body: ask.SuggestDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, DETERMINATIONS, caller, body, ref=request.ref(body.ref))


@router.post("/determinations/{ref}/assign", operation_id="assignDetermination")
async def assign(ref: Ref, body: ask.AssignDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, DETERMINATIONS, caller, body, ref=ref)


@router.post("/determinations/{ref}/reassess", operation_id="reassessDetermination")
async def reassess(ref: Ref, body: ask.ReassessDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, DETERMINATIONS, caller, body, ref=ref)


@router.post("/determinations/{ref}/make", operation_id="makeDetermination")
async def make(ref: Ref, body: ask.MakeDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, DETERMINATIONS, caller, body, ref=ref)


@router.post("/determinations/{ref}/confirm", operation_id="confirmDetermination")
async def confirm(ref: Ref, body: ask.ConfirmDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, DETERMINATIONS, caller, body, ref=ref)


@router.post("/determinations/{ref}/reject", operation_id="rejectDetermination")
async def reject(ref: Ref, body: ask.RejectDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, DETERMINATIONS, caller, body, ref=ref)


@router.post("/determinations/{ref}/review", operation_id="reviewDetermination")
async def review(ref: Ref, body: ask.ReviewDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, DETERMINATIONS, caller, body, ref=ref)


@router.post("/determinations/{ref}/amend", operation_id="amendDetermination")
async def amend(ref: Ref, body: ask.AmendDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, DETERMINATIONS, caller, body, ref=ref)


@router.post("/determinations/{ref}/correct", operation_id="correctDetermination")
async def correct(ref: Ref, body: ask.CorrectDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, DETERMINATIONS, caller, body, ref=ref)


@router.post("/determinations/{ref}/void", operation_id="voidDetermination")
async def void(ref: Ref, body: ask.VoidDetermination, caller: Calling, request: Request) -> Receipt:
    return await run(request, DETERMINATIONS, caller, body, ref=ref)


@router.get("/determinations/{ref}", operation_id="readDetermination")
async def read(ref: Ref, caller: Calling, request: Request) -> DeterminationRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/determinations/{ref}/assessment", operation_id="readAssessment")
async def assessment(ref: Ref, caller: Calling, request: Request) -> AssessmentRead:
    return await show(request, queries.assessment, caller, ref=ref)


@router.get("/determinations", operation_id="listDeterminations")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[DeterminationRead]:
    return await show(request, queries.listing, caller, page=page, asked=asked)


@router.get("/cases/{case_ref}/findings", operation_id="readFindings")
async def findings(case_ref: CaseRef, caller: Calling, request: Request) -> FindingsRead:
    return await show(request, queries.findings, caller, case_ref=case_ref)
