"""The HTTP API of proposals: what one directory steward proposes and another confirms."""

from typing import Annotated

from services.referrals.proposals import commands as ask
from services.referrals.proposals import queries
from services.referrals.proposals.handlers import PROPOSALS
from services.referrals.proposals.schemas import ProposalRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/referrals/v1", tags=["proposals of directory stewards"])


@router.post("/proposals/registration", operation_id="proposeRegistration", status_code=201)
async def registration(body: ask.ProposeRegistration, caller: Calling, request: Request) -> Receipt:
    """Propose to register an organisation of a kind with authority."""
    return await run(request, PROPOSALS, caller, body, ref=request.ref(body.ref))


@router.post("/proposals/correction", operation_id="proposeCorrection", status_code=201)
async def correction(body: ask.ProposeCorrection, caller: Calling, request: Request) -> Receipt:
    """Propose to put right what the directory says of a body of state, or that an organisation is one."""
    return await run(request, PROPOSALS, caller, body, ref=request.ref(body.ref))


@router.post("/proposals/standing", operation_id="proposeStanding", status_code=201)
async def standing(body: ask.ProposeStanding, caller: Calling, request: Request) -> Receipt:
    """Propose to suspend, reinstate, close or take back a body of state."""
    return await run(request, PROPOSALS, caller, body, ref=request.ref(body.ref))


@router.post("/proposals/appointment", operation_id="proposeAppointment", status_code=201)
async def appointment(body: ask.ProposeAppointment, caller: Calling, request: Request) -> Receipt:
    """Propose somebody as a directory steward."""
    return await run(request, PROPOSALS, caller, body, ref=request.ref(body.ref))


@router.post("/proposals/removal", operation_id="proposeRemoval", status_code=201)
async def removal(body: ask.ProposeRemoval, caller: Calling, request: Request) -> Receipt:
    """Propose that a directory steward no longer is one."""
    return await run(request, PROPOSALS, caller, body, ref=request.ref(body.ref))


@router.post("/proposals/{ref}/confirm", operation_id="confirmProposal")
async def confirm(ref: Ref, body: ask.ConfirmProposal, caller: Calling, request: Request) -> Receipt:
    """Agree, as a second steward: it holds from now on."""
    return await run(request, PROPOSALS, caller, body, ref=ref)


@router.post("/proposals/{ref}/decline", operation_id="declineProposal")
async def decline(ref: Ref, body: ask.DeclineProposal, caller: Calling, request: Request) -> Receipt:
    """Do not agree, as a second steward."""
    return await run(request, PROPOSALS, caller, body, ref=ref)


@router.post("/proposals/{ref}/withdraw", operation_id="withdrawProposal")
async def withdraw(ref: Ref, body: ask.WithdrawProposal, caller: Calling, request: Request) -> Receipt:
    """Take back what one has proposed oneself."""
    return await run(request, PROPOSALS, caller, body, ref=ref)


@router.get("/proposals/{ref}", operation_id="readProposal")
async def read(ref: Ref, caller: Calling, request: Request) -> ProposalRead:
    """Read one."""
    return await show(request, queries.read, caller, ref=ref)


@router.get("/proposals", operation_id="listProposals")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[ProposalRead]:
    """List them, oldest first."""
    return await show(request, queries.listing, caller, page=page, asked=asked)
