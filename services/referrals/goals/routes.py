"""The HTTP API of goals."""

from typing import Annotated

from services.referrals.goals import commands as ask
from services.referrals.goals import queries
from services.referrals.goals.handlers import GOALS
from services.referrals.goals.schemas import GoalRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/referrals/v1", tags=["goals"])


@router.post("/goals", operation_id="setGoal", status_code=201)
async def set_goal(body: ask.SetGoal, caller: Calling, request: Request) -> Receipt:
    """Add a goal to a plan."""
    return await run(request, GOALS, caller, body, ref=request.ref(body.ref))


@router.post("/goals/{ref}/end", operation_id="endGoal")
async def end(ref: Ref, body: ask.EndGoal, caller: Calling, request: Request) -> Receipt:
    """Say how the goal ended."""
    return await run(request, GOALS, caller, body, ref=ref)


@router.post("/goals/{ref}/correct", operation_id="correctGoal")
async def correct(ref: Ref, body: ask.CorrectGoal, caller: Calling, request: Request) -> Receipt:
    """Put right what was recorded of the goal."""
    return await run(request, GOALS, caller, body, ref=ref)


@router.post("/goals/{ref}/void", operation_id="voidGoal")
async def void(ref: Ref, body: ask.VoidGoal, caller: Calling, request: Request) -> Receipt:
    """Take back a goal recorded in error."""
    return await run(request, GOALS, caller, body, ref=ref)


@router.get("/goals/{ref}", operation_id="readGoal")
async def read(ref: Ref, caller: Calling, request: Request) -> GoalRead:
    """Read one."""
    return await show(request, queries.read, caller, ref=ref)


@router.get("/goals", operation_id="listGoals")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[GoalRead]:
    """List them, oldest first; `day` and `month` are when they are due."""
    return await show(request, queries.listing, caller, page=page, asked=asked)
