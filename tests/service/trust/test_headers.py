"""What every answer says of itself to a browser, whoever gives it; and which pages of other origins may read it."""

import hashlib
import os
import re
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from starlette.routing import Route

from services import SERVICES
from services.hosting.embedded import Embedded
from services.issuing.people import Person
from services.issuing.signing import signed_for
from shared.auth import Purpose, Role
from shared.settings import TEST_PREFIX, Settings
from shared.testing import CountedIds, Harness, TickingClock, caller, harness_of, ref
from shared.web.headers import ONLY_TLS, SENT, TOLD
from tests.conftest import Migrated
from tests.support.bounded import GET, place
from tests.support.callers import invented

PERSON = Person("vanna", "bavet", Role.SUPERVISOR, Purpose.PROTECTION)
FRONT, OTHER = "https://front.example", "https://front.example.evil.test"
NO_PAGE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
WANTED = {
    "cache-control": "no-store",
    "content-security-policy": NO_PAGE,
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""By hand, so that nothing goes unnoticed."""
OWN = {"cache-control": {"private, no-cache"}}
"""What some answers say instead: reference data may be kept by the caller alone."""


@pytest.fixture
async def product(tmp_path: Path, stack: AsyncExitStack, migrated: Migrated, request: Any) -> AsyncIterator[Harness]:
    """The embedded product with its development issuer."""
    for service in SERVICES:
        migrated(service, tmp_path / "data")
    settings = Settings(data_dir=tmp_path / "data", **getattr(request, "param", {}))
    whole = Embedded(settings, loops=False, people={PERSON.key: PERSON})
    await stack.enter_async_context(whole.lifespan())
    yield harness_of(whole.apps.values(), whole, whole.bus, TickingClock(), CountedIds())


def strict(answer: httpx.Response) -> list[str]:
    """Which strict headers are not there as they should be, each exactly once."""
    found = []
    for name, value in WANTED.items():
        said = answer.headers.get_list(name)
        own = OWN.get(name, set()) if answer.status_code in (200, 304) else set()
        if name == "content-security-policy" and answer.url.path.endswith("/docs"):
            said = [value] if len(said) == 1 and said[0].startswith(f"{NO_PAGE}; script-src 'self' 'sha256-") else said
        if len(said) != 1 or said[0] not in {value, *own}:
            found.append(f"{answer.request.method} {answer.url.path} {answer.status_code}: {name} is {said}")
    return found


def addresses(whole: Embedded, place: str) -> Iterator[tuple[str, str]]:
    """Every method and path that a service or the issuer answers."""
    for route in (whole.issuer._router if place == "issuer" else whole.apps[place]).routes:  # type: ignore[union-attr]
        assert isinstance(route, Route)
        for method in route.methods or ():
            yield method, re.sub(r"\{[^}]*\}", ref("thing"), route.path)


@pytest.mark.parametrize("place", [*SERVICES, "issuer"])
async def test_every_route_says_so_whatever_it_answers(product: Harness, place: str) -> None:
    token = signed_for(product.app.apps["intake"].state.running.runtime.settings, PERSON.key)
    found, seen = [], set[int]()
    for app in product.app.apps.values():
        app.openapi = dict  # what it says takes seconds to write, and is not looked at
    async with product.client() as client:
        for method, path in addresses(product.app, place):
            headers = {"authorization": f"Bearer {token}", "idempotency-key": "k", "if-match": '"1"'}
            answer = await client.request(method, path, headers=headers, json={} if method == "POST" else None)
            seen.add(answer.status_code)
            found += strict(answer)
    assert not found, "\n".join(found)
    assert seen >= ({200, 400} if place == "issuer" else {200, 404, 422})


ODD: dict[str, tuple[int, str, str, dict[str, Any]]] = {
    "the services": (200, "GET", "/", {}),
    "no service": (404, "GET", "/nowhere", {}),
    "no route": (404, "GET", "/intake/nowhere", {}),
    "no route of the issuer": (404, "GET", "/issuer/nowhere", {}),
    "no method": (405, "DELETE", "/intake/v1/cases", {}),
    "no method of the issuer": (405, "DELETE", "/issuer/token", {}),
    "options without an origin": (405, "OPTIONS", "/intake/v1/cases", {}),
    "nobody": (401, "GET", "/intake/v1/cases", {}),
    "no token": (401, "GET", "/grants/v1/programmes", {"headers": {"authorization": "Bearer x"}}),
    "another host": (421, "GET", "/intake/v1/cases", {"headers": {"host": "evil.test"}}),
    "no JSON": (415, "POST", "/intake/v1/cases", {"content": b"x"}),
    "too large": (413, "POST", "/intake/v1/cases", {"content": b" " * 1_100_000}),
    "a header twice": (400, "GET", "/intake/v1/cases", {"headers": [("if-match", "1"), ("if-match", "1")]}),
    "how to sign in": (200, "GET", "/.well-known/oauth-protected-resource", {}),
    "an operator's door": (404, "POST", "/operating/check", {}),
    "health": (200, "GET", "/intake/health", {}),
    "only the head": (200, "HEAD", "/intake/health", {}),
    "a page": (200, "GET", "/intake/docs", {}),
    "an asset": (200, "GET", "/intake/assets/swagger-ui.css", {}),
    "no asset": (404, "GET", "/intake/assets/x", {}),
    "broken": (500, "GET", "/intake/metrics", {}),
}


async def test_answers_outside_of_routes_say_so_too(product: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("shared.web.metrics.Metrics.page", broken)
    async with product.client() as client:
        for case, (status, method, path, more) in ODD.items():
            answer = await client.request(method, path, **more)
            assert answer.status_code == status, (case, answer.status_code)
            assert strict(answer) == [], case
            assert "strict-transport-security" not in answer.headers, case
        for path in ("https://localhost/intake/v1/cases", "https://localhost/nowhere"):
            assert (await client.get(path)).headers["strict-transport-security"] == ONLY_TLS[1].decode()


async def test_what_the_connection_refuses_says_so_too() -> None:
    async with place(header_bytes=200) as here:
        said = await here.say(GET[:-2] + b"x: " + b"y" * 400 + b"\r\n\r\n")
        assert said.status == 431
        for name, value in WANTED.items():
            assert f"\r\n{name}: {value}\r\n".lower() in said.head


async def test_the_api_page_runs_nothing_but_what_its_policy_names(product: Harness) -> None:
    async with product.client() as client:
        for service in SERVICES:
            page = await client.get(f"/{service}/docs")
            policy = dict(
                part.strip().partition(" ")[::2] for part in page.headers["content-security-policy"].split(";")
            )
            scripts = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
            digests = [f"'sha256-{b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in scripts]
            assert policy["script-src"] == " ".join(["'self'", *digests])
            assert len(scripts) == 1
            assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|https?://", page.text)
            assert "unsafe" not in page.headers["content-security-policy"]
            assert policy["frame-ancestors"] == policy["default-src"] == policy["base-uri"] == "'none'"
            for asset in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
                assert (await client.get(asset)).status_code == 200


async def test_in_production_the_document_is_for_known_callers_and_there_is_no_page(
    tmp_path: Path, stack: AsyncExitStack, migrated: Migrated, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith(TEST_PREFIX)]:
        monkeypatch.delenv(name)
    for service in SERVICES:
        migrated(service, tmp_path / "data")
    settings = Settings(
        data_dir=tmp_path / "data",
        env="production",
        issuer="https://login.example",
        allowed_hosts="homeward.example",
        audit_witness=str(tmp_path / "witness"),
    )
    whole = Embedded(settings, loops=False, identify=invented)
    await stack.enter_async_context(whole.lifespan())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=whole), base_url="http://localhost") as client:
        for service, app in whole.apps.items():
            app.openapi = dict  # type: ignore[method-assign]
            for path in ("docs", "assets/swagger-ui.css", "assets/swagger-ui-bundle.js"):
                assert (await client.get(f"/{service}/{path}")).status_code == 404
            document = f"/{service}/openapi.json"
            assert (await client.get(document)).status_code == 401
            anybody = caller("sok", Role.ANALYST)
            assert (await client.get(document, headers={"authorization": anybody})).status_code == 200
            assert (await client.get(f"/{service}/health/live")).status_code == 200


async def asked(product: Harness, origin: str, **headers: str) -> httpx.Response:
    """What a browser asks before a page of that origin may send a command."""
    wanted = {"origin": origin, "access-control-request-method": "POST", **headers}
    async with product.client() as client:
        return await client.options("/intake/v1/cases", headers=wanted)


def told(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


async def test_pages_of_other_origins_are_told_nothing(product: Harness) -> None:
    async with product.client() as client:
        for origin in (FRONT, "null", "http://localhost", "*"):
            assert told(await client.get("/intake/health", headers={"origin": origin})) == {}
            assert told(await asked(product, origin)) == {}


@pytest.mark.parametrize("product", [{"allowed_origins": f"{FRONT}, http://localhost:3000"}], indirect=True)
async def test_pages_of_the_origins_named_may_call_and_read(product: Harness) -> None:
    every = ", ".join(SENT).lower()
    async with product.client() as client:
        for origin in (FRONT, "http://localhost:3000"):
            for path in ("/intake/health", "/intake/v1/cases", "/nowhere"):
                answer = await client.get(path, headers={"origin": origin})
                assert answer.headers["access-control-allow-origin"] == origin
                assert answer.headers["vary"] == "Origin"
                assert answer.headers["access-control-expose-headers"].split(", ") == [*TOLD]
                assert "access-control-allow-credentials" not in answer.headers
                assert strict(answer) == []
            answer = await asked(product, origin, **{"access-control-request-headers": every})
            assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, origin)
            assert {*SENT} <= {*answer.headers["access-control-allow-headers"].split(", ")}
            assert {*answer.headers["access-control-allow-methods"].split(", ")} == {"GET", "HEAD", "POST"}
            assert "access-control-allow-credentials" not in answer.headers
            assert strict(answer) == []
        for origin in (OTHER, f"{FRONT}:8443", "http://front.example", "null", "*", FRONT.upper()):
            answer = await client.get("/intake/health", headers={"origin": origin})
            assert "access-control-allow-origin" not in answer.headers, origin
            refused = await asked(product, origin)
            assert refused.status_code == 400
            assert "access-control-allow-origin" not in refused.headers
        assert (await asked(product, FRONT, **{"access-control-request-method": "DELETE"})).status_code == 400
        assert (await asked(product, FRONT, **{"access-control-request-headers": "cookie"})).status_code == 400


@pytest.mark.parametrize(
    "names",
    [
        "*",
        "https://*.example",
        "null",
        "front.example",
        "http://front.example",
        "https://front.example/",
        "https://Front.example",
        "https://user@front.example",
        f"{FRONT},*",
    ],
)
def test_an_origin_is_exact_or_nothing_starts(names: str) -> None:
    with pytest.raises(ValidationError, match="no path, no \\*"):
        Settings(allowed_origins=names)
