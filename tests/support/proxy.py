"""A TCP proxy on loopback that tests can break, between something of ours and a broker or database.

Replies once swallowed are missing from the middle of a stream, so `restore` also cuts the connections that lost some,
as a network that forgets a flow does. For Kafka, tell the broker to advertise `port` to its clients.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

CHUNK = 65_536


@dataclass(eq=False)
class _Wire:
    """One connection: both of its ends."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    lost: bool = False

    def cut(self) -> None:
        self.client.transport.abort()
        self.server.transport.abort()


@dataclass
class Proxy:
    """Passes bytes both ways until told otherwise."""

    target: int
    """The port on loopback where the server listens; may be set, or changed, before the next connection."""
    port: int = 0
    """Where this proxy listens, known once it is open."""
    delay: float = 0.0
    """Seconds that every chunk is held back, either way."""
    swallowed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a reply was lost: the server has done what it was asked, and nobody knows."""
    _swallow: bool = False
    _broken: bool = False
    _wires: set[_Wire] = field(default_factory=set)
    _serving: set["asyncio.Task[None]"] = field(default_factory=set)

    def cut(self) -> None:
        """End all connections, and every new one at once."""
        self._broken = True
        for wire in tuple(self._wires):
            wire.cut()

    def swallow(self) -> None:
        """Let requests through and no reply: the server does it, and nobody learns of it."""
        self._swallow = True
        self.swallowed.clear()

    def restore(self) -> None:
        """Pass everything again."""
        self._broken = self._swallow = False
        self.delay = 0.0
        for wire in tuple(self._wires):
            if wire.lost:
                wire.cut()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, for as long as both sides want it."""
        task = asyncio.create_task(self._pass(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        await task

    async def close(self) -> None:
        """End all connections, and return when nothing of them is left."""
        self.cut()
        await asyncio.gather(*self._serving)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError), contextlib.closing(writer):
            if self._broken:
                return
            replies, requests = await asyncio.open_connection("127.0.0.1", self.target)
            with contextlib.closing(requests):
                wire = _Wire(writer, requests)
                self._wires.add(wire)
                there = asyncio.create_task(self._pump(wire, reader, requests))
                back = asyncio.create_task(self._pump(wire, replies, writer))
                await asyncio.wait((there, back), return_when=asyncio.FIRST_COMPLETED)
                wire.cut()
                await asyncio.gather(there, back)
                self._wires.discard(wire)

    async def _pump(self, wire: _Wire, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while chunk := await reader.read(CHUNK):
                if self.delay:
                    await asyncio.sleep(self.delay)
                if self._swallow and writer is wire.client:
                    self.swallowed.set()
                    wire.lost = True
                else:
                    writer.write(chunk)
                    await writer.drain()


@contextlib.asynccontextmanager
async def proxy(target: int = 0, port: int = 0) -> AsyncIterator[Proxy]:
    """An open proxy to that port of loopback; on a port of its own unless told."""
    made = Proxy(target)
    server = await asyncio.start_server(made.serve, "127.0.0.1", port)
    made.port = int(server.sockets[0].getsockname()[1])
    try:
        yield made
    finally:
        server.close()
        await made.close()
        await server.wait_closed()
