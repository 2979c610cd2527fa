"""The HTTP edge of cases. A case is closed by its plan's end, not by a client."""

from typing import Annotated

from services.intake.cases import commands as ask
from services.intake.cases import queries
from services.intake.cases.handlers import CASES
from services.intake.cases.schemas import CaseRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/intake/v1", tags=["cases"])


@router.post("/cases", status_code=201, operation_id="openCase")
async def open_case(body: ask.OpenCase, caller: Calling, request: Request) -> Receipt:
    return await run(request, CASES, caller, body, ref=request.ref(body.ref))


@router.post("/cases/{ref}/assign", operation_id="assignCase")
async def assign(ref: Ref, body: ask.AssignCase, caller: Calling, request: Request) -> Receipt:
    return await run(request, CASES, caller, body, ref=ref)


@router.post("/cases/{ref}/release", operation_id="releaseCase")
async def release(ref: Ref, body: ask.ReleaseCase, caller: Calling, request: Request) -> Receipt:
    return await run(request, CASES, caller, body, ref=ref)


@router.post("/cases/{ref}/declare-conflict", operation_id="declareConflict")
async def declare_conflict(ref: Ref, body: ask.DeclareConflict, caller: Calling, request: Request) -> Receipt:
    return await run(request, CASES, caller, body, ref=ref)


@router.post("/cases/{ref}/ask-conflict-end", operation_id="askConflictEnd")
async def ask_conflict_end(ref: Ref, body: ask.AskConflictEnd, caller: Calling, request: Request) -> Receipt:
    return await run(request, CASES, caller, body, ref=ref)


@router.post("/cases/{ref}/end-conflict", operation_id="endConflict")
async def end_conflict(ref: Ref, body: ask.EndConflict, caller: Calling, request: Request) -> Receipt:
    return await run(request, CASES, caller, body, ref=ref)


@router.post("/cases/{ref}/offer-transfer", operation_id="offerTransfer")
async def offer_transfer(ref: Ref, body: ask.OfferTransfer, caller: Calling, request: Request) -> Receipt:
    return await run(request, CASES, caller, body, ref=ref)


@router.post("/cases/{ref}/accept-transfer", operation_id="acceptTransfer")
async def accept_transfer(ref: Ref, body: ask.AcceptTransfer, caller: Calling, request: Request) -> Receipt:
    return await run(request, CASES, caller, body, ref=ref)


@router.post("/cases/{ref}/decline-transfer", operation_id="declineTransfer")
async def decline_transfer(ref: Ref, body: ask.DeclineTransfer, caller: Calling, request: Request) -> Receipt:
    return await run(request, CASES, caller, body, ref=ref)


@router.post("/cases/{ref}/withdraw-transfer", operation_id="withdrawTransfer")
async def withdraw_transfer(ref: Ref, body: ask.WithdrawTransfer, caller: Calling, request: Request) -> Receipt:
    return await run(request, CASES, caller, body, ref=ref)


@router.post("/cases/{ref}/inform", operation_id="informBody")
async def inform(ref: Ref, body: ask.InformBody, caller: Calling, request: Request) -> Receipt:
    return await run(request, CASES, caller, body, ref=ref)


@router.post("/cases/{ref}/end-informing", operation_id="endInforming")
async def end_informing(ref: Ref, body: ask.EndInforming, caller: Calling, request: Request) -> Receipt:
    return await run(request, CASES, caller, body, ref=ref)


@router.post("/cases/{ref}/evaluate-age", operation_id="evaluateAge")
async def evaluate_age(ref: Ref, body: ask.EvaluateAge, caller: Calling, request: Request) -> Receipt:
    return await run(request, CASES, caller, body, ref=ref)


@router.post("/cases/{ref}/reopen", operation_id="reopenCase")
async def reopen(ref: Ref, body: ask.ReopenCase, caller: Calling, request: Request) -> Receipt:
    return await run(request, CASES, caller, body, ref=ref)


@router.post("/cases/{ref}/correct", operation_id="correctCase")
async def correct(ref: Ref, body: ask.CorrectCase, caller: Calling, request: Request) -> Receipt:
    return await run(request, CASES, caller, body, ref=ref)


@router.post("/cases/{ref}/void", operation_id="voidCase")
async def void(ref: Ref, body: ask.VoidCase, caller: Calling, request: Request) -> Receipt:
    return await run(request, CASES, caller, body, ref=ref)


@router.get("/cases/{ref}", operation_id="readCase")
async def read(ref: Ref, caller: Calling, request: Request) -> CaseRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/cases", operation_id="listCases")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[CaseRead]:
    return await show(request, queries.listing, caller, page=page, asked=asked)
