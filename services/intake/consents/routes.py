"""The HTTP edge of consents."""

from services.intake.consents import domain, handlers, queries
from services.intake.consents.domain import Status
from services.intake.consents.schemas import ConsentRead
from shared.contracts.intake import ConsentPurpose
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/intake/v1", tags=["consents"])


@router.post("/consents/grant", status_code=201, operation_id="grantConsent")
async def grant(body: domain.GrantConsent, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.grant, caller, body, ref=request.ref(body.ref))


@router.post("/consents/refuse", status_code=201, operation_id="refuseConsent")
async def refuse(body: domain.RefuseConsent, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.refuse, caller, body, ref=request.ref(body.ref))


@router.post("/consents/{ref}/withdraw", operation_id="withdrawConsent")
async def withdraw(ref: Ref, body: domain.WithdrawConsent, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.withdraw, caller, body, ref=ref)


@router.post("/consents/{ref}/correct", operation_id="correctConsent")
async def correct(ref: Ref, body: domain.CorrectConsent, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.correct, caller, body, ref=ref)


@router.post("/consents/{ref}/void", operation_id="voidConsent")
async def void(ref: Ref, body: domain.VoidConsent, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.void, caller, body, ref=ref)


@router.get("/consents/{ref}", operation_id="readConsent")
async def read(ref: Ref, caller: Calling, request: Request) -> ConsentRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/consents", operation_id="listConsents")
async def listing(
    caller: Calling,
    request: Request,
    page: Paging,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
    purpose: ConsentPurpose | None = None,
    organisation_ref: OrganisationRef | None = None,
) -> Page[ConsentRead]:
    return await show(
        request,
        queries.listing,
        caller,
        page=page,
        status=status,
        case_ref=case_ref,
        purpose=purpose,
        organisation_ref=organisation_ref,
    )
