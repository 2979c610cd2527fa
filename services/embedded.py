"""All four services in one process, on one port, in one folder: the only module that knows all of them.

The surprise: it loads a service only when its package is asked for by name, in the order in which people meet them.
"""

import contextlib
import os
import pkgutil
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from services.grants.app import create_app as grants
from services.intake.app import create_app as intake
from services.referrals.app import create_app as referrals
from services.screening.app import create_app as screening
from shared.clock import Clock, system_clock
from shared.contracts.catalogue import CATALOGUE
from shared.documents import events_page, states_pages
from shared.ids import Draw, random_ref
from shared.model import StatusTable
from shared.service import Running, Runtime
from shared.settings import Settings
from shared.stores import bus_for, key_store_for

SERVICES = {"intake": intake, "screening": screening, "referrals": referrals, "grants": grants}


class Embedded:
    """The whole product as one ASGI application."""

    def __init__(
        self, settings: Settings, *, clock: Clock = system_clock, draw: Draw = random_ref, loops: bool = True
    ) -> None:
        self.folder = _private_folder(Path(settings.data_dir))
        self.bus = bus_for(settings, clock)
        self.key_store = key_store_for(settings)
        runtime = Runtime(settings, self.bus, self.key_store, clock, draw, loops)
        self.apps: dict[str, FastAPI] = {name: create(runtime) for name, create in SERVICES.items()}

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
            await self._live(receive, send)
            return
        app = self.apps.get(scope["path"].split("/")[1])
        if app is not None:
            await app(scope, receive, send)
            return
        answer = JSONResponse({"services": sorted(self.apps)}, 200 if scope["path"] == "/" else 404)
        await answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self.lifespan():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def documents() -> dict[str, str]:
    """The pages under docs/ that are written from the code, by their path there."""
    journeys = [import_module(f"services.{name}.journey").JOURNEY for name in SERVICES]
    pages = {"events.md": events_page(CATALOGUE, journeys)}
    states = states_pages({name: list(_status_tables(name)) for name in SERVICES})
    return pages | {f"states/{name}": page for name, page in states.items()}


def write_documents(folder: Path) -> list[Path]:
    """Write the generated pages below a folder; the paths that were written."""
    written = []
    for name, page in documents().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, "utf-8")
        written.append(path)
    return written


def _status_tables(service: str) -> Iterator[StatusTable]:
    package = import_module(f"services.{service}")
    for found in pkgutil.walk_packages(package.__path__, f"services.{service}."):
        if found.name.endswith(".domain"):
            tables = [value for value in vars(import_module(found.name)).values() if isinstance(value, StatusTable)]
            yield from tables


def _private_folder(folder: Path) -> Path:
    """The data folder, open to its owner only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    os.umask(0o077)
    return folder
