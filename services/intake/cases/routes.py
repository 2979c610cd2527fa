"""The HTTP edge of cases. A case is closed by its plan's end, not by a client."""

from fastapi import APIRouter

from services.intake.cases import domain, handlers, queries
from services.intake.cases.domain import Status
from services.intake.cases.schemas import CaseRead
from shared.ids import HandoverRef, HouseholdRef, OrganisationRef, PersonRef, Ref
from shared.web.requests import Calling, Page, Paging, Receipt, Work, run, show

router = APIRouter(prefix="/intake/v1", tags=["cases"])


@router.post("/cases", status_code=201, operation_id="openCase")
async def open_case(body: domain.OpenCase, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.open_case, caller, body, ref=unit.ref(body.ref))


@router.post("/cases/{ref}/assign", operation_id="assignCase")
async def assign(ref: Ref, body: domain.AssignCase, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.assign, caller, body, ref=ref)


@router.post("/cases/{ref}/release", operation_id="releaseCase")
async def release(ref: Ref, body: domain.ReleaseCase, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.release, caller, body, ref=ref)


@router.post("/cases/{ref}/evaluate-age", operation_id="evaluateAge")
async def evaluate_age(ref: Ref, body: domain.EvaluateAge, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.evaluate_age, caller, body, ref=ref)


@router.post("/cases/{ref}/reopen", operation_id="reopenCase")
async def reopen(ref: Ref, body: domain.ReopenCase, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.reopen, caller, body, ref=ref)


@router.post("/cases/{ref}/correct", operation_id="correctCase")
async def correct(ref: Ref, body: domain.CorrectCase, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.correct, caller, body, ref=ref)


@router.post("/cases/{ref}/void", operation_id="voidCase")
async def void(ref: Ref, body: domain.VoidCase, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.void, caller, body, ref=ref)


@router.get("/cases/{ref}", operation_id="readCase")
async def read(ref: Ref, caller: Calling, unit: Work) -> CaseRead:
    return await show(unit, queries.read, caller, ref=ref)


@router.get("/cases", operation_id="listCases")
async def listing(
    caller: Calling,
    unit: Work,
    page: Paging,
    status: Status | None = None,
    person_ref: PersonRef | None = None,
    handover_ref: HandoverRef | None = None,
    household_ref: HouseholdRef | None = None,
    organisation_ref: OrganisationRef | None = None,
    case_number: str | None = None,
) -> Page[CaseRead]:
    return await show(
        unit,
        queries.listing,
        caller,
        page=page,
        status=status,
        person_ref=person_ref,
        handover_ref=handover_ref,
        household_ref=household_ref,
        organisation_ref=organisation_ref,
        case_number=case_number,
    )
