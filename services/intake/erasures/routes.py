"""The HTTP edge of requests to be forgotten."""

from typing import Annotated

from services.intake.erasures import commands as ask
from services.intake.erasures import queries
from services.intake.erasures.handlers import ERASURES
from services.intake.erasures.schemas import ErasureRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/intake/v1", tags=["erasures"])


@router.post("/erasures", status_code=201, operation_id="askErasure")
async def ask_erasure(body: ask.AskErasure, caller: Calling, request: Request) -> Receipt:
    return await run(request, ERASURES, caller, body, ref=request.ref(body.ref))


@router.post("/erasures/{ref}/acknowledge", operation_id="acknowledgeErasure")
async def acknowledge(ref: Ref, body: ask.AcknowledgeErasure, caller: Calling, request: Request) -> Receipt:
    return await run(request, ERASURES, caller, body, ref=ref)


@router.post("/erasures/{ref}/decide", operation_id="decideErasure")
async def decide(ref: Ref, body: ask.DecideErasure, caller: Calling, request: Request) -> Receipt:
    return await run(request, ERASURES, caller, body, ref=ref)


@router.post("/erasures/{ref}/lift-hold", operation_id="liftHold")
async def lift_hold(ref: Ref, body: ask.LiftHold, caller: Calling, request: Request) -> Receipt:
    return await run(request, ERASURES, caller, body, ref=ref)


@router.get("/erasures/{ref}", operation_id="readErasure")
async def read(ref: Ref, caller: Calling, request: Request) -> ErasureRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/erasures", operation_id="listErasures")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[ErasureRead]:
    return await show(request, queries.listing, caller, page=page, asked=asked)
