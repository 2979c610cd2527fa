"""The HTTP API of plans."""

from typing import Annotated

from services.referrals.plans import commands as ask
from services.referrals.plans import queries
from services.referrals.plans.handlers import PLANS
from services.referrals.plans.schemas import PlanRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/referrals/v1", tags=["plans"])


@router.post("/plans", operation_id="openPlan", status_code=201)
async def open_plan(body: ask.OpenPlan, caller: Calling, request: Request) -> Receipt:
    """Open the plan of a case."""
    return await run(request, PLANS, caller, body, ref=request.ref(body.ref))


@router.post("/plans/{ref}/assign", operation_id="assignPlan")
async def assign(ref: Ref, body: ask.AssignPlan, caller: Calling, request: Request) -> Receipt:
    """Give the plan to somebody."""
    return await run(request, PLANS, caller, body, ref=ref)


@router.post("/plans/{ref}/release", operation_id="releasePlan")
async def release(ref: Ref, body: ask.ReleasePlan, caller: Calling, request: Request) -> Receipt:
    """Somebody no longer works on the plan."""
    return await run(request, PLANS, caller, body, ref=ref)


@router.post("/plans/{ref}/agree", operation_id="agreePlan")
async def agree(ref: Ref, body: ask.AgreePlan, caller: Calling, request: Request) -> Receipt:
    """Record who signed the plan."""
    return await run(request, PLANS, caller, body, ref=ref)


@router.post("/plans/{ref}/begin", operation_id="beginPlan")
async def begin(ref: Ref, body: ask.BeginPlan, caller: Calling, request: Request) -> Receipt:
    """Start the agreed work."""
    return await run(request, PLANS, caller, body, ref=ref)


@router.post("/plans/{ref}/close", operation_id="closePlan")
async def close(ref: Ref, body: ask.ClosePlan, caller: Calling, request: Request) -> Receipt:
    """Close the plan, and with it the case."""
    return await run(request, PLANS, caller, body, ref=ref)


@router.post("/plans/{ref}/reopen", operation_id="reopenPlan")
async def reopen(ref: Ref, body: ask.ReopenPlan, caller: Calling, request: Request) -> Receipt:
    """Open a closed plan again."""
    return await run(request, PLANS, caller, body, ref=ref)


@router.post("/plans/{ref}/correct", operation_id="correctPlan")
async def correct(ref: Ref, body: ask.CorrectPlan, caller: Calling, request: Request) -> Receipt:
    """Put right the day on which the plan opened."""
    return await run(request, PLANS, caller, body, ref=ref)


@router.post("/plans/{ref}/void", operation_id="voidPlan")
async def void(ref: Ref, body: ask.VoidPlan, caller: Calling, request: Request) -> Receipt:
    """Take back a plan opened in error."""
    return await run(request, PLANS, caller, body, ref=ref)


@router.get("/plans/{ref}", operation_id="readPlan")
async def read(ref: Ref, caller: Calling, request: Request) -> PlanRead:
    """Read one."""
    return await show(request, queries.read, caller, ref=ref)


@router.get("/plans", operation_id="listPlans")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[PlanRead]:
    """List them, oldest first; `day` and `month` are when they were opened."""
    return await show(request, queries.listing, caller, page=page, asked=asked)
