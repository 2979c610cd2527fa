"""Behaviour equals contract: generated requests against each OpenAPI file never meet a 5xx or an undeclared answer."""

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.auth import Role
from shared.testing import Harness, caller
from tests.support.soak import SOAK

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
ROLES = {
    "intake": Role.INTAKE_OFFICER,
    "screening": Role.SUPERVISOR,
    "referrals": Role.CASEWORKER,
    "grants": Role.GRANTS_OFFICER,
}
QUICK, LONG = 4, round(20 * SOAK)
"""Requests for each operation."""


def _fuzz(app: Any, service: str, examples: int) -> int:
    """Every operation with so many generated requests; how many operations there were."""
    schema = schemathesis.openapi.from_asgi(f"/{service}/openapi.json", app)
    operations = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    keys = count()
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(
            max_examples=examples,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def one(case: Any) -> None:
            # A key of its own for each request, or nothing would ever get as far as being created.
            headers = {"Authorization": caller("fuzz", ROLES[service]), "Idempotency-Key": f"fuzz-{next(keys)}"}
            case.call_and_validate(headers=headers, checks=list(CHECKS))

        one()
    return len(operations)


@pytest.mark.parametrize("service", ROLES)
async def test_generated_requests(start: Callable[[str], Awaitable[Harness]], service: str) -> None:
    world = await start(service)
    assert _fuzz(world.app, service, QUICK) > 10


@pytest.mark.slow
@pytest.mark.timeout(600 + 600 * SOAK)
@pytest.mark.parametrize("service", ROLES)
async def test_many_generated_requests(start: Callable[[str], Awaitable[Harness]], service: str) -> None:
    world = await start(service)
    assert _fuzz(world.app, service, LONG) > 10
