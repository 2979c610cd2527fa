"""The HTTP edge of consents."""

from fastapi import APIRouter

from services.intake.consents import domain, handlers, queries
from services.intake.consents.domain import Status
from services.intake.consents.schemas import ConsentRead
from shared.contracts.intake import ConsentPurpose
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.web.requests import Calling, Page, Paging, Receipt, Work, run, show

router = APIRouter(prefix="/intake/v1", tags=["consents"])


@router.post("/consents/grant", status_code=201, operation_id="grantConsent")
async def grant(body: domain.GrantConsent, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.grant, caller, body, ref=unit.ref(body.ref))


@router.post("/consents/refuse", status_code=201, operation_id="refuseConsent")
async def refuse(body: domain.RefuseConsent, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.refuse, caller, body, ref=unit.ref(body.ref))


@router.post("/consents/{ref}/withdraw", operation_id="withdrawConsent")
async def withdraw(ref: Ref, body: domain.WithdrawConsent, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.withdraw, caller, body, ref=ref)


@router.post("/consents/{ref}/correct", operation_id="correctConsent")
async def correct(ref: Ref, body: domain.CorrectConsent, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.correct, caller, body, ref=ref)


@router.post("/consents/{ref}/void", operation_id="voidConsent")
async def void(ref: Ref, body: domain.VoidConsent, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.void, caller, body, ref=ref)


@router.get("/consents/{ref}", operation_id="readConsent")
async def read(ref: Ref, caller: Calling, unit: Work) -> ConsentRead:
    return await show(unit, queries.read, caller, ref=ref)


@router.get("/consents", operation_id="listConsents")
async def listing(
    caller: Calling,
    unit: Work,
    page: Paging,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
    purpose: ConsentPurpose | None = None,
    organisation_ref: OrganisationRef | None = None,
) -> Page[ConsentRead]:
    return await show(
        unit,
        queries.listing,
        caller,
        page=page,
        status=status,
        case_ref=case_ref,
        purpose=purpose,
        organisation_ref=organisation_ref,
    )
