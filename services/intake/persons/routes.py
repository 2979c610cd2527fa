"""The HTTP edge of people."""

from typing import Annotated

from services.intake.persons import commands as ask
from services.intake.persons import queries
from services.intake.persons.handlers import PERSONS
from services.intake.persons.schemas import PersonRead, PersonsNamed
from shared.given import GivenDay
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/intake/v1", tags=["persons"])


@router.post("/persons", status_code=201, operation_id="registerPerson")
async def register(body: ask.RegisterPerson, caller: Calling, request: Request) -> Receipt:
    return await run(request, PERSONS, caller, body, ref=request.ref(body.ref))


@router.post("/persons/{ref}/correct", operation_id="correctPerson")
async def correct(ref: Ref, body: ask.CorrectPerson, caller: Calling, request: Request) -> Receipt:
    return await run(request, PERSONS, caller, body, ref=ref)


@router.post("/persons/{ref}/void", operation_id="voidPerson")
async def void(ref: Ref, body: ask.VoidPerson, caller: Calling, request: Request) -> Receipt:
    return await run(request, PERSONS, caller, body, ref=ref)


@router.post("/persons/lookup", operation_id="lookUpPersons")
async def look_up(body: ask.LookUpPersons, caller: Calling, request: Request) -> PersonsNamed:
    return await show(request, queries.look_up, caller, asked=body)


@router.get("/persons/{ref}", operation_id="readPerson")
async def read(ref: Ref, caller: Calling, request: Request, as_of: GivenDay | None = None) -> PersonRead:
    return await show(request, queries.read, caller, ref=ref, as_of=as_of)


@router.get("/persons", operation_id="listPersons")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[PersonRead]:
    return await show(request, queries.listing, caller, page=page, asked=asked)
