"""Whatever stands in a path, a query or a header, the answer is no failure of ours: every parameter of every route."""

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.auth import Role
from shared.testing import Harness, caller, ref
from tests.conftest import SERVICES, Start

WHO = caller("sok", Role.SUPERVISOR)
ODD = (
    "", " ", "0", "-1", "1e9", "9" * 400, "9" * 19, "null", "true", "\x00", "\x7f", "\ud800", "\u200b", "*", "%", "..",
    "0000-01", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "2026-13", "2026-02-30", "1970-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "nan", "inf", "{}", "[]", "a" * 4_000, "០១", "\u202e",
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(ODD).map(lambda text: quote(text, safe="", errors="surrogatepass")),
    st.binary(max_size=20).map(quote_from_bytes),
    st.text(max_size=20).map(lambda text: quote(text, safe="", errors="surrogatepass")),
    st.dates().map(str),
    st.integers().map(str),
)
HEADERS = ("if-match", "idempotency-key", "homeward-position", "authorization", "accept-language", "request-id")


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            asked = operation.get("parameters", ())
            yield method.upper(), path, [one["name"] for one in asked if one["in"] == "query"]


async def _ask(service: Harness, method: str, url: str, headers: dict[bytes, bytes]) -> int:
    whole = {b"authorization": WHO.encode(), b"idempotency-key": b"k", b"if-match": b'"1"'} | headers
    async with service.client() as client:
        answer = await client.request(method, url, headers=whole, json={} if method == "POST" else None)
    assert answer.status_code < 500, f"{method} {url!r} {headers}: {answer.text}"
    return answer.status_code


@pytest.mark.parametrize("name", SERVICES)
async def test_no_parameter_makes_us_fail(start: Start, name: str) -> None:
    service = await start(name)
    loop = asyncio.get_running_loop()

    @given(st.data())
    @settings(max_examples=8, suppress_health_check=list(HealthCheck))
    def any_values(data: st.DataObject) -> None:
        for method, path, query in operations:
            url = path
            while "{" in url:
                before, _, after = url.partition("{")
                part = data.draw(st.one_of(st.just(ref("nobody")), VALUES.filter(bool)))
                url = before + part + after.partition("}")[2]
            asked = [f"{one}={data.draw(VALUES)}" for one in query if data.draw(st.booleans())]
            header = data.draw(st.sampled_from(HEADERS)).encode(), data.draw(st.binary(max_size=30).map(_sendable))
            status = _ask(service, method, f"{url}?{'&'.join(asked)}" if asked else url, dict([header]))
            asyncio.run_coroutine_threadsafe(status, loop).result(60)

    operations = list(_operations(service.app.openapi()))
    await asyncio.to_thread(any_values)


@pytest.mark.parametrize("name", SERVICES)
async def test_no_odd_value_makes_us_fail(start: Start, name: str) -> None:
    """Each known trap at each query parameter."""
    service = await start(name)
    for method, path, query in _operations(service.app.openapi()):
        url = path.replace("{", "").replace("}", "") if "{" not in path else _filled(path)
        for one in query:
            for odd in ODD:
                await _ask(service, method, f"{url}?{one}={quote(odd, safe='', errors='surrogatepass')}", {})


def _filled(path: str) -> str:
    while "{" in path:
        before, _, after = path.partition("{")
        path = before + ref("nobody") + after.partition("}")[2]
    return path


def _sendable(value: bytes) -> bytes:
    """What a server hands on: no line ends in a header."""
    return value.replace(b"\r", b" ").replace(b"\n", b" ").replace(b"\x00", b" ")
