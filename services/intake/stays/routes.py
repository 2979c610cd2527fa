"""The HTTP edge of stays."""

from typing import Annotated

from services.intake.stays import commands as ask
from services.intake.stays import queries
from services.intake.stays.handlers import STAYS
from services.intake.stays.schemas import StayRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/intake/v1", tags=["stays"])


@router.post("/stays/expect", status_code=201, operation_id="expectStay")
async def expect(body: ask.ExpectStay, caller: Calling, request: Request) -> Receipt:
    return await run(request, STAYS, caller, body, ref=request.ref(body.ref))


@router.post("/stays/admit", status_code=201, operation_id="admitStay")
async def admit(body: ask.AdmitStay, caller: Calling, request: Request) -> Receipt:
    return await run(request, STAYS, caller, body, ref=request.ref(body.ref))


@router.post("/stays/{ref}/check-urgent-needs", operation_id="checkUrgentNeeds")
async def check_urgent_needs(ref: Ref, body: ask.CheckUrgentNeeds, caller: Calling, request: Request) -> Receipt:
    return await run(request, STAYS, caller, body, ref=ref)


@router.post("/stays/{ref}/arrange-travel", operation_id="arrangeTravel")
async def arrange_travel(ref: Ref, body: ask.ArrangeTravel, caller: Calling, request: Request) -> Receipt:
    return await run(request, STAYS, caller, body, ref=ref)


@router.post("/stays/{ref}/depart", operation_id="depart")
async def depart(ref: Ref, body: ask.Depart, caller: Calling, request: Request) -> Receipt:
    return await run(request, STAYS, caller, body, ref=ref)


@router.post("/stays/{ref}/hand-over", operation_id="handOver")
async def hand_over(ref: Ref, body: ask.HandOver, caller: Calling, request: Request) -> Receipt:
    return await run(request, STAYS, caller, body, ref=ref)


@router.post("/stays/{ref}/leave-early", operation_id="leaveEarly")
async def leave_early(ref: Ref, body: ask.LeaveEarly, caller: Calling, request: Request) -> Receipt:
    return await run(request, STAYS, caller, body, ref=ref)


@router.post("/stays/{ref}/report-missing", operation_id="reportMissing")
async def report_missing(ref: Ref, body: ask.ReportMissing, caller: Calling, request: Request) -> Receipt:
    return await run(request, STAYS, caller, body, ref=ref)


@router.post("/stays/{ref}/report-found", operation_id="reportFound")
async def report_found(ref: Ref, body: ask.ReportFound, caller: Calling, request: Request) -> Receipt:
    return await run(request, STAYS, caller, body, ref=ref)


@router.post("/stays/{ref}/correct", operation_id="correctStay")
async def correct(ref: Ref, body: ask.CorrectStay, caller: Calling, request: Request) -> Receipt:
    return await run(request, STAYS, caller, body, ref=ref)


@router.post("/stays/{ref}/void", operation_id="voidStay")
async def void(ref: Ref, body: ask.VoidStay, caller: Calling, request: Request) -> Receipt:
    return await run(request, STAYS, caller, body, ref=ref)


@router.get("/stays/{ref}", operation_id="readStay")
async def read(ref: Ref, caller: Calling, request: Request) -> StayRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/stays", operation_id="listStays")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[StayRead]:
    return await show(request, queries.listing, caller, page=page, asked=asked)
