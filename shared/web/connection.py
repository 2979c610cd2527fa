"""One connection to the server: uvicorn's own over httptools, with bounds that hold before there is a request.

Bounded are the bytes and number of headers, the time until they are complete, the time for a body, the time in which an
answer is taken, and requests sent ahead of their answers. Where an answer can still be given it is a problem;
else the connection is closed. One timer looks at all connections, so a quick request costs no timer.
"""

import asyncio
import logging
from math import inf
from typing import Any

from starlette.requests import Request
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from shared.ids import random_ref
from shared.web.headers import complete
from shared.web.limits import Limits
from shared.web.problems import problem

LINGER = 2.0
"""Seconds in which a caller may read why it was refused, before the connection is cut."""
AHEAD = 16
"""Requests that may wait behind one at work on the same connection. Browsers send none, and proxies do not either."""
SPARE = 64
"""Connections beyond the bound that are still told so; any further is cut at once."""

log = logging.getLogger(__name__)


class TooMuch(Exception):
    """Ends the reading of a request, inside the parser."""


class Connection(HttpToolsProtocol):
    """A connection within bounds."""

    cycle: RequestResponseCycle | None  # type: ignore[assignment]
    """The request that came last; None before the first."""

    def __init__(self, limits: Limits, watch: "Watch", **how: Any) -> None:
        super().__init__(**how)
        self.limits, self.watch, self.bounds = limits, watch, limits.settings
        self.due, self.host = inf, ""
        self._in_head = self._in_body = self._begun = self._over = self._ended = False
        self._head = self._count = 0
        self._refusal: dict[str, Any] = {"status": 400, "code": "http_400", "why": "unreadable"}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.host = self.client[0] if self.client else ""
        self._over = not self.limits.opened(self.host)
        self.due = self.loop.time() + self.bounds.header_seconds
        self.watch.add(self)
        if self.limits.connections > self.bounds.connections + SPARE:
            self.limits.refused["connections"] += 1
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.limits.closed(self.host)
        self.watch.connections.discard(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._over and not self._ended:
            self.refuse(503, code="overloaded", why="connections")
        elif not self._ended:
            self._feed(data)

    def _feed(self, data: bytes) -> None:
        in_head, in_body, self._begun = self._in_head, self._in_body, False
        super().data_received(data)
        if self._in_head and in_head and not self._begun and not self._ended:
            self._bounded(len(data))
        if not self._ended:
            self._timed(in_body=in_body)

    def _bounded(self, more: int) -> None:
        """All of it belonged to headers that are still not complete: the parser holds it, and tells nobody."""
        self._head += more
        if self._head > self.bounds.header_bytes:
            self.refuse(431, code="headers_too_large", why="headers")

    def _timed(self, *, in_body: bool) -> None:
        """When this connection is overdue, after what has just come."""
        if self._in_head:
            if self._begun or self.due == inf:
                self.due = self.loop.time() + self.bounds.header_seconds
        elif self._in_body:
            if self._begun or not in_body:
                self.due = self.loop.time() + self.bounds.body_seconds
        elif self._begun or in_body:
            self.due = inf
        elif self.due == inf and self._at_rest:
            # Empty lines between two requests end the server's wait for the next one.
            self.due = self.loop.time() + self.bounds.header_seconds

    @property
    def _at_rest(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begun = self._in_head = True
        self._head = self._count = 0
        if len(self.pipeline) >= AHEAD:
            self._stop(503, code="overloaded", why="ahead")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count += 1
        self._head += len(name) + len(value) + 4
        if self._head > self.bounds.header_bytes or self._count > self.bounds.header_count:
            self._stop(431, code="headers_too_large", why="headers")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self._head + len(self.url) > self.bounds.header_bytes:
            self._stop(431, code="headers_too_large", why="headers")
        self._in_head, self._in_body = False, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_body = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._in_body and self._at_rest:
            self._part()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.due = self.loop.time() + self.bounds.answer_seconds

    def resume_writing(self) -> None:
        super().resume_writing()
        self.due = inf

    def overdue(self, now: float) -> None:
        """It took too long. A caller that is waited for is told; one that we keep waiting is not to blame."""
        if self._ended:
            self.transport.abort()
        elif self.flow.write_paused:
            self.limits.refused["slow"] += 1
            self.transport.abort()
        elif self.flow.read_paused:
            self.due = now + self.bounds.body_seconds
        elif self._in_head or self._in_body:
            self.refuse(408, code="request_too_slow", why="slow")
        else:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        self.refuse(**self._refusal)

    def _unsupported_upgrade_warning(self) -> None:
        """Nothing here is ever upgraded, and the request is answered as what else it is."""

    def _stop(self, status: int, *, code: str, why: str) -> None:
        self._refusal = {"status": status, "code": code, "why": why}
        raise TooMuch

    def refuse(self, status: int, *, code: str, why: str) -> None:
        """Answer a problem where the caller waits for exactly this answer, and part in any case."""
        self.limits.refused[why] += 1
        waited_for = self.cycle is None or self.cycle.response_complete
        if self.cycle is not None:
            waited_for |= self._in_body and not self.cycle.response_started and not self.pipeline
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if waited_for and not self.transport.is_closing():
            self.transport.write(self._answer(status, code))
        self._part()

    def _answer(self, status: int, code: str) -> bytes:
        request_id, headers = random_ref(), [(b"connection", b"close")]
        log.info("connection refused", extra={"request_id": request_id, "why": code})
        request = Request({"type": "http", "headers": self.headers or [], "request_id": request_id})
        answer = problem(request, status, code)
        said = complete([*answer.raw_headers, *headers, (b"request-id", request_id.encode())])
        return STATUS_LINE[status] + b"".join(b"%b: %b\r\n" % pair for pair in said) + b"\r\n" + bytes(answer.body)

    def _part(self) -> None:
        """Say no more, read no more, and cut soon. Cut at once, a caller that still sends would not see the answer."""
        self._ended, self.due = True, self.loop.time() + LINGER
        if not self.transport.is_closing():
            self.flow.resume_reading()
            self.transport.write_eof()


class Watch:
    """One timer for all connections of a server, which runs while there are any."""

    def __init__(self, limits: Limits) -> None:
        bounds = limits.settings
        shortest = min(bounds.header_seconds, bounds.body_seconds, bounds.answer_seconds, LINGER)
        self._every = shortest / 4
        self.connections = set[Connection]()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, connection: Connection) -> None:
        """Watch one more."""
        self.connections.add(connection)
        if self._timer is None:
            self._timer = connection.loop.call_later(self._every, self._look, connection.loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for connection in [each for each in self.connections if each.due <= now]:
            connection.overdue(now)
        self._timer = loop.call_later(self._every, self._look, loop) if self.connections else None
