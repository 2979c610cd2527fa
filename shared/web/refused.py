"""Refusals at the edge have their entry in the audit too, before they are answered; where none can be stored it is 503.

Those of commands and queries have theirs already. Here are the others: what cannot be so in a request of somebody whom
we know, and requests of nobody whom we know, which are counted.
"""

from functools import cache
from typing import Any

from fastapi import Request

from shared.auth import Caller
from shared.auth.identity import Ambiguous, CallerUnknown, NotHeld
from shared.errors import HomewardError, TooMany, Unavailable
from shared.ids import ref_in
from shared.runtime import Kept
from shared.web.sources import handler_in
from shared.writing import auditing

NOBODYS = (CallerUnknown, NotHeld, Ambiguous, TooMany)
"""What is said before it is settled who asks, and in which role."""


async def entered(request: Request, refusal: HomewardError) -> HomewardError:
    """What to answer: this refusal once it is in the audit, or that nothing can be answered now."""
    try:
        await _enter(request, refusal)
    except Unavailable as away:
        return away
    return refusal


async def _enter(request: Request, refusal: HomewardError) -> None:
    kept: Kept = request.app.state.kept
    caller: Caller | None = request.scope.get("caller")
    request_id: str = request.scope.get("request_id", "")
    if caller is not None:
        action = action_of(request, kept.name)
        path = {name: given for name, given in request.path_params.items() if ref_in(str(given))}
        about = auditing.named(action, kept.name, path)
        await auditing.refused(kept, caller, action, refusal, about, request_id)
    elif isinstance(refusal, NOBODYS):
        address, *_ = request.app.state.limits.counted(request.client.host if request.client else "")
        await request.app.state.running.unknown.count(address, refusal.code, request_id)


def action_of(request: Request, service: str) -> str:
    """The action that a route asks for; of one that names none, the operation."""
    route = request.scope.get("route")
    endpoint = getattr(route, "endpoint", None)
    return (endpoint and _action(endpoint)) or f"{service}.{getattr(route, 'operation_id', None) or 'address'}"


@cache
def _action(endpoint: Any) -> str | None:
    try:
        action: str = handler_in(endpoint).handling.action
    except LookupError:
        return None
    return action
