"""The HTTP API of applications: one endpoint per command, one to read, one to list."""

from typing import Annotated

from services.grants.applications import commands as ask
from services.grants.applications import queries
from services.grants.applications.handlers import APPLICATIONS
from services.grants.applications.schemas import ApplicationRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import Calling, Page, Paging, Receipt, Request, run, show
from shared.web.strict import Router

router = Router(prefix="/grants/v1", tags=["applications"])


@router.post("/applications", operation_id="draftApplication", status_code=201)
async def draft(body: ask.DraftApplication, caller: Calling, request: Request) -> Receipt:
    """Begin an application."""
    return await run(request, APPLICATIONS, caller, body, ref=request.ref(body.ref))


@router.post("/applications/{ref}/correct", operation_id="correctApplication")
async def correct(ref: Ref, body: ask.CorrectApplication, caller: Calling, request: Request) -> Receipt:
    """Change the plan before it is handed in."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/submit", operation_id="submitApplication")
async def submit(ref: Ref, body: ask.SubmitApplication, caller: Calling, request: Request) -> Receipt:
    """Hand the plan in."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/assign", operation_id="assignStaff")
async def assign(ref: Ref, body: ask.AssignStaff, caller: Calling, request: Request) -> Receipt:
    """Give somebody a part."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/release", operation_id="releaseStaff")
async def release(ref: Ref, body: ask.ReleaseStaff, caller: Calling, request: Request) -> Receipt:
    """End somebody's part."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/except-holder", operation_id="exceptHolder")
async def except_holder(ref: Ref, body: ask.ExceptHolder, caller: Calling, request: Request) -> Receipt:
    """Sign, as one of two, that a caregiver under suspicion may hold the grant."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/check-eligibility", operation_id="checkEligibility")
async def check_eligibility(ref: Ref, body: ask.CheckEligibility, caller: Calling, request: Request) -> Receipt:
    """State what the application stands on."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/assess", operation_id="assessApplication")
async def assess(ref: Ref, body: ask.AssessApplication, caller: Calling, request: Request) -> Receipt:
    """Judge the plan."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/send-to-committee", operation_id="sendToCommittee")
async def send_to_committee(ref: Ref, body: ask.SendToCommittee, caller: Calling, request: Request) -> Receipt:
    """Seat the committee."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/vote", operation_id="castVote")
async def vote(ref: Ref, body: ask.CastVote, caller: Calling, request: Request) -> Receipt:
    """Vote under one's own identity."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/approve", operation_id="approveApplication")
async def approve(ref: Ref, body: ask.ApproveApplication, caller: Calling, request: Request) -> Receipt:
    """Record that the vote was carried."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/request-revision", operation_id="requestRevision")
async def request_revision(ref: Ref, body: ask.RequestRevision, caller: Calling, request: Request) -> Receipt:
    """Record that the plan must change."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/reject", operation_id="rejectApplication")
async def reject(ref: Ref, body: ask.RejectApplication, caller: Calling, request: Request) -> Receipt:
    """Record that the vote was lost."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/defer", operation_id="deferApplication")
async def defer(ref: Ref, body: ask.DeferApplication, caller: Calling, request: Request) -> Receipt:
    """Record that there is no money now."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/sign-agreement", operation_id="signAgreement")
async def sign_agreement(ref: Ref, body: ask.SignAgreement, caller: Calling, request: Request) -> Receipt:
    """The agreement was read aloud and signed."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/suspend", operation_id="suspendApplication")
async def suspend(ref: Ref, body: ask.SuspendApplication, caller: Calling, request: Request) -> Receipt:
    """Pay nothing until people have talked."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/resume", operation_id="resumeApplication")
async def resume(ref: Ref, body: ask.ResumeApplication, caller: Calling, request: Request) -> Receipt:
    """Let it go on."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/complete", operation_id="completeApplication")
async def complete(ref: Ref, body: ask.CompleteApplication, caller: Calling, request: Request) -> Receipt:
    """The grant has done what it was for."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/terminate", operation_id="terminateApplication")
async def terminate(ref: Ref, body: ask.TerminateApplication, caller: Calling, request: Request) -> Receipt:
    """End the grant early."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/cancel", operation_id="cancelApplication")
async def cancel(ref: Ref, body: ask.CancelApplication, caller: Calling, request: Request) -> Receipt:
    """The applicant no longer wants it."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.post("/applications/{ref}/void", operation_id="voidApplication")
async def void(ref: Ref, body: ask.VoidApplication, caller: Calling, request: Request) -> Receipt:
    """Take back an application entered in error."""
    return await run(request, APPLICATIONS, caller, body, ref=ref)


@router.get("/applications/{ref}", operation_id="readApplication")
async def read(ref: Ref, caller: Calling, request: Request) -> ApplicationRead:
    """Read one."""
    return await show(request, queries.read, caller, ref=ref)


@router.get("/applications", operation_id="listApplications")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[ApplicationRead]:
    """List them, oldest first unless asked otherwise."""
    return await show(request, queries.listing, caller, page=page, asked=asked)
