"""The HTTP edge of consents."""

from typing import Annotated

from services.intake.consents import commands as ask
from services.intake.consents import queries
from services.intake.consents.handlers import CONSENTS
from services.intake.consents.schemas import ConsentRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/intake/v1", tags=["consents"])


@router.post("/consents/grant", status_code=201, operation_id="grantConsent")
async def grant(body: ask.GrantConsent, caller: Calling, request: Request) -> Receipt:
    return await run(request, CONSENTS, caller, body, ref=request.ref(body.ref))


@router.post("/consents/refuse", status_code=201, operation_id="refuseConsent")
async def refuse(body: ask.RefuseConsent, caller: Calling, request: Request) -> Receipt:
    return await run(request, CONSENTS, caller, body, ref=request.ref(body.ref))


@router.post("/consents/{ref}/withdraw", operation_id="withdrawConsent")
async def withdraw(ref: Ref, body: ask.WithdrawConsent, caller: Calling, request: Request) -> Receipt:
    return await run(request, CONSENTS, caller, body, ref=ref)


@router.post("/consents/{ref}/confirm", operation_id="confirmConsent")
async def confirm(ref: Ref, body: ask.ConfirmConsent, caller: Calling, request: Request) -> Receipt:
    """Confirm, as the second person, an exception by law; unconfirmed it ends within a day."""
    return await run(request, CONSENTS, caller, body, ref=ref)


@router.post("/consents/{ref}/correct", operation_id="correctConsent")
async def correct(ref: Ref, body: ask.CorrectConsent, caller: Calling, request: Request) -> Receipt:
    return await run(request, CONSENTS, caller, body, ref=ref)


@router.post("/consents/{ref}/void", operation_id="voidConsent")
async def void(ref: Ref, body: ask.VoidConsent, caller: Calling, request: Request) -> Receipt:
    return await run(request, CONSENTS, caller, body, ref=ref)


@router.get("/consents/{ref}", operation_id="readConsent")
async def read(ref: Ref, caller: Calling, request: Request) -> ConsentRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/consents", operation_id="listConsents")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[ConsentRead]:
    return await show(request, queries.listing, caller, page=page, asked=asked)
