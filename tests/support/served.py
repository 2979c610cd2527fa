"""An application behind the real server, on loopback, in the loop of the test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from services.hosting.serving import Server, server
from shared.settings import Settings


class Bare:
    """An application of its own around a few lines of ASGI: it starts and stops without anything."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await self.answer(scope, receive, send)
            return
        for said in ("lifespan.startup.complete", "lifespan.shutdown.complete"):
            await receive()
            await send({"type": said})


@asynccontextmanager
async def served(app: Any, settings: Settings) -> AsyncIterator[int]:
    """The port on which the application answers."""
    serving: Server = server(app, settings.model_copy(update={"port": 0}))
    ready = asyncio.Event()
    serving.listening = ready.set
    task = asyncio.create_task(serving.serve())
    try:
        await ready.wait()
        yield serving.servers[0].sockets[0].getsockname()[1]
    finally:
        serving.should_exit = True
        await task
