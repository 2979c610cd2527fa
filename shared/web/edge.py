"""The outermost layer of every service: request ids, and bodies that our databases could not hold faithfully.

Refused before anything else sees them: bodies over the limit, text that is not UTF-8, NaN and Infinity, keys given
twice, lone surrogates, nesting without end. It is plain ASGI, because a layer of middleware classes costs more than
the endpoint.
"""

import json
import re
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.ids import Draw
from shared.observability.watching import Answered, Watching
from shared.web.problems import problem

_REQUEST_ID = re.compile(rb"[A-Za-z0-9_-]{8,64}")
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


class Unreadable(ValueError):
    """JSON that we will not take, by code."""


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("json_key_twice")
    return found


def _no_constant(_: str) -> None:
    raise Unreadable("json_not_a_number")


def check_json(body: bytes) -> None:
    """Raise Unreadable for JSON that no database of ours could hold as it was sent."""
    try:
        text = body.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_no_doubles, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except Unreadable:
        raise
    except UnicodeEncodeError:
        raise Unreadable("json_lone_surrogate") from None
    except (ValueError, RecursionError):
        raise Unreadable("json_unreadable") from None


class Edge:
    """Wraps an app. Every answer carries a Request-Id; every body has been looked at.

    What stands in `scope["stamped"]` joins the headers of the answer, be it a success or a problem.
    """

    def __init__(self, app: ASGIApp, body_limit: int, draw: Draw, watching: Watching) -> None:
        self.app, self.body_limit, self.draw, self.watching = app, body_limit, draw, watching

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        with self.watching.request(scope, headers.get(b"traceparent", b"")) as answered:
            await self._answer(scope, headers, receive, send, answered)

    async def _answer(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send, answered: Answered
    ) -> None:
        given = headers.get(b"request-id", b"")
        scope["stamped"] = []
        scope["request_id"] = given.decode() if _REQUEST_ID.fullmatch(given) else self.draw()

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.status = message["status"]
                extra = [(b"request-id", scope["request_id"].encode()), *_HEADERS, *scope["stamped"]]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        await self._guarded(scope, headers, receive, answer)

    async def _guarded(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send) -> None:
        body = await self._read(receive)
        request = Request(scope)
        if body is None:
            await problem(request, 413, "body_too_large")(scope, receive, send)
            return
        if body and b"json" in headers.get(b"content-type", b""):
            try:
                check_json(body)
            except Unreadable as unreadable:
                await problem(request, 400, str(unreadable))(scope, receive, send)
                return
        await self.app(scope, _again(body, receive), send)

    async def _read(self, receive: Receive) -> bytes | None:
        """The whole body, or None as soon as it is too long."""
        parts: list[bytes] = []
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return b"".join(parts)
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self.body_limit:
                return None
            more = message.get("more_body", False)
        return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
