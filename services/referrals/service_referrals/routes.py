"""The HTTP API of requests for a service, and of what was given."""

from typing import Annotated

from services.referrals.service_referrals import commands as ask
from services.referrals.service_referrals import queries
from services.referrals.service_referrals.handlers import REQUESTS
from services.referrals.service_referrals.schemas import DeliveryRead, ServiceReferralRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/referrals/v1", tags=["service referrals"])


@router.post("/service-referrals", operation_id="draftServiceReferral", status_code=201)
async def draft(body: ask.DraftServiceReferral, caller: Calling, request: Request) -> Receipt:
    """Choose a service and who is to give it."""
    return await run(request, REQUESTS, caller, body, ref=request.ref(body.ref))


@router.post("/service-referrals/{ref}/send", operation_id="sendServiceReferral")
async def send(ref: Ref, body: ask.SendServiceReferral, caller: Calling, request: Request) -> Receipt:
    """Send the request, if the person still agrees to it."""
    return await run(request, REQUESTS, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/acknowledge", operation_id="acknowledgeServiceReferral")
async def acknowledge(ref: Ref, body: ask.AcknowledgeServiceReferral, caller: Calling, request: Request) -> Receipt:
    """Say that the request was seen."""
    return await run(request, REQUESTS, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/accept", operation_id="acceptServiceReferral")
async def accept(ref: Ref, body: ask.AcceptServiceReferral, caller: Calling, request: Request) -> Receipt:
    """Say that the service will be given."""
    return await run(request, REQUESTS, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/reject", operation_id="rejectServiceReferral")
async def reject(ref: Ref, body: ask.RejectServiceReferral, caller: Calling, request: Request) -> Receipt:
    """Say that the service will not be given."""
    return await run(request, REQUESTS, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/complete", operation_id="completeServiceReferral")
async def complete(ref: Ref, body: ask.CompleteServiceReferral, caller: Calling, request: Request) -> Receipt:
    """Say that the service was given in full."""
    return await run(request, REQUESTS, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/end", operation_id="endServiceReferral")
async def end(ref: Ref, body: ask.EndServiceReferral, caller: Calling, request: Request) -> Receipt:
    """Say that the service ended early."""
    return await run(request, REQUESTS, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/revoke", operation_id="revokeServiceReferral")
async def revoke(ref: Ref, body: ask.RevokeServiceReferral, caller: Calling, request: Request) -> Receipt:
    """Take the request back."""
    return await run(request, REQUESTS, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/acknowledge-withdrawal", operation_id="acknowledgeWithdrawal")
async def acknowledge_withdrawal(
    ref: Ref, body: ask.AcknowledgeWithdrawal, caller: Calling, request: Request
) -> Receipt:
    """Say that you know: nothing more may be shared, and what the help does not need is not kept."""
    return await run(request, REQUESTS, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/correct", operation_id="correctServiceReferral")
async def correct(ref: Ref, body: ask.CorrectServiceReferral, caller: Calling, request: Request) -> Receipt:
    """Put right a request that nobody has accepted yet."""
    return await run(request, REQUESTS, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/void", operation_id="voidServiceReferral")
async def void(ref: Ref, body: ask.VoidServiceReferral, caller: Calling, request: Request) -> Receipt:
    """Take back a request recorded in error."""
    return await run(request, REQUESTS, caller, body, ref=ref)


@router.post("/service-referrals/{ref}/deliveries", operation_id="deliverService", status_code=201)
async def deliver(ref: Ref, body: ask.DeliverService, caller: Calling, request: Request) -> Receipt:
    """Record what was given on a day."""
    return await run(request, REQUESTS, caller, body, ref=ref, delivery_ref=request.ref(body.ref))


@router.get("/deliveries", operation_id="listDeliveries")
async def deliveries(
    caller: Calling,
    request: Request,
    asked: Annotated[queries.DeliveryFilters, filters(queries.DeliveryFilters)],
    page: Paging,
) -> Page[DeliveryRead]:
    """List what was given, oldest entry first; `day` and `month` are when."""
    return await show(request, queries.deliveries, caller, page=page, asked=asked)


@router.get("/service-referrals/{ref}", operation_id="readServiceReferral")
async def read(ref: Ref, caller: Calling, request: Request) -> ServiceReferralRead:
    """Read one."""
    return await show(request, queries.read, caller, ref=ref)


@router.get("/service-referrals", operation_id="listServiceReferrals")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[ServiceReferralRead]:
    """List them, oldest first; `timing` and `withdrawal` say how their day to answer, or to know, stands on `as_of`."""
    return await show(request, queries.listing, caller, page=page, asked=asked)
