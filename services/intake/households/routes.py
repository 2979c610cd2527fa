"""The HTTP edge of households."""

from typing import Annotated

from services.intake.households import commands as ask
from services.intake.households import queries
from services.intake.households.handlers import HOUSEHOLDS
from services.intake.households.schemas import HouseholdRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/intake/v1", tags=["households"])


@router.post("/households", status_code=201, operation_id="formHousehold")
async def form(body: ask.FormHousehold, caller: Calling, request: Request) -> Receipt:
    return await run(request, HOUSEHOLDS, caller, body, ref=request.ref(body.ref))


@router.post("/households/{ref}/add-member", operation_id="addMember")
async def add_member(ref: Ref, body: ask.AddMember, caller: Calling, request: Request) -> Receipt:
    return await run(request, HOUSEHOLDS, caller, body, ref=ref)


@router.post("/households/{ref}/remove-member", operation_id="removeMember")
async def remove_member(ref: Ref, body: ask.RemoveMember, caller: Calling, request: Request) -> Receipt:
    return await run(request, HOUSEHOLDS, caller, body, ref=ref)


@router.post("/households/{ref}/correct", operation_id="correctMember")
async def correct(ref: Ref, body: ask.CorrectMember, caller: Calling, request: Request) -> Receipt:
    return await run(request, HOUSEHOLDS, caller, body, ref=ref)


@router.post("/households/{ref}/void", operation_id="voidHousehold")
async def void(ref: Ref, body: ask.VoidHousehold, caller: Calling, request: Request) -> Receipt:
    return await run(request, HOUSEHOLDS, caller, body, ref=ref)


@router.get("/households/{ref}", operation_id="readHousehold")
async def read(ref: Ref, caller: Calling, request: Request) -> HouseholdRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/households", operation_id="listHouseholds")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[HouseholdRead]:
    return await show(request, queries.listing, caller, page=page, asked=asked)
