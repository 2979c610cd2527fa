"""All four services in one process, on one port, in one folder: the only module that knows all of them.

A service is loaded only when its package is asked for by name, in the order in which people meet them.
"""

import contextlib
import pkgutil
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from importlib import import_module
from pathlib import Path

from starlette.types import Receive, Scope, Send

from services.grants.app import create_app as grants
from services.intake.app import create_app as intake
from services.issuing.app import Issuing
from services.issuing.people import Person
from services.issuing.signing import PREFIX as ISSUER
from services.operating.door import PREFIX, Door
from services.operating.office import Office
from services.referrals.app import create_app as referrals
from services.screening.app import create_app as screening
from shared import stores
from shared.auth import Identify
from shared.auth.bearer import Bearer
from shared.auth.tokens import Trust
from shared.clock import Clock, system_clock
from shared.contracts.catalogue import EVERY
from shared.hosting import CreateApp, Hosting
from shared.ids import Draw, random_ref
from shared.model import StatusTable
from shared.reference.asyncapi import asyncapi
from shared.reference.kept import as_text, keep
from shared.reference.pages import commands_page, events_page, states_pages
from shared.service import Service
from shared.settings import Settings
from shared.storage.folder import Hold

SERVICES: dict[str, CreateApp] = {"intake": intake, "screening": screening, "referrals": referrals, "grants": grants}


class Embedded(Hosting):
    """The whole product as one ASGI application."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = system_clock,
        draw: Draw = random_ref,
        loops: bool = True,
        identify: Identify | None = None,
        people: Mapping[str, Person] | None = None,
    ) -> None:
        key = secrets.token_urlsafe(32)
        self.hold = None if stores.elsewhere(settings) else Hold(Path(settings.data_dir), **_door(settings), key=key)
        try:
            self.issuer = None if settings.issuer or identify else Issuing(settings, people or {})
            if self.issuer is not None:
                identify = Bearer(self.issuer, Trust(self.issuer.address, settings.audience))
            super().__init__(settings, SERVICES, clock=clock, draw=draw, loops=loops, identify=identify)
        except BaseException:
            if self.hold:
                self.hold.release()
            raise
        if self.issuer is not None:
            self.issuer_address = self.issuer.address
        self.door = Door(self._office, key)

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Run all services, holding the lock on the data folder."""
        with self.hold or contextlib.nullcontext():
            async with super().lifespan():
                yield

    def _office(self) -> Office:
        return Office([running.kept for running in self.running.values()], self.bus, keys=self.key_store)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(PREFIX):
            await self.door(scope, receive, send)
        elif self.issuer is not None and scope["path"].startswith(f"{ISSUER}/"):
            await self.issuer(scope, receive, send)
        else:
            await super().answer(scope, receive, send)


def _door(settings: Settings) -> dict[str, str]:
    """Where an operator's command knocks while we have the files open."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return {"door": f"http://{host}:{settings.port}"}


def documents() -> dict[str, str]:
    """The pages under docs/ that are written from the code, by their path there."""
    journeys = [import_module(f"services.{name}.journey").JOURNEY for name in SERVICES]
    pages = {"events.md": events_page(EVERY, journeys), "asyncapi.json": as_text(asyncapi(EVERY, journeys))}
    states = states_pages({name: list(_status_tables(name)) for name in SERVICES})
    return pages | {f"states/{name}": page for name, page in states.items()} | dict(_commands())


def _commands() -> Iterator[tuple[str, str]]:
    """Per service: the index of its commands."""
    for name in SERVICES:
        service: Service = import_module(f"services.{name}.app").SERVICE
        yield f"commands/{name}.md", commands_page(name, (*service.commands, service.attention), service.policy)


def write_documents(folder: Path) -> list[Path]:
    """Write the generated pages below a folder, and once what is kept of each event; the paths that were written."""
    written = keep(folder / "events", EVERY.values())
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
    yield import_module(f"services.{service}.app").SERVICE.attention.statuses
