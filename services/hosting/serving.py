"""A port and the server that listens on it: what every way to run the product has in common.

On a stop, requests at work get a few seconds, and then the connection is cut. A caller who was cut off repeats the
request with its Idempotency-Key. Waiting longer would risk being killed in the middle of anything.
"""

import asyncio
import contextlib
import gc
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol, cast

import uvicorn
from starlette.types import Receive, Scope, Send

from shared.observability.logging import configure
from shared.settings import Settings
from shared.web.connection import Connection, Watch
from shared.web.limits import Limits
from shared.wires import in_clear

log = logging.getLogger(__name__)
LAST_ANSWERS = 5
"""Seconds for requests under way, of the ten that an operator waits for a process to end."""


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """Switch garbage collection off while code is loaded, and freeze what was loaded, since all of it stays.

    Collecting took a fifth of the start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class Server(uvicorn.Server):
    """A server that prints its addresses only once it listens, so that no address leads nowhere."""

    listening: Callable[[], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application and open the port. Where either fails, no address is printed."""
        await super().startup(sockets)
        if self.started and self.listening is not None:
            self.listening()


class Limited(Protocol):
    """An application that says how much its process takes on."""

    limits: Limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


def server(app: Limited, settings: Settings) -> Server:
    """A server for an application, at the address of the settings and within its limits."""
    configure(settings.log_level)
    for why in in_clear(settings):
        log.warning("connection without TLS", extra={"why": why})
    connection = partial(Connection, app.limits, Watch(app.limits))
    config = uvicorn.Config(
        app,
        http=cast("type[asyncio.Protocol]", connection),
        ws="none",
        timeout_keep_alive=cast("int", settings.idle_seconds),
        forwarded_allow_ips=settings.trusted_proxies,
        host=settings.host,
        port=settings.port,
        log_config=None,
        lifespan="on",
        access_log=False,
        timeout_graceful_shutdown=LAST_ANSWERS,
    )
    return Server(config)


def taken(host: str, port: int) -> bool:
    """Whether the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def stop_at_end_of_input(server: uvicorn.Server) -> None:
    """Stop when the parent process is gone: its end of our standard input closes with it."""

    def wait() -> None:
        # Not through sys.stdin: its lock would still be held when the interpreter ends.
        while os.read(0, 64):
            pass
        server.should_exit = True

    threading.Thread(target=wait, daemon=True).start()
