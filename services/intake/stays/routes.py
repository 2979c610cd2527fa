"""The HTTP edge of stays."""

from services.intake.stays import domain, handlers, queries
from services.intake.stays.domain import Status
from services.intake.stays.schemas import StayRead
from shared.ids import CaseRef, OrganisationRef, Ref
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/intake/v1", tags=["stays"])


@router.post("/stays/expect", status_code=201, operation_id="expectStay")
async def expect(body: domain.ExpectStay, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.expect, caller, body, ref=request.ref(body.ref))


@router.post("/stays/admit", status_code=201, operation_id="admitStay")
async def admit(body: domain.AdmitStay, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.admit, caller, body, ref=request.ref(body.ref))


@router.post("/stays/{ref}/check-urgent-needs", operation_id="checkUrgentNeeds")
async def check_urgent_needs(ref: Ref, body: domain.CheckUrgentNeeds, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.check_urgent_needs, caller, body, ref=ref)


@router.post("/stays/{ref}/arrange-travel", operation_id="arrangeTravel")
async def arrange_travel(ref: Ref, body: domain.ArrangeTravel, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.arrange_travel, caller, body, ref=ref)


@router.post("/stays/{ref}/depart", operation_id="depart")
async def depart(ref: Ref, body: domain.Depart, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.depart, caller, body, ref=ref)


@router.post("/stays/{ref}/hand-over", operation_id="handOver")
async def hand_over(ref: Ref, body: domain.HandOver, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.hand_over, caller, body, ref=ref)


@router.post("/stays/{ref}/leave-early", operation_id="leaveEarly")
async def leave_early(ref: Ref, body: domain.LeaveEarly, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.leave_early, caller, body, ref=ref)


@router.post("/stays/{ref}/report-missing", operation_id="reportMissing")
async def report_missing(ref: Ref, body: domain.ReportMissing, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.report_missing, caller, body, ref=ref)


@router.post("/stays/{ref}/report-found", operation_id="reportFound")
async def report_found(ref: Ref, body: domain.ReportFound, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.report_found, caller, body, ref=ref)


@router.post("/stays/{ref}/correct", operation_id="correctStay")
async def correct(ref: Ref, body: domain.CorrectStay, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.correct, caller, body, ref=ref)


@router.post("/stays/{ref}/void", operation_id="voidStay")
async def void(ref: Ref, body: domain.VoidStay, caller: Calling, request: Request) -> Receipt:
    return await run(request, handlers.void, caller, body, ref=ref)


@router.get("/stays/{ref}", operation_id="readStay")
async def read(ref: Ref, caller: Calling, request: Request) -> StayRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/stays", operation_id="listStays")
async def listing(
    caller: Calling,
    request: Request,
    page: Paging,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
    organisation_ref: OrganisationRef | None = None,
) -> Page[StayRead]:
    return await show(
        request, queries.listing, caller, page=page, status=status, case_ref=case_ref, organisation_ref=organisation_ref
    )
