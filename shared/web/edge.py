"""The outermost layer of every service: request ids, and checks of headers and bodies before anything else sees them.

Refused here: more than the process takes on, bodies over the limit or of another media type than JSON, text that is not
UTF-8, NaN and Infinity, keys given twice, lone surrogates, endless nesting, and single-valued headers given twice. The
parsed body goes on in `scope["json"]`, so it is parsed once. It is plain ASGI, because a layer of middleware classes
costs more than the endpoint.
"""

import json
import logging
import math
import re
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import HomewardError, TooMany, Unavailable
from shared.ids import Draw
from shared.observability.logging import of_request
from shared.observability.watching import Answered, Watching
from shared.web.headers import complete
from shared.web.limits import Limits, Share
from shared.web.problems import problem, refusal_of

MOST_KEYS = 200
"""Of one object. No command has nearly as many fields, and each that nobody knows costs an error."""

MOST_VALUES = 50_000
"""Of one body, by the signs between them. No command has nearly as many, a report of a million letters neither."""
VALUE_BYTES = 72
"""What a value takes in memory beside its text, at most: an empty list is two letters, and 64 bytes."""

GONE = 499
"""What is counted of a request whose caller was gone before it was complete; no answer has it."""
ALIVE = "/health/live"
"""A platform that gets no answer there kills the process, which is no cure for too much work."""

_CALLERS_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_JSON = re.compile(rb"application/(?:[a-z0-9!#$&^_.+-]+\+)?json[ \t]*(?:;.*)?", re.IGNORECASE)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_ONCE = frozenset(
    {
        b"authorization",
        b"content-type",
        b"homeward-purpose",
        b"homeward-role",
        b"idempotency-key",
        b"if-match",
    }
)

log = logging.getLogger(__name__)


class Unreadable(HomewardError, ValueError):
    """A request that we will not take, by code."""

    status = 400


class TooLarge(Unreadable):
    """A body over the limit."""

    status = 413


class NotJson(Unreadable):
    """A body of another media type."""

    status = 415


class Overloaded(Unavailable):
    """More than this process can take on. Those who were there first are carried out."""

    code = "overloaded"


class HungUp(Exception):
    """The caller is gone before its request was complete: there is nothing to do, and nobody to answer."""


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("json_key_twice")
    if len(found) > MOST_KEYS:
        raise Unreadable("json_too_many_keys")
    return found


def _no_constant(_: str) -> None:
    raise Unreadable("json_not_a_number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Unreadable("json_unreadable")
    return number


def read_json(body: bytes) -> Any:
    """The value of a body. Raises Unreadable for JSON that no database of ours could hold as it was sent."""
    try:
        text = body.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_no_doubles, parse_constant=_no_constant, parse_float=_finite)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except Unreadable:
        raise
    except UnicodeEncodeError:
        raise Unreadable("json_lone_surrogate") from None
    except (ValueError, RecursionError):
        raise Unreadable("json_unreadable") from None
    return value


class Edge:
    """Wraps an app. Every answer carries a Request-Id of ours; every body has been looked at.

    What stands in `scope["stamped"]` joins the headers of the answer, be it a success or a problem. Nobody may keep an
    answer that does not say so. A HEAD is answered as the GET would be, without its body, and counted as one.
    """

    def __init__(self, app: ASGIApp, limits: Limits, draw: Draw, watching: Watching) -> None:
        self.app, self.limits, self.draw, self.watching = app, limits, draw, watching

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET", "method_asked": "HEAD"}, _without_body(send)
        headers = dict(scope["headers"])
        with self.watching.request(scope, headers.get(b"traceparent", b"")) as answered:
            await self._answer(scope, headers, receive, send, answered)

    async def _answer(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send, answered: Answered
    ) -> None:
        scope["stamped"] = []
        scope["request_id"] = self.draw()
        of_request(scope["request_id"])
        _name(scope["request_id"], headers.get(b"request-id", b""))
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun, answered.status = True, message["status"]
                own = [*message["headers"], (b"request-id", scope["request_id"].encode()), *scope["stamped"]]
                message = {**message, "headers": complete(own)}
            await send(message)

        try:
            await self._guarded(scope, headers, receive, answer)
        except HungUp:
            answered.status = GONE
        except Exception:
            # Answered here, since the caller needs the number of this request more than of any other. The server logs
            # what it was, under the same number.
            if not begun:
                await problem(Request(scope), 500, "internal")(scope, receive, answer)
            raise

    async def _guarded(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send) -> None:
        share = Share(self.limits)
        try:
            body = await self._looked_at(scope, headers, receive, share)
            await self.app(scope, _again(body, receive), send)
        except (Unreadable, Overloaded) as refusal:
            await problem(Request(scope), refusal.status, refusal.code)(scope, receive, send)
        except TooMany as refusal:
            self.limits.refused[refusal.bound] += 1
            await refusal_of(Request(scope), refusal)(scope, receive, send)
        finally:
            share.ends()

    async def _looked_at(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, share: Share) -> bytes:
        """The body of a request that may be carried out now. Raises Unreadable or Overloaded for any other."""
        seconds = self.limits.wait(scope)
        if seconds:
            raise TooMany("too_many_requests", seconds=seconds, bound="rate")
        body = await self._read(receive, share)
        self._take(share, _values(body) * VALUE_BYTES)
        _look_at(scope, headers, body)
        if not share.works() and not scope["path"].endswith(ALIVE):
            self.limits.refused["at_work"] += 1
            raise Overloaded
        return body

    async def _read(self, receive: Receive, share: Share) -> bytes:
        """The whole body. Refused as soon as it is too long, or there are too many at a time."""
        parts: list[bytes] = []
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise HungUp
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self.limits.settings.body_limit:
                raise TooLarge("body_too_large")
            self._take(share, len(parts[-1]))
            more = message.get("more_body", False)
        return b"".join(parts)

    def _take(self, share: Share, size: int) -> None:
        if not share.takes(size):
            self.limits.refused["bodies"] += 1
            raise Overloaded


def _values(body: bytes) -> int:
    """How many values a body may hold. Raises TooLarge before anybody reads more than a command can have."""
    values = sum(map(body.count, b"[{,:"))
    if values > MOST_VALUES:
        raise TooLarge("body_too_large")
    return values


def _look_at(scope: Scope, headers: dict[bytes, bytes], body: bytes) -> None:
    """Put into the scope what a body holds. Raises Unreadable for a request that goes no further."""
    if len(headers) != len(scope["headers"]) and _said_twice(scope):
        raise Unreadable("header_twice")
    if body:
        if not _JSON.fullmatch(headers.get(b"content-type", b"")):
            raise NotJson("media_type_not_json")
        scope["json"] = read_json(body)


def _said_twice(scope: Scope) -> bool:
    names = [name for name, _ in scope["headers"] if name in _ONCE]
    return len(names) != len(set(names))


def _name(request_id: str, given: bytes) -> None:
    """What the caller calls this request stands in the log, beside our name for it, and nowhere else."""
    if given and _CALLERS_ID.fullmatch(given):
        log.info("request named by its caller", extra={"request_id": request_id, "callers_id": given.decode()})


def _without_body(send: Send) -> Send:
    async def headers_only(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return headers_only


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
