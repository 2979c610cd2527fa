"""Services at one address: starts the bus and the services, and routes a request to the one its path names first.

All four in one process and one in a process of its own use the same code. A service is given as the function that makes
its app, so a process loads no service that it does not host.
"""

import contextlib
import os
from collections.abc import AsyncIterator, Callable, Mapping
from importlib import import_module
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from shared import stores
from shared.audit.alerts import NoCanaries, limits_of
from shared.auth import Identify
from shared.auth.identity import SIGNATURES
from shared.clock import Clock, system_clock
from shared.ids import Draw, random_ref
from shared.production import refuse_unsafe
from shared.running import Running
from shared.sealing.keyfile import NoKeys
from shared.service import Runtime
from shared.settings import Settings
from shared.storage.revisions import UnknownRevision
from shared.web.headers import Outermost
from shared.web.hosts import Hosts, misdirected
from shared.web.problems import problem

CreateApp = Callable[[Runtime], FastAPI]
RESOURCE = "/.well-known/oauth-protected-resource"
Lifespan = Callable[[], contextlib.AbstractAsyncContextManager[None]]


class Hosting:
    """Some services as one ASGI application."""

    def __init__(
        self,
        settings: Settings,
        services: Mapping[str, CreateApp],
        *,
        clock: Clock = system_clock,
        draw: Draw = random_ref,
        loops: bool = True,
        identify: Identify | None = None,
    ) -> None:
        refuse_unsafe(settings)
        _refuse_canaries(settings)
        _keep_private(settings)
        self.issuer_address = settings.issuer
        self.hosts = Hosts(settings)
        self.outermost = Outermost(self._served, settings)
        if not stores.on_postgres(settings):
            stores.migrate(settings, tuple(services))
        self.bus = stores.bus_for(settings, clock)
        self.key_store = stores.key_store_for(settings, tuple(services))
        runtime = Runtime(settings, self.bus, self.key_store, clock, draw, loops, identify or _identify(settings))
        self.limits = runtime.limits
        self.apps: dict[str, FastAPI] = {name: create(runtime) for name, create in services.items()}

    @property
    def running(self) -> dict[str, Running]:
        """What works behind each app."""
        return {name: app.state.running for name, app in self.apps.items()}

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Start the bus, then the services; stop in the reverse order."""
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self.key_store.close)
            await self.bus.start()
            stack.push_async_callback(self.bus.stop)
            for running in self.running.values():
                await running.start()
                stack.push_async_callback(running.stop)
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(self.lifespan, receive, send)
        else:
            await self.outermost(scope, receive, send)

    async def _served(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self.answer if self.hosts.serve(scope) else misdirected)(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that came to one of our names."""
        if scope["path"] == RESOURCE and self.issuer_address:
            await resource(self.issuer_address)(scope, receive, send)
        else:
            await by_first_segment(self.apps, scope, receive, send)


def resource(issuer: str) -> JSONResponse:
    """What a client needs to know in order to sign in (RFC 9728)."""
    said = {
        "resource": "homeward",
        "authorization_servers": [issuer],
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": SIGNATURES,
    }
    return JSONResponse(said)


async def by_first_segment(apps: Mapping[str, ASGIApp], scope: Scope, receive: Receive, send: Send) -> None:
    """Hand a request to the app its path names first; `/` tells which there are."""
    # `OPTIONS *` has a path without any slash.
    app = apps.get(scope["path"].removeprefix("/").partition("/")[0])
    if app is None:
        app = (
            JSONResponse({"services": sorted(apps)})
            if scope["path"] == "/"
            else problem(Request(scope), 404, "http_404")
        )
    await app(scope, receive, send)


async def live(lifespan: Lifespan, receive: Receive, send: Send) -> None:
    """What a server asks of an application when it starts and when it stops."""
    await receive()
    async with contextlib.AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(lifespan())
        except (UnknownRevision, NotStarted, NoKeys) as trouble:
            # What an operator can do about it is in these words; any other error keeps its kind and place.
            await send({"type": "lifespan.startup.failed", "message": str(trouble)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})


class NotStarted(Exception):
    """What must run before anything is answered does not; the text says what an operator can do."""


def refuse_nobody(settings: Settings) -> None:
    """Raise NotStarted unless settings name who says who is calling."""
    if not settings.issuer:
        raise NotStarted("Nobody says who is calling: set HOMEWARD_ISSUER to the address of an OpenID provider.")


def _refuse_canaries(settings: Settings) -> None:
    """Raise NotStarted for a file of canaries that tells nothing: whoever relies on it would never be called."""
    try:
        limits_of(settings)
    except NoCanaries as trouble:
        raise NotStarted(f"HOMEWARD_CANARY_FILE: {trouble}.") from None


def _identify(settings: Settings) -> Identify:
    """How callers are recognised: by tokens of the issuer that settings name. Raises NotStarted without one."""
    refuse_nobody(settings)
    # What fetches keys and checks signatures is not loaded in vain.
    found: Identify = import_module("shared.auth.bearer").of(
        settings.issuer, settings.audience, settings.issuer_ca_file, settings.issuer_at
    )
    return found


def _keep_private(settings: Settings) -> None:
    """All that this process writes is its owner's alone, and so is the data folder where it is used."""
    os.umask(0o077)
    if not stores.elsewhere(settings):
        folder = Path(settings.data_dir)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
