"""The HTTP edge of best-interests decisions."""

from typing import Annotated

from services.screening.best_interests import commands as ask
from services.screening.best_interests import queries
from services.screening.best_interests.handlers import BEST_INTERESTS
from services.screening.best_interests.schemas import BestInterestsRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/screening/v1", tags=["best-interests"])


@router.post("/best-interests", status_code=201, operation_id="requireBestInterests")
async def require(body: ask.RequireBestInterests, caller: Calling, request: Request) -> Receipt:
    return await run(request, BEST_INTERESTS, caller, body, ref=request.ref(body.ref))


@router.post("/best-interests/{ref}/propose", operation_id="proposeBestInterests")
async def propose(ref: Ref, body: ask.ProposeBestInterests, caller: Calling, request: Request) -> Receipt:
    return await run(request, BEST_INTERESTS, caller, body, ref=ref)


@router.post("/best-interests/{ref}/confirm", operation_id="confirmBestInterests")
async def confirm(ref: Ref, body: ask.ConfirmBestInterests, caller: Calling, request: Request) -> Receipt:
    return await run(request, BEST_INTERESTS, caller, body, ref=ref)


@router.post("/best-interests/{ref}/object", operation_id="objectBestInterests")
async def object_(ref: Ref, body: ask.ObjectBestInterests, caller: Calling, request: Request) -> Receipt:
    return await run(request, BEST_INTERESTS, caller, body, ref=ref)


@router.post("/best-interests/{ref}/withdraw", operation_id="withdrawBestInterests")
async def withdraw(ref: Ref, body: ask.WithdrawBestInterests, caller: Calling, request: Request) -> Receipt:
    return await run(request, BEST_INTERESTS, caller, body, ref=ref)


@router.post("/best-interests/{ref}/seat-panel", operation_id="seatPanel")
async def seat_panel(ref: Ref, body: ask.SeatPanel, caller: Calling, request: Request) -> Receipt:
    return await run(request, BEST_INTERESTS, caller, body, ref=ref)


@router.post("/best-interests/{ref}/release-member", operation_id="releasePanelMember")
async def release_member(ref: Ref, body: ask.ReleasePanelMember, caller: Calling, request: Request) -> Receipt:
    return await run(request, BEST_INTERESTS, caller, body, ref=ref)


@router.post("/best-interests/{ref}/reopen", operation_id="reopenBestInterests")
async def reopen(ref: Ref, body: ask.ReopenBestInterests, caller: Calling, request: Request) -> Receipt:
    return await run(request, BEST_INTERESTS, caller, body, ref=ref)


@router.post("/best-interests/{ref}/correct", operation_id="correctBestInterests")
async def correct(ref: Ref, body: ask.CorrectBestInterests, caller: Calling, request: Request) -> Receipt:
    return await run(request, BEST_INTERESTS, caller, body, ref=ref)


@router.post("/best-interests/{ref}/void", operation_id="voidBestInterests")
async def void(ref: Ref, body: ask.VoidBestInterests, caller: Calling, request: Request) -> Receipt:
    return await run(request, BEST_INTERESTS, caller, body, ref=ref)


@router.get("/best-interests/{ref}", operation_id="readBestInterests")
async def read(ref: Ref, caller: Calling, request: Request) -> BestInterestsRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/best-interests", operation_id="listBestInterests")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[BestInterestsRead]:
    return await show(request, queries.listing, caller, page=page, asked=asked)
