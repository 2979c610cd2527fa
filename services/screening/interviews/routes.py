"""The HTTP edge of interviews."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.screening.interviews import commands, handlers, queries
from services.screening.interviews.schemas import AnswersRead, FormRead, InterviewRead
from services.screening.interviews.state import Status
from shared.ids import CaseRef, Ref
from shared.web.requests import BulkReceipt, Calling, Page, Paging, Receipt, Work, run, run_lines, show

router = APIRouter(prefix="/screening/v1", tags=["interviews"])
Version = Annotated[str, Path(pattern=r"^\d{4}\.\d{1,3}$")]


@router.post("/interviews", status_code=201, operation_id="openInterview")
async def open_interview(body: commands.OpenInterview, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.open_interview, caller, body, ref=unit.ref(body.ref))


@router.post("/interviews/{ref}/assign", operation_id="assignInterview")
async def assign(ref: Ref, body: commands.AssignInterview, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.assign, caller, body, ref=ref)


@router.post("/interviews/{ref}/release", operation_id="releaseInterview")
async def release(ref: Ref, body: commands.ReleaseInterview, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.release, caller, body, ref=ref)


@router.post("/interviews/{ref}/start", operation_id="startInterview")
async def start(ref: Ref, body: commands.StartInterview, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.start, caller, body, ref=ref)


@router.post("/interviews/{ref}/answers", operation_id="recordAnswers")
async def record_answers(ref: Ref, body: commands.RecordAnswers, caller: Calling, unit: Work) -> BulkReceipt:
    return await run_lines(unit, handlers.record_answers, caller, body, ref=ref)


@router.post("/interviews/{ref}/pause", operation_id="pauseInterview")
async def pause(ref: Ref, body: commands.PauseInterview, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.pause, caller, body, ref=ref)


@router.post("/interviews/{ref}/resume", operation_id="resumeInterview")
async def resume(ref: Ref, body: commands.ResumeInterview, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.resume, caller, body, ref=ref)


@router.post("/interviews/{ref}/complete", operation_id="completeInterview")
async def complete(ref: Ref, body: commands.CompleteInterview, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.complete, caller, body, ref=ref)


@router.post("/interviews/{ref}/refuse", operation_id="refuseInterview")
async def refuse(ref: Ref, body: commands.RefuseInterview, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.refuse, caller, body, ref=ref)


@router.post("/interviews/{ref}/stop", operation_id="stopInterview")
async def stop(ref: Ref, body: commands.StopInterview, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.stop, caller, body, ref=ref)


@router.post("/interviews/{ref}/correct", operation_id="correctInterview")
async def correct(ref: Ref, body: commands.CorrectInterview, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.correct, caller, body, ref=ref)


@router.post("/interviews/{ref}/void", operation_id="voidInterview")
async def void(ref: Ref, body: commands.VoidInterview, caller: Calling, unit: Work) -> Receipt:
    return await run(unit, handlers.void, caller, body, ref=ref)


@router.get("/interviews/{ref}", operation_id="readInterview")
async def read(ref: Ref, caller: Calling, unit: Work) -> InterviewRead:
    return await show(unit, queries.read, caller, ref=ref)


@router.get("/interviews/{ref}/answers", operation_id="readAnswers")
async def answers(ref: Ref, caller: Calling, unit: Work) -> AnswersRead:
    return await show(unit, queries.answers, caller, ref=ref)


@router.get("/interviews", operation_id="listInterviews")
async def listing(
    caller: Calling, unit: Work, page: Paging, status: Status | None = None, case_ref: CaseRef | None = None
) -> Page[InterviewRead]:
    return await show(unit, queries.listing, caller, page=page, status=status, case_ref=case_ref)


@router.get("/forms/{version}", operation_id="readForm")
async def form(version: Version, caller: Calling, unit: Work) -> FormRead:
    return await show(unit, queries.form, caller, version=version)
