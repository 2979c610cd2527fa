"""An application behind the real server, on loopback, in the loop of the test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from services.hosting.serving import Limited, Server, server
from shared.web.limits import Limits


class Bare:
    """An application of its own around a few lines of ASGI: it starts and stops without anything."""

    def __init__(self, answer: Any, limits: Limits) -> None:
        self.answer, self.limits = answer, limits

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await self.answer(scope, receive, send)
            return
        for said in ("lifespan.startup.complete", "lifespan.shutdown.complete"):
            await receive()
            await send({"type": said})


@asynccontextmanager
async def served(app: Limited) -> AsyncIterator[int]:
    """The port on which the application answers."""
    serving: Server = server(app, app.limits.settings.model_copy(update={"port": 0}))
    ready = asyncio.Event()
    serving.listening = ready.set
    task = asyncio.create_task(serving.serve())
    try:
        await ready.wait()
        yield serving.servers[0].sockets[0].getsockname()[1]
    finally:
        serving.should_exit = True
        await task
