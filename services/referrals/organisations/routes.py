"""The HTTP API of the directory."""

from typing import Annotated

from services.referrals.organisations import commands as ask
from services.referrals.organisations import queries
from services.referrals.organisations.handlers import ORGANISATIONS
from services.referrals.organisations.schemas import OrganisationRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/referrals/v1", tags=["organisations"])


@router.post("/organisations", operation_id="registerOrganisation", status_code=201)
async def register(body: ask.RegisterOrganisation, caller: Calling, request: Request) -> Receipt:
    """Put an organisation into the directory."""
    return await run(request, ORGANISATIONS, caller, body, ref=request.ref(body.ref))


@router.post("/organisations/{ref}/change-capacity", operation_id="changeCapacity")
async def change_capacity(ref: Ref, body: ask.ChangeCapacity, caller: Calling, request: Request) -> Receipt:
    """Say how many places a service has now."""
    return await run(request, ORGANISATIONS, caller, body, ref=ref)


@router.post("/organisations/{ref}/suspend", operation_id="suspendOrganisation")
async def suspend(ref: Ref, body: ask.SuspendOrganisation, caller: Calling, request: Request) -> Receipt:
    """Refer nobody there for now."""
    return await run(request, ORGANISATIONS, caller, body, ref=ref)


@router.post("/organisations/{ref}/reinstate", operation_id="reinstateOrganisation")
async def reinstate(ref: Ref, body: ask.ReinstateOrganisation, caller: Calling, request: Request) -> Receipt:
    """Refer people there again."""
    return await run(request, ORGANISATIONS, caller, body, ref=ref)


@router.post("/organisations/{ref}/close", operation_id="closeOrganisation")
async def close(ref: Ref, body: ask.CloseOrganisation, caller: Calling, request: Request) -> Receipt:
    """The organisation no longer works."""
    return await run(request, ORGANISATIONS, caller, body, ref=ref)


@router.post("/organisations/{ref}/correct", operation_id="correctOrganisation")
async def correct(ref: Ref, body: ask.CorrectOrganisation, caller: Calling, request: Request) -> Receipt:
    """Put right what the directory says."""
    return await run(request, ORGANISATIONS, caller, body, ref=ref)


@router.post("/organisations/{ref}/void", operation_id="voidOrganisation")
async def void(ref: Ref, body: ask.VoidOrganisation, caller: Calling, request: Request) -> Receipt:
    """Take back an entry made in error."""
    return await run(request, ORGANISATIONS, caller, body, ref=ref)


@router.get("/organisations/{ref}", operation_id="readOrganisation")
async def read(ref: Ref, caller: Calling, request: Request) -> OrganisationRead:
    """Read one."""
    return await show(request, queries.read, caller, ref=ref)


@router.get("/organisations", operation_id="listOrganisations")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[OrganisationRead]:
    """List them, oldest first."""
    return await show(request, queries.listing, caller, page=page, asked=asked)
