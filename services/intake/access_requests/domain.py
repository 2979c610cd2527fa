"""The rules of access to a case of another organisation: asked by number, granted by the holder, for 30 days at most.

Who asks learns nothing: an unknown number is taken like any other, and no event is told of it.
"""

from datetime import timedelta
from typing import Any, assert_never

from services.intake.access_requests.commands import (
    STATUSES,
    AccessCommand,
    AskAccess,
    GrantAccess,
    LookForCase,
    RefuseAccess,
)
from services.intake.access_requests.state import AccessRequest, Facts, Status
from shared.contracts import intake as told
from shared.errors import Refused
from shared.model import Decided

LONGEST = timedelta(days=30)
MOST = 20
"""How many requests of one person may wait for an answer: each is read by somebody."""
WAITS = timedelta(days=30)
"""How long a request counts as waiting. One about a number that does not exist is never answered."""


def decide(state: AccessRequest | None, command: AccessCommand, facts: Facts) -> Decided[AccessRequest]:
    """What becomes of a request for access."""
    if isinstance(command, RefuseAccess) and state is not None and state.status is Status.REFUSED:
        return Decided(state)
    STATUSES.check(None if state is None else state.status, command)
    if isinstance(command, AskAccess):
        _waits_already(command, facts)
        return Decided(_asked(command, facts), own_matter=True)
    assert state is not None
    match command:
        case LookForCase():
            return _look(state, facts)
        case GrantAccess():
            return _grant(state, command, facts)
        case RefuseAccess():
            return Decided(state.but(status=Status.REFUSED), (told.CaseAccessRefused(**_named(state, facts)),))
        case _:
            assert_never(command)


def _waits_already(command: AskAccess, facts: Facts) -> None:
    """Judged by what the asker asked for alone, so that it is the same for a number that does not exist."""
    if (command.case_number, command.kind) in facts.waiting:
        raise Refused("access_already_asked")
    if len(facts.waiting) >= MOST:
        raise Refused("too_many_access_requests")


def _asked(command: AskAccess, facts: Facts) -> AccessRequest:
    return AccessRequest(
        status=Status.ASKED,
        case_number=command.case_number,
        staff_ref=facts.by,
        organisation_ref=facts.organisation_ref,
        kind=command.kind,
        reason=command.reason,
    )


def _named(state: AccessRequest, facts: Facts) -> dict[str, Any]:
    shared = {name: getattr(state, name) for name in ("case_ref", "staff_ref", "organisation_ref", "kind")}
    return {"request_ref": facts.request_ref, **shared}


def _look(state: AccessRequest, facts: Facts) -> Decided[AccessRequest]:
    """Looked for once. Where nothing is found the request changes all the same, as if something were."""
    after = state.but(looked_for=True, case_ref=facts.case_ref)
    if after.case_ref is None:
        return Decided(after, own_matter=after != state)
    return Decided(after, (told.CaseAccessRequested(**_named(after, facts), reason=state.reason),))


def _grant(state: AccessRequest, command: GrantAccess, facts: Facts) -> Decided[AccessRequest]:
    if command.until < facts.today:
        raise Refused("access_ended_already")
    if command.until > facts.today + LONGEST:
        raise Refused("access_too_long")
    granted = told.CaseAccessGranted(**_named(state, facts), until=command.until)
    return Decided(state.but(status=Status.GRANTED, until=command.until), (granted,))
