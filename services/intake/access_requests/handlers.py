"""Commands on requests for access. A request is taken before anybody looks for its case, so that it tells nothing."""

from collections.abc import Iterable
from datetime import timedelta

from services.intake.access_requests import commands as ask
from services.intake.access_requests import domain
from services.intake.access_requests.commands import STATUSES, AccessCommand
from services.intake.access_requests.state import AccessRequest, Facts
from services.intake.access_requests.state import Status as RequestStatus
from services.intake.access_requests.tables import ACCESS_REQUEST, AccessRequestRow
from services.intake.cases import handlers as cases
from services.intake.cases.state import Status, Working
from services.intake.cases.tables import CaseRow
from shared.auth import Caller
from shared.clock import local_day
from shared.ids import CaseRef, Ref, Subject
from shared.model import Command, Decided
from shared.reading import Reading
from shared.storage.tables import Row
from shared.writing.commands import Commands
from shared.writing.unit import Unit

SOON = timedelta(seconds=1)


def _found(reading: Reading, number: str) -> CaseRef | None:
    """The live case of this number."""
    rows = reading.select(CaseRow, case_number=number)
    return next((row["ref"] for row in rows if row["status"] != Status.VOIDED), None)


def _streams(peek: Reading, command: Command, row: Row | None, ref: Ref) -> Iterable[Subject]:
    """The request, and its case once that was looked for: who asks locks nothing of it, but what they asked for."""
    looks = isinstance(command, ask.LookForCase) and row is not None
    case_ref = _found(peek, row["case_number"]) if looks and row is not None else (row or {}).get("case_ref")
    yield Subject("access_request", ref)
    if isinstance(peek, Unit) and isinstance(command, ask.AskAccess):
        yield Subject("staff", peek.caller.staff_ref)
    if case_ref is not None:
        yield Subject("case", case_ref)


def _admits(unit: Unit, _caller: Caller, command: Command, *, ref: Ref) -> None:
    """Looked at again under the lock: the case may have been found meanwhile, and is not locked."""
    if not isinstance(command, ask.AskAccess):
        case_ref = unit.peek(AccessRequestRow, ref)["case_ref"]
        unit.restart_if(case_ref is not None and Subject("case", case_ref) not in unit.versions)


def _facts(unit: Unit, caller: Caller, command: AccessCommand, *, ref: Ref, state: AccessRequest | None) -> Facts:
    looks = isinstance(command, ask.LookForCase) and state is not None and not state.looked_for
    return Facts(
        request_ref=ref,
        today=local_day(unit.now),
        by=caller.staff_ref,
        organisation_ref=caller.organisation_ref,
        case_ref=_found(unit, state.case_number) if looks and state is not None else None,
        waiting=_waiting(unit, caller) if isinstance(command, ask.AskAccess) else (),
    )


def _waiting(unit: Unit, caller: Caller) -> tuple[tuple[str, str], ...]:
    """What the caller asked for lately and has no answer to. Their lock is held: nobody asks twice at one time."""
    rows = unit.select(AccessRequestRow, staff_ref=caller.staff_ref, status=RequestStatus.ASKED.value)
    return tuple((row["case_number"], row["kind"]) for row in rows if row["recorded_at"] > unit.now - domain.WAITS)


def _follow(
    unit: Unit, _caller: Caller, *, ref: Ref, before: AccessRequest | None, decided: Decided[AccessRequest]
) -> None:
    """A new request is looked into a moment later; a granted one puts its person into the case's workers."""
    request = decided.state
    if before is None:
        unit.later("access_asked", Subject("access_request", ref), unit.now + SOON)
    if request.status is RequestStatus.GRANTED and request.case_ref is not None and request.until is not None:
        worker = Working(**{name: getattr(request, name) for name in Working.model_fields})
        cases.let_in(unit, request.case_ref, worker, request.until)


ACCESS_REQUESTS = Commands(
    "intake.access_request",
    AccessRequestRow,
    AccessRequest,
    STATUSES,
    domain.decide,
    facts=_facts,
    streams=_streams,
    admits=_admits,
    after=_follow,
    belonging=ACCESS_REQUEST,
)
ACCESS_REQUESTS.ordinary("ask", ask.AskAccess)
ACCESS_REQUESTS.ordinary("look_for_case", ask.LookForCase)
ACCESS_REQUESTS.ordinary("grant", ask.GrantAccess)
ACCESS_REQUESTS.ordinary("refuse", ask.RefuseAccess)
