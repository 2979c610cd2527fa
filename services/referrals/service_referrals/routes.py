"""The HTTP API of requests for a service, and of what was given."""

from fastapi import APIRouter

from services.referrals.service_referrals import domain as ask
from services.referrals.service_referrals import handlers, queries
from services.referrals.service_referrals.domain import Status
from services.referrals.service_referrals.schemas import DeliveryRead, ServiceReferralRead
from shared.contracts.referrals import ServiceCode
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.web.requests import Calling, Page, Paging, Receipt, Work, run, show

router = APIRouter(prefix="/referrals/v1", tags=["service referrals"])


@router.post("/service-referrals", operation_id="draftServiceReferral", status_code=201)
async def draft(body: ask.DraftServiceReferral, caller: Calling, unit: Work) -> Receipt:
    """Choose a service and who is to give it."""
    return await run(unit, handlers.draft, caller, body, ref=unit.ref(body.ref))


@router.post("/service-referrals/{ref}/send", operation_id="sendServiceReferral")
async def send(ref: Ref, body: ask.SendServiceReferral, caller: Calling, unit: Work) -> Receipt:
    """Send the request, if the person still agrees to it."""
    return await run(unit, handlers.send, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/acknowledge", operation_id="acknowledgeServiceReferral")
async def acknowledge(ref: Ref, body: ask.AcknowledgeServiceReferral, caller: Calling, unit: Work) -> Receipt:
    """Say that the request was seen."""
    return await run(unit, handlers.acknowledge, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/accept", operation_id="acceptServiceReferral")
async def accept(ref: Ref, body: ask.AcceptServiceReferral, caller: Calling, unit: Work) -> Receipt:
    """Say that the service will be given."""
    return await run(unit, handlers.accept, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/reject", operation_id="rejectServiceReferral")
async def reject(ref: Ref, body: ask.RejectServiceReferral, caller: Calling, unit: Work) -> Receipt:
    """Say that the service will not be given."""
    return await run(unit, handlers.reject, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/complete", operation_id="completeServiceReferral")
async def complete(ref: Ref, body: ask.CompleteServiceReferral, caller: Calling, unit: Work) -> Receipt:
    """Say that the service was given in full."""
    return await run(unit, handlers.complete, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/end", operation_id="endServiceReferral")
async def end(ref: Ref, body: ask.EndServiceReferral, caller: Calling, unit: Work) -> Receipt:
    """Say that the service ended early."""
    return await run(unit, handlers.end, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/revoke", operation_id="revokeServiceReferral")
async def revoke(ref: Ref, body: ask.RevokeServiceReferral, caller: Calling, unit: Work) -> Receipt:
    """Take the request back."""
    return await run(unit, handlers.revoke, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/correct", operation_id="correctServiceReferral")
async def correct(ref: Ref, body: ask.CorrectServiceReferral, caller: Calling, unit: Work) -> Receipt:
    """Put right a request that nobody has accepted yet."""
    return await run(unit, handlers.correct, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/void", operation_id="voidServiceReferral")
async def void(ref: Ref, body: ask.VoidServiceReferral, caller: Calling, unit: Work) -> Receipt:
    """Take back a request recorded in error."""
    return await run(unit, handlers.void, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/deliveries", operation_id="deliverService", status_code=201)
async def deliver(ref: Ref, body: ask.DeliverService, caller: Calling, unit: Work) -> Receipt:
    """Record what was given on a day."""
    return await run(unit, handlers.deliver, caller, body, ref=ref, delivery_ref=unit.ref(body.ref))


@router.get("/deliveries", operation_id="listDeliveries")
async def deliveries(
    *,
    caller: Calling,
    unit: Work,
    page: Paging,
    case_ref: CaseRef | None = None,
    service: ServiceCode | None = None,
    service_referral_ref: Ref | None = None,
) -> Page[DeliveryRead]:
    """List what was given, oldest entry first."""
    return await show(
        unit,
        queries.deliveries,
        caller,
        page=page,
        case_ref=case_ref,
        service=service,
        service_referral_ref=service_referral_ref,
    )


@router.get("/service-referrals/{ref}", operation_id="readServiceReferral")
async def read(ref: Ref, caller: Calling, unit: Work) -> ServiceReferralRead:
    """Read one."""
    return await show(unit, queries.read, caller, ref=ref)


@router.get("/service-referrals", operation_id="listServiceReferrals")
async def listing(
    *,
    caller: Calling,
    unit: Work,
    page: Paging,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
    service: ServiceCode | None = None,
    organisation_ref: OrganisationRef | None = None,
) -> Page[ServiceReferralRead]:
    """List them, oldest first."""
    return await show(
        unit,
        queries.listing,
        caller,
        page=page,
        status=status,
        case_ref=case_ref,
        service=service,
        organisation_ref=organisation_ref,
    )
