"""Screening behind uvicorn, in processes of its own, without loops: what `bench.writing` sends requests to."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import partial

from fastapi import FastAPI

from bench.signed import identify, shown
from bench.worlds import Nowhere, next_case
from services.hosting.serving import loading
from services.screening.app import create_app
from shared.clock import system_clock
from shared.ids import random_ref
from shared.observability.logging import configure
from shared.service import Runtime
from shared.settings import Settings
from shared.stores import key_store_for


def app() -> FastAPI:
    """Made once per worker."""
    settings = Settings()
    configure(settings.log_level)
    with loading():
        return create_app(
            Runtime(
                settings,
                Nowhere(),
                key_store_for(settings),
                system_clock,
                random_ref,
                loops=False,
                identify=identify(settings),
            )
        )


@contextlib.asynccontextmanager
async def serving(settings: Settings, port: int, workers: int) -> AsyncIterator[None]:
    """So many workers on that port, over a store that is there already."""
    command = (sys.executable, "-m", "uvicorn", "--factory", "bench.served:app", "--port", str(port))
    quiet = ("--workers", str(workers), "--no-access-log", "--log-level", "error")
    process = subprocess.Popen((*command, *quiet), env=environment(settings))
    try:
        await until_answers(port, process)
        yield
    finally:
        process.terminate()
        process.wait(60)


def environment(settings: Settings) -> dict[str, str]:
    """What a process of the product reads to find this store."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    url = settings.database_url.get_secret_value()
    ours = {"DATA_DIR": settings.data_dir, "DATABASE_URL": url, "STORE_SECONDS": settings.store_seconds}
    ours["CALLER_REQUESTS_PER_MINUTE"] = 1_000_000_000  # one caller sends all
    return kept | {f"HOMEWARD_{name}": str(value) for name, value in ours.items()}


async def until_answers(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the process takes connections on the port."""
    for _ in range(600):
        assert process.poll() is None, "the server ended while starting"
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the server did not start")


class _Connection(asyncio.Protocol):
    """One connection that sends the next request when the last one is answered."""

    def __init__(self, requests: Iterator[bytes], ended: "asyncio.Future[None]") -> None:
        self._requests, self._ended, self._got = requests, ended, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, gap, body = self._got.partition(b"\r\n\r\n")
        if not gap or len(body) < int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]):
            return
        if not head.startswith(b"HTTP/1.1 201"):
            self._ended.set_exception(AssertionError(self._got[:2000].decode()))
        self._got = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_exception(error or ConnectionResetError("the server hung up"))

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is not None:
            self._transport.write(request)  # type: ignore[attr-defined]
        elif not self._ended.done():
            self._ended.set_result(None)
            self._transport.close()


def requests(settings: Settings, many: int) -> list[bytes]:
    """That many requests to open an interview, ready to send."""
    token = shown(settings)
    return [_request(token) for _ in range(many)]


def _request(token: str) -> bytes:
    body = f'{{"case_ref":"{next_case()}","ref":"{random_ref()}"}}'
    head = (
        "POST /screening/v1/interviews HTTP/1.1",
        "Host: localhost",
        f"Authorization: {token}",
        f"Idempotency-Key: {random_ref()}",
        f"Request-Id: {random_ref()}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


async def send(port: int, ready: Sequence[bytes], connections: int) -> None:
    """Send all of them over so many connections: plain sockets, since a comfortable client would need its own core."""
    loop = asyncio.get_running_loop()
    left = iter(ready)
    ended = [loop.create_future() for _ in range(connections)]
    for each in ended:
        await loop.create_connection(partial(_Connection, left, each), "127.0.0.1", port)
    await asyncio.gather(*ended)
