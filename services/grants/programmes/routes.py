"""The HTTP API of programmes: one endpoint per command, one to read, one to list."""

from typing import Annotated

from services.grants.programmes import commands as ask
from services.grants.programmes import queries
from services.grants.programmes.handlers import PROGRAMMES
from services.grants.programmes.schemas import ProgrammeRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/grants/v1", tags=["programmes"])


@router.post("/programmes", operation_id="openProgramme", status_code=201)
async def open_programme(body: ask.OpenProgramme, caller: Calling, request: Request) -> Receipt:
    """Open a programme with its budget."""
    return await run(request, PROGRAMMES, caller, body, ref=request.ref(body.ref))


@router.post("/programmes/{ref}/correct", operation_id="correctProgramme")
async def correct(ref: Ref, body: ask.CorrectProgramme, caller: Calling, request: Request) -> Receipt:
    """Put right name, budget or terms."""
    return await run(request, PROGRAMMES, caller, body, ref=ref)


@router.post("/programmes/{ref}/close", operation_id="closeProgramme")
async def close(ref: Ref, body: ask.CloseProgramme, caller: Calling, request: Request) -> Receipt:
    """Approve nothing more."""
    return await run(request, PROGRAMMES, caller, body, ref=ref)


@router.post("/programmes/{ref}/void", operation_id="voidProgramme")
async def void(ref: Ref, body: ask.VoidProgramme, caller: Calling, request: Request) -> Receipt:
    """Take back a programme entered in error."""
    return await run(request, PROGRAMMES, caller, body, ref=ref)


@router.get("/programmes/{ref}", operation_id="readProgramme")
async def read(ref: Ref, caller: Calling, request: Request) -> ProgrammeRead:
    """Read one."""
    return await show(request, queries.read, caller, ref=ref)


@router.get("/programmes", operation_id="listProgrammes")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[ProgrammeRead]:
    """List them, oldest first unless asked otherwise."""
    return await show(request, queries.listing, caller, page=page, asked=asked)
