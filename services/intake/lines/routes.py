"""The HTTP edge of lines. They are announced and reconciled with their hand-over, and read here."""

from typing import Annotated

from services.intake.lines import commands as ask
from services.intake.lines import queries
from services.intake.lines.handlers import LINES
from services.intake.lines.schemas import LineRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/intake/v1", tags=["lines"])


@router.post("/lines/{ref}/correct", operation_id="correctLine")
async def correct(ref: Ref, body: ask.CorrectLine, caller: Calling, request: Request) -> Receipt:
    return await run(request, LINES, caller, body, ref=ref)


@router.post("/lines/{ref}/void", operation_id="voidLine")
async def void(ref: Ref, body: ask.VoidLine, caller: Calling, request: Request) -> Receipt:
    return await run(request, LINES, caller, body, ref=ref)


@router.get("/lines/{ref}", operation_id="readLine")
async def read(ref: Ref, caller: Calling, request: Request) -> LineRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/lines", operation_id="listLines")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[LineRead]:
    return await show(request, queries.listing, caller, page=page, asked=asked)
