"""Passes requests on to a service in another process, unchanged: a reverse proxy in its smallest form.

It never retries: only the caller's Idempotency-Key makes it safe to repeat a request that broke off. While the other
process cannot be reached the answer is 503, `unavailable`.
"""

from collections.abc import Iterator

import httpx
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from shared.web.problems import problem

OF_ONE_CONNECTION = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)
"""Headers that speak of the connection, not of the request."""

FOR_WHOM, SPOKEN = "x-forwarded-for", "x-forwarded-proto"


class Passing:
    """One service elsewhere, as an ASGI application. While it cannot be reached the answer is 503, `unavailable`."""

    def __init__(self, client: httpx.AsyncClient, address: str) -> None:
        self.client, self.address = client, address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            answer = await self._passed(request)
        except httpx.TransportError:
            answer = problem(request, 503, "unavailable")
        except (httpx.InvalidURL, UnicodeDecodeError):
            answer = problem(request, 400, "http_400")
        except ClientDisconnect:
            return
        await answer(scope, receive, send)

    async def _passed(self, request: Request) -> Response:
        asked = self.client.build_request(
            request.method,
            httpx.URL(self.address).copy_with(raw_path=_target(request)),
            headers=[*_headers(request)],
            content=None if request.method in {"GET", "HEAD"} else request.stream(),
        )
        given = await self.client.send(asked, stream=True)
        answer = StreamingResponse(given.aiter_raw(), given.status_code, background=BackgroundTask(given.aclose))
        kept = [(name.lower(), value) for name, value in given.headers.raw]
        answer.raw_headers = [header for header in kept if header[0].decode() not in OF_ONE_CONNECTION]
        return answer


def _headers(request: Request) -> Iterator[tuple[str, str]]:
    """As they were sent, less those of the connection; and for whom and how they came, which only we know."""
    for name, value in request.headers.items():
        if name not in OF_ONE_CONNECTION and name not in (FOR_WHOM, SPOKEN):
            yield name, value
    if request.client is not None:
        yield FOR_WHOM, request.client.host
    yield SPOKEN, request.url.scheme


def _target(request: Request) -> bytes:
    """Path and query as they were sent: decoded and encoded again they might name something else."""
    path, query = request.scope["raw_path"], request.scope["query_string"]
    return bytes(path + b"?" + query if query else path)
