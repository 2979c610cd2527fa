"""The HTTP edge of consents."""

from services.intake.consents import commands as ask
from services.intake.consents import queries
from services.intake.consents.handlers import CONSENTS
from services.intake.consents.schemas import ConsentRead
from services.intake.consents.state import Status
from shared.contracts.intake import ConsentPurpose
from shared.given import GivenDay, GivenMonth
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.web.requests import Calling, Page, Paging, Receipt, Request, Several, run, show
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
    caller: Calling,
    request: Request,
    page: Paging,
    status: Several[Status] = None,
    case_ref: CaseRef | None = None,
    purpose: ConsentPurpose | None = None,
    organisation_ref: OrganisationRef | None = None,
    day: GivenDay | None = None,
    month: GivenMonth | None = None,
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
        day=day,
        month=month,
    )
