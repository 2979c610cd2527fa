"""Whatever test meets a refusal over HTTP: the document of that service lists it, or the test fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import Request
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from shared.web import problems
from shared.web.operations import Route

SERVER_ERROR = 500


def undeclared(route: Any, method: str, status: int, code: str) -> str | None:
    """What to say of a refusal that is not listed for its operation."""
    if status >= SERVER_ERROR or not isinstance(route, APIRoute) or not route.include_in_schema:
        return None
    if method not in (route.methods or ()):
        return None  # the address is right, and there is no such operation
    listed = Route(method.lower(), route.endpoint, route.dependant).refusals
    return None if (status, code) in listed else f"{route.operation_id} answers {status} {code} and does not list it"


@pytest.fixture(autouse=True)
def refusals_are_listed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    answer, faults = problems.problem, set[str]()

    def noted(request: Request, status: int, code: str, **extra: Any) -> JSONResponse:
        fault = undeclared(request.scope.get("route"), request.method, status, code)
        if fault is not None:
            faults.add(fault)
        return answer(request, status, code, **extra)

    monkeypatch.setattr(problems, "problem", noted)
    yield
    assert not faults, "; ".join(sorted(faults))
