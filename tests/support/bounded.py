"""A server within small limits, and callers who speak to it byte by byte."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest

from shared.observability.tracing import Untraced
from shared.observability.watching import Watching
from shared.settings import Settings
from shared.testing import CountedIds
from shared.web.edge import Edge
from shared.web.limits import Limits
from tests.support.served import Bare, served

GET = b"GET /intake/v1/x HTTP/1.1\r\nHost: localhost\r\n\r\n"
FROM = GET[:-2] + b"X-Forwarded-For: %b\r\n\r\n"
HEAD = b"POST /intake/v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@dataclass
class Place:
    """A server within small limits, and what it took on."""

    port: int
    limits: Limits
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    answered: list[str] = field(default_factory=list)

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def say(self, *parts: bytes) -> "Said":
        """What comes back when this is sent and nothing more."""
        reader, writer = await self.open()
        for part in parts:
            writer.write(part)
        try:
            return await heard(reader)
        finally:
            writer.close()

    @property
    def refused(self) -> dict[str, float]:
        """How often each limit refused."""
        registry = CollectorRegistry()
        self.limits.shown_in(registry, "intake")
        page = generate_latest(registry).decode()
        found = re.findall(r'homeward_refused_total\{service="intake",why="(\w+)"\} ([0-9.]+)', page)
        return {why: float(count) for why, count in found}


@dataclass
class Said:
    """What stood on a connection until it was closed, or until one answer was complete."""

    status: int = 0
    code: str = ""
    head: str = ""


async def heard(reader: asyncio.StreamReader) -> Said:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    except (asyncio.IncompleteReadError, ConnectionResetError):
        return Said()
    length = re.search(r"content-length: (\d+)", head)
    body = await reader.readexactly(int(length[1])) if length else b"{}"
    return Said(int(head.split()[1]), json.loads(body).get("code", ""), head.lower())


@asynccontextmanager
async def place(**bounds: Any) -> AsyncIterator[Place]:
    limits = Limits(Settings(**bounds))
    here = Place(0, limits)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        here.answered.append(scope["path"])
        if scope["path"] == "/slow":
            await here.gate.wait()
        body = b"{}" if scope["path"] != "/long" else b"x" * 20_000_000
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    edge = Edge(answer, limits, CountedIds(), Watching("intake", Untraced()))
    async with served(Bare(edge, limits)) as here.port:
        try:
            yield here
        finally:
            here.gate.set()


def post(body: bytes, length: int) -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n" % length + body
