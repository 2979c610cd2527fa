"""A port and the server that listens on it: what every way to run the product has in common.

On a stop, requests at work get a few seconds, and then the connection is cut. A caller who was cut off repeats the
request with its Idempotency-Key. Waiting longer would risk being killed in the middle of anything.
"""

import contextlib
import gc
import os
import socket
import threading
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from shared.observability.logging import configure
from shared.settings import Settings

LAST_ANSWERS = 5
"""Seconds for requests under way, of the ten that an operator waits for a process to end."""


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """While code is loaded nothing is looked through for garbage, nor later what was loaded: all of it stays.

    Looking took a fifth of the start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class Server(uvicorn.Server):
    """A server that says so when it listens: before that, whoever follows an address finds nobody there."""

    listening: Callable[[], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application and open the port. Where either fails, nothing is said."""
        await super().startup(sockets)
        if self.started and self.listening is not None:
            self.listening()


def server(app: ASGIApp, settings: Settings) -> Server:
    """A server for an application, at the address of the settings."""
    configure(settings.log_level)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        lifespan="on",
        access_log=False,
        timeout_graceful_shutdown=LAST_ANSWERS,
    )
    return Server(config)


def taken(host: str, port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def stop_at_end_of_input(server: uvicorn.Server) -> None:
    """Stop when whoever started this process is gone: its end of our standard input closes with it."""

    def wait() -> None:
        # Not through sys.stdin: its lock would still be held when the interpreter ends.
        while os.read(0, 64):
            pass
        server.should_exit = True

    threading.Thread(target=wait, daemon=True).start()
