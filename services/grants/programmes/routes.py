"""The HTTP API of programmes: one endpoint per command, one to read, one to list."""

from fastapi import APIRouter

from services.grants.programmes import domain, handlers, queries
from services.grants.programmes.domain import Status
from services.grants.programmes.schemas import ProgrammeRead
from shared.ids import Ref
from shared.web.requests import Calling, Page, Paging, Receipt, Work, run, show

router = APIRouter(prefix="/grants/v1", tags=["programmes"])


@router.post("/programmes", operation_id="openProgramme", status_code=201)
async def open_programme(body: domain.OpenProgramme, caller: Calling, unit: Work) -> Receipt:
    """Open a programme with its budget."""
    return await run(unit, handlers.open_programme, caller, body, ref=unit.ref(body.ref))


@router.post("/programmes/{ref}/correct", operation_id="correctProgramme")
async def correct(ref: Ref, body: domain.CorrectProgramme, caller: Calling, unit: Work) -> Receipt:
    """Put right name, budget or terms."""
    return await run(unit, handlers.correct, caller, body, ref=ref)


@router.post("/programmes/{ref}/close", operation_id="closeProgramme")
async def close(ref: Ref, body: domain.CloseProgramme, caller: Calling, unit: Work) -> Receipt:
    """Approve nothing more."""
    return await run(unit, handlers.close, caller, body, ref=ref)


@router.post("/programmes/{ref}/void", operation_id="voidProgramme")
async def void(ref: Ref, body: domain.VoidProgramme, caller: Calling, unit: Work) -> Receipt:
    """Take back a programme entered in error."""
    return await run(unit, handlers.void, caller, body, ref=ref)


@router.get("/programmes/{ref}", operation_id="readProgramme")
async def read(ref: Ref, caller: Calling, unit: Work) -> ProgrammeRead:
    """Read one."""
    return await show(unit, queries.read, caller, ref=ref)


@router.get("/programmes", operation_id="listProgrammes")
async def listing(
    caller: Calling,
    unit: Work,
    page: Paging,
    status: Status | None = None,
) -> Page[ProgrammeRead]:
    """List them, oldest first."""
    return await show(unit, queries.listing, caller, page=page, status=status)
