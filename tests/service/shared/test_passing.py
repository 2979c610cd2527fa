"""The front of four processes passes requests on as they are, and says so when nobody is there."""

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.hosting.passing import Passing
from shared.hosting import by_first_segment


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with what arrived."""
    request = Request(scope, receive)
    said = [request.method.encode(), scope["raw_path"], scope["query_string"], await request.body()]
    answer = Response(b"|".join(said), 207, {"ETag": '"3"', "Keep-Alive": "timeout=5"})
    answer.headers.append("X-Kept", request.headers.get("If-Match", "none"))
    answer.headers.append("X-Kept", request.headers.get("Keep-Alive", "dropped"))
    answer.headers.append("X-Came-As", f"{request.headers['x-forwarded-proto']}://{request.headers['host']}")
    answer.headers.append("X-Coding", request.headers.get("Content-Length", "chunked"))
    await answer(scope, receive, send)


def through(behind: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """A client that meets a service only by way of the front."""
    passing = Passing(httpx.AsyncClient(transport=behind), "http://127.0.0.1:1")

    async def front(scope: Scope, receive: Receive, send: Send) -> None:
        await by_first_segment({"intake": passing}, scope, receive, send)

    return httpx.AsyncClient(transport=httpx.ASGITransport(app=front), base_url="http://front")


async def test_a_request_arrives_as_it_was_sent() -> None:
    async with through(httpx.ASGITransport(app=echo)) as client:
        answer = await client.post(
            "/intake/v1/a%2Fb?q=1&q=%E1%9E%80",
            content=b"{}",
            headers={"If-Match": '"2"', "Keep-Alive": "1", "X-Forwarded-Proto": "https"},
        )
    assert answer.status_code == 207
    assert answer.content == b"POST|/intake/v1/a%2Fb|q=1&q=%E1%9E%80|{}"
    assert answer.headers["etag"] == '"3"'
    assert answer.headers.get_list("x-kept") == ['"2"', "dropped"]
    assert answer.headers["x-coding"] == "2"
    assert answer.headers["x-came-as"] == "http://front"
    assert "keep-alive" not in answer.headers


async def test_a_read_carries_no_body() -> None:
    async with through(httpx.ASGITransport(app=echo)) as client:
        answer = await client.get("/intake/health")
    assert answer.content == b"GET|/intake/health||"
    assert answer.headers["x-coding"] == "chunked"


async def test_a_service_that_cannot_be_reached_is_unavailable() -> None:
    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    async with through(httpx.MockTransport(nobody)) as client:
        answer = await client.get("/intake/v1/cases", headers={"Accept-Language": "vi"})
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unavailable"


async def test_the_first_word_of_a_path_chooses_the_service() -> None:
    async with through(httpx.ASGITransport(app=echo)) as client:
        assert (await client.get("/")).json() == {"services": ["intake"]}
        assert (await client.get("/grants/v1/programmes")).status_code == 404
