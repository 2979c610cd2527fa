"""Every route of every service takes what it declares and nothing else; walked one by one, so a new one is met too."""

from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from shared.auth import Role
from shared.testing import Harness, caller, ref
from shared.web.strict import StrictRoute
from tests.conftest import SERVICES, Start

WHO = caller("sok", Role.SUPERVISOR)
UNLISTED = ("health", "health/live", "health/ready", "health/startup", "metrics", "openapi.json", "docs")


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Method, a path that could be, and the query parameters of each operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            asked = operation.get("parameters", ())
            for parameter in asked:
                if parameter["in"] == "path":
                    path = path.replace(f"{{{parameter['name']}}}", ref("nobody"))  # noqa: PLW2901
            yield method.upper(), path, [parameter for parameter in asked if parameter["in"] == "query"]


async def _asked(service: Harness, method: str, path: str, query: str) -> Any:
    headers = {"Authorization": WHO, "Idempotency-Key": "k", "If-Match": '"1"'}
    async with service.client() as client:
        return await client.request(method, f"{path}?{query}", headers=headers)


@pytest.mark.parametrize("name", SERVICES)
async def test_a_parameter_that_nobody_declared_is_refused_and_not_echoed(start: Start, name: str) -> None:
    service = await start(name)
    operations = list(_operations(service.app.openapi()))
    assert len(operations) > 30
    for method, path, declared in operations:
        answer = await _asked(service, method, path, "statuss=SokDara&SokDara=1")
        assert (answer.status_code, answer.json()["code"]) == (422, "query_unknown"), f"{method} {path}"
        assert answer.json()["details"] == {"declared": sorted(one["name"] for one in declared)}
        assert "SokDara" not in answer.text


@pytest.mark.parametrize("name", SERVICES)
async def test_one_value_is_one_value(start: Start, name: str) -> None:
    service = await start(name)
    tried = 0
    for method, path, declared in _operations(service.app.openapi()):
        for one in declared:
            if one["schema"].get("type") == "array":
                continue
            answer = await _asked(service, method, path, f"{one['name']}=1&{one['name']}=2")
            assert (answer.status_code, answer.json()["code"]) == (422, "query_twice"), f"{method} {path}"
            assert answer.json()["details"] == {"parameter": one["name"]}
            tried += 1
    assert tried > 5


@pytest.mark.parametrize("name", SERVICES)
async def test_what_stands_in_no_api_page_is_as_strict(start: Start, name: str) -> None:
    service = await start(name)
    for path in UNLISTED:
        answer = await _asked(service, "GET", f"/{name}/{path}", "statuss=1")
        assert (answer.status_code, answer.json()["code"]) == (422, "query_unknown"), path


@pytest.mark.parametrize("name", SERVICES)
async def test_every_route_is_a_strict_one(start: Start, name: str) -> None:
    service = await start(name)
    routers = [service.app.router, *import_module(f"services.{name}.app").SERVICE.routers]
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    assert len(routes) > 30
    assert [route.path for route in routes if not isinstance(route, StrictRoute)] == []


@pytest.mark.parametrize("name", SERVICES)
async def test_an_address_has_one_route(start: Start, name: str) -> None:
    service = await start(name)
    routes = [context.original_route for context in iter_route_contexts(service.app.routes)]
    addresses = [
        (route.path, method) for route in routes if isinstance(route, APIRoute) for method in route.methods or ()
    ]
    assert len(addresses) > 30
    assert [address for address, times in Counter(addresses).items() if times > 1] == []


@pytest.mark.parametrize("name", SERVICES)
async def test_head_is_answered_wherever_get_is(start: Start, name: str) -> None:
    service = await start(name)
    reads = [(path, "") for method, path, _ in _operations(service.app.openapi()) if method == "GET"]
    reads += [(f"/{name}/{path}", "") for path in UNLISTED]
    for path, query in reads:
        full, head = await _asked(service, "GET", path, query), await _asked(service, "HEAD", path, query)
        assert (head.status_code, head.content) == (full.status_code, b""), path
        assert head.headers["content-type"] == full.headers["content-type"]
    head = await _asked(service, "HEAD", f"/{name}/nothing", "")
    assert (head.status_code, head.content) == (404, b"")


async def test_head_of_what_only_takes_a_post_is_refused(start: Start) -> None:
    answer = await _asked(await start("intake"), "HEAD", f"/intake/v1/cases/{ref('nobody')}/assign", "")
    assert answer.status_code == 405


async def test_a_refused_method_names_head_beside_get(start: Start) -> None:
    answer = await _asked(await start("intake"), "POST", "/intake/health", "")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
