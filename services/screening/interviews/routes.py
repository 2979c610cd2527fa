"""The HTTP edge of interviews."""

from typing import Annotated

from fastapi import Path

from services.screening.interviews import commands as ask
from services.screening.interviews import queries
from services.screening.interviews.handlers import INTERVIEWS
from services.screening.interviews.schemas import AnswersRead, FormRead, InterviewRead
from shared.ids import Ref
from shared.web.filters import filters
from shared.web.requests import (
    BulkReceipt,
    Calling,
    Page,
    Paging,
    Receipt,
    Request,
    run,
    run_lines,
    show,
)
from shared.web.strict import Router

router = Router(prefix="/screening/v1", tags=["interviews"])
Version = Annotated[str, Path(pattern=r"^[0-9]{4}\.[0-9]{1,3}$")]


@router.post("/interviews", status_code=201, operation_id="openInterview")
async def open_interview(body: ask.OpenInterview, caller: Calling, request: Request) -> Receipt:
    return await run(request, INTERVIEWS, caller, body, ref=request.ref(body.ref))


@router.post("/interviews/{ref}/assign", operation_id="assignInterview")
async def assign(ref: Ref, body: ask.AssignInterview, caller: Calling, request: Request) -> Receipt:
    return await run(request, INTERVIEWS, caller, body, ref=ref)


@router.post("/interviews/{ref}/release", operation_id="releaseInterview")
async def release(ref: Ref, body: ask.ReleaseInterview, caller: Calling, request: Request) -> Receipt:
    return await run(request, INTERVIEWS, caller, body, ref=ref)


@router.post("/interviews/{ref}/start", operation_id="startInterview")
async def start(ref: Ref, body: ask.StartInterview, caller: Calling, request: Request) -> Receipt:
    return await run(request, INTERVIEWS, caller, body, ref=ref)


@router.post("/interviews/{ref}/answers", operation_id="recordAnswers")
async def record_answers(ref: Ref, body: ask.RecordAnswers, caller: Calling, request: Request) -> BulkReceipt:
    return await run_lines(request, INTERVIEWS, caller, body, ref=ref)


@router.post("/interviews/{ref}/pause", operation_id="pauseInterview")
async def pause(ref: Ref, body: ask.PauseInterview, caller: Calling, request: Request) -> Receipt:
    return await run(request, INTERVIEWS, caller, body, ref=ref)


@router.post("/interviews/{ref}/resume", operation_id="resumeInterview")
async def resume(ref: Ref, body: ask.ResumeInterview, caller: Calling, request: Request) -> Receipt:
    return await run(request, INTERVIEWS, caller, body, ref=ref)


@router.post("/interviews/{ref}/complete", operation_id="completeInterview")
async def complete(ref: Ref, body: ask.CompleteInterview, caller: Calling, request: Request) -> Receipt:
    return await run(request, INTERVIEWS, caller, body, ref=ref)


@router.post("/interviews/{ref}/refuse", operation_id="refuseInterview")
async def refuse(ref: Ref, body: ask.RefuseInterview, caller: Calling, request: Request) -> Receipt:
    return await run(request, INTERVIEWS, caller, body, ref=ref)


@router.post("/interviews/{ref}/stop", operation_id="stopInterview")
async def stop(ref: Ref, body: ask.StopInterview, caller: Calling, request: Request) -> Receipt:
    return await run(request, INTERVIEWS, caller, body, ref=ref)


@router.post("/interviews/{ref}/correct", operation_id="correctInterview")
async def correct(ref: Ref, body: ask.CorrectInterview, caller: Calling, request: Request) -> Receipt:
    return await run(request, INTERVIEWS, caller, body, ref=ref)


@router.post("/interviews/{ref}/void", operation_id="voidInterview")
async def void(ref: Ref, body: ask.VoidInterview, caller: Calling, request: Request) -> Receipt:
    return await run(request, INTERVIEWS, caller, body, ref=ref)


@router.get("/interviews/{ref}", operation_id="readInterview")
async def read(ref: Ref, caller: Calling, request: Request) -> InterviewRead:
    return await show(request, queries.read, caller, ref=ref)


@router.get("/interviews/{ref}/answers", operation_id="readAnswers")
async def answers(ref: Ref, caller: Calling, request: Request) -> AnswersRead:
    return await show(request, queries.answers, caller, ref=ref)


@router.get("/interviews", operation_id="listInterviews")
async def listing(
    caller: Calling, request: Request, asked: Annotated[queries.Filters, filters(queries.Filters)], page: Paging
) -> Page[InterviewRead]:
    return await show(request, queries.listing, caller, page=page, asked=asked)


@router.get("/forms/{version}", operation_id="readForm")
async def form(version: Version, caller: Calling, request: Request) -> FormRead:
    return await show(request, queries.form, caller, version=version)
