"""The HTTP API of plans."""

from fastapi import APIRouter

from services.referrals.plans import domain as ask
from services.referrals.plans import handlers, queries
from services.referrals.plans.domain import Status
from services.referrals.plans.schemas import PlanRead
from shared.ids import CaseRef, Ref
from shared.web.requests import Calling, Page, Paging, Receipt, Work, run, show

router = APIRouter(prefix="/referrals/v1", tags=["plans"])


@router.post("/plans", operation_id="openPlan", status_code=201)
async def open_plan(body: ask.OpenPlan, caller: Calling, unit: Work) -> Receipt:
    """Open the plan of a case."""
    return await run(unit, handlers.open_plan, caller, body, ref=unit.ref(body.ref))


@router.post("/plans/{ref}/assign", operation_id="assignPlan")
async def assign(ref: Ref, body: ask.AssignPlan, caller: Calling, unit: Work) -> Receipt:
    """Give the plan to somebody."""
    return await run(unit, handlers.assign, caller, body, ref=ref)


@router.post("/plans/{ref}/release", operation_id="releasePlan")
async def release(ref: Ref, body: ask.ReleasePlan, caller: Calling, unit: Work) -> Receipt:
    """Somebody no longer works on the plan."""
    return await run(unit, handlers.release, caller, body, ref=ref)


@router.post("/plans/{ref}/agree", operation_id="agreePlan")
async def agree(ref: Ref, body: ask.AgreePlan, caller: Calling, unit: Work) -> Receipt:
    """Record who signed the plan."""
    return await run(unit, handlers.agree, caller, body, ref=ref)


@router.post("/plans/{ref}/begin", operation_id="beginPlan")
async def begin(ref: Ref, body: ask.BeginPlan, caller: Calling, unit: Work) -> Receipt:
    """Start the agreed work."""
    return await run(unit, handlers.begin, caller, body, ref=ref)


@router.post("/plans/{ref}/close", operation_id="closePlan")
async def close(ref: Ref, body: ask.ClosePlan, caller: Calling, unit: Work) -> Receipt:
    """Close the plan, and with it the case."""
    return await run(unit, handlers.close, caller, body, ref=ref)


@router.post("/plans/{ref}/reopen", operation_id="reopenPlan")
async def reopen(ref: Ref, body: ask.ReopenPlan, caller: Calling, unit: Work) -> Receipt:
    """Open a closed plan again."""
    return await run(unit, handlers.reopen, caller, body, ref=ref)


@router.post("/plans/{ref}/correct", operation_id="correctPlan")
async def correct(ref: Ref, body: ask.CorrectPlan, caller: Calling, unit: Work) -> Receipt:
    """Put right the day on which the plan opened."""
    return await run(unit, handlers.correct, caller, body, ref=ref)


@router.post("/plans/{ref}/void", operation_id="voidPlan")
async def void(ref: Ref, body: ask.VoidPlan, caller: Calling, unit: Work) -> Receipt:
    """Take back a plan opened in error."""
    return await run(unit, handlers.void, caller, body, ref=ref)


@router.get("/plans/{ref}", operation_id="readPlan")
async def read(ref: Ref, caller: Calling, unit: Work) -> PlanRead:
    """Read one."""
    return await show(unit, queries.read, caller, ref=ref)


@router.get("/plans", operation_id="listPlans")
async def listing(
    *,
    caller: Calling,
    unit: Work,
    page: Paging,
    status: Status | None = None,
    case_ref: CaseRef | None = None,
) -> Page[PlanRead]:
    """List them, oldest first."""
    return await show(unit, queries.listing, caller, page=page, status=status, case_ref=case_ref)
