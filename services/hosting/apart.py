"""The four services as four processes behind one address: what an operator runs where no container engine does.

Each is the production form of `services.hosting.alone`. A child that dies is started again, with back-off; all end
with this process. A child ends when its standard input closes, so that even `kill -9` leaves no orphan behind.
"""

import asyncio
import contextlib
import functools
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping

import httpx
from starlette.types import Receive, Scope, Send

from services import SERVICES
from services.hosting.alone import refuse_files
from services.hosting.passing import Passing
from services.hosting.practice import begun_for_practice
from services.issuing.issuer import Issuing
from services.issuing.people import Person
from services.issuing.signing import PREFIX as ISSUER
from services.operating.office import opened
from shared.hosting import RESOURCE, NotStarted, by_first_segment, live, refuse_nobody, resource
from shared.production import refuse_unsafe
from shared.settings import Settings
from shared.supervisor import Supervisor
from shared.web.headers import Outermost
from shared.web.hosts import Hosts, misdirected
from shared.web.limits import Limits

SOON, CALM = 0.05, 2.0
"""Seconds between two looks at a child: while it starts, and afterwards."""
PATIENCE = 180.0
GRACE = 10.0


class Apart:
    """The whole product as one ASGI application that passes everything on."""

    def __init__(self, settings: Settings, people: Mapping[str, Person] | None = None) -> None:
        """`people` are whom the development issuer signs in; without them settings must name an issuer."""
        refuse_unsafe(settings)
        refuse_files(settings)
        if people is None:
            refuse_nobody(settings)
        self.issuer = None if people is None else Issuing(settings, people)
        self.issuer_address = settings.issuer if self.issuer is None else self.issuer.address
        self.settings = settings
        self.addresses = {
            name: f"http://{settings.host}:{settings.port + number}" for number, name in enumerate(SERVICES, 1)
        }
        self.hosts, self.limits = Hosts(settings), Limits(settings)
        self.outermost = Outermost(self._answer, settings)
        self.children = Supervisor()
        self.met: set[str] = set()

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Start all four and wait until each is healthy; stop them all."""
        # As many to the children as there are callers: one that sends slowly must keep no other waiting.
        pool = httpx.Limits(max_connections=None, max_keepalive_connections=100)
        async with httpx.AsyncClient(timeout=httpx.Timeout(60, connect=2), limits=pool) as self.client:
            try:
                for name in SERVICES:
                    self.children.start(name, functools.partial(self._keep, name))
                await self._all_met()
                if self.issuer is not None:
                    async with opened(self.settings, keyed=True) as office:
                        await begun_for_practice(office)
                yield
            finally:
                await self.children.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(self.lifespan, receive, send)
        else:
            await self.outermost(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self.hosts.serve(scope):
            await misdirected(scope, receive, send)
        elif scope["path"] == RESOURCE:
            await resource(self.issuer_address)(scope, receive, send)
        elif self.issuer is not None and scope["path"].startswith(f"{ISSUER}/"):
            await self.issuer(scope, receive, send)
        else:
            apps = {name: Passing(self.client, address) for name, address in self.addresses.items()}
            await by_first_segment(apps, scope, receive, send)

    async def _keep(self, service: str, beat: Callable[[], None]) -> None:
        """One life of a child. The supervisor begins the next."""
        child = await _born(service, self.addresses[service], self.issuer_address)
        try:
            while child.returncode is None:
                if await self._healthy(service):
                    beat()
                    self.met.add(service)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(CALM if service in self.met else SOON):
                        await child.wait()
        finally:
            await _ended(child)

    async def _healthy(self, service: str) -> bool:
        try:
            answer = await self.client.get(f"{self.addresses[service]}/{service}/health/ready", timeout=5)
        except httpx.TransportError:
            return False
        return answer.is_success

    async def _all_met(self) -> None:
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while missing := [name for name in SERVICES if name not in self.met]:
            dead = [name for name in missing if self.children.health()[name]["restarts"]]
            if dead or asyncio.get_running_loop().time() > deadline:
                raise NotStarted(f"{', '.join(dead or missing)} did not start: what stands above says why")
            await asyncio.sleep(SOON)


async def _born(service: str, address: str, issuer: str) -> Process:
    port = address.rpartition(":")[2]
    command = [sys.executable, "-m", "services", "up", service, "--port", port, "--until-eof"]
    # In a session of its own: Ctrl-C reaches this process alone, which then ends the children in order.
    environment = os.environ | {"HOMEWARD_ISSUER": issuer}
    return await asyncio.create_subprocess_exec(*command, env=environment, stdin=PIPE, start_new_session=True)


async def _ended(child: Process) -> None:
    if child.returncode is None:
        child.terminate()
        try:
            async with asyncio.timeout(GRACE):
                await child.wait()
        except TimeoutError:
            child.kill()
            await child.wait()
