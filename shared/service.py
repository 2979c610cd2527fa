"""Puts the parts of one service together: its app, its store, its relay, consumer and to-do loops.

A service starts its store before its loops and its loops before it answers, and stops in the reverse order, so that no
request ever meets a half-open service.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig

from shared import migrations, openapi, pages, probes, problems, stores
from shared.bus.alarm import Alarm
from shared.bus.consumer import Consumer
from shared.bus.port import Bus
from shared.bus.relay import Relay
from shared.clock import Clock
from shared.doing import Doing
from shared.edge import Edge
from shared.ids import Draw
from shared.journey import Journey
from shared.ledger import Ledger
from shared.metrics import Metrics
from shared.runtime import Kept
from shared.sealing import KeyStore
from shared.settings import Settings
from shared.supervisor import Supervisor
from shared.todos import Reactions
from shared.tracing import Tracing, tracing_for
from shared.viewing import viewing_router
from shared.watching import Watching

SILENT: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""FastAPI would record addresses, messages of errors and stack traces by itself where its variables are set."""


@dataclass(frozen=True)
class Service:
    """What a service brings: its name, tables, routes, view and reactions."""

    name: str
    ledger: Ledger
    routers: Sequence[APIRouter]
    journey: Journey
    reactions: Reactions
    description: str


@dataclass(frozen=True)
class Runtime:
    """What the process brings. `loops` off: a test drives relay, consumer and to-dos itself, to rest."""

    settings: Settings
    bus: Bus
    key_store: KeyStore
    clock: Clock
    draw: Draw
    loops: bool = True
    tracing_for: Callable[[Settings, str], Tracing] = tracing_for


class Running:
    """One service at work."""

    def __init__(self, service: Service, runtime: Runtime) -> None:
        self.service, self.runtime = service, runtime
        self.package = f"services.{service.name}"
        if not stores.on_postgres(runtime.settings):
            migrations.upgrade(self.package, stores.url_for(runtime.settings, service.name))
        self.kept = Kept(
            name=service.name,
            database=stores.database_for(runtime.settings, service.name),
            ledger=service.ledger,
            journey=service.journey,
            reactions=service.reactions,
            key_store=runtime.key_store,
            secret=runtime.key_store.secret(service.name),
            position_secret=runtime.key_store.secret("positions"),
            clock=runtime.clock,
            draw=runtime.draw,
            tracing=runtime.tracing_for(runtime.settings, service.name),
        )
        self.bus = runtime.bus
        self.relay = Relay(self.kept.database, service.ledger, runtime.bus, service.name, self.kept.wake)
        self.consumer = Consumer(self.kept, runtime.bus, self._applied)
        self.doing = Doing(self.kept)
        self.alarm = Alarm(self.kept, timedelta(minutes=runtime.settings.alarm_minutes))
        self.supervisor = Supervisor()
        self.watching = Watching(service.name, self.kept.tracing)
        self.metrics = Metrics(self.kept, runtime.bus, self.supervisor, self.watching.registry)
        self.started = False

    def _applied(self) -> None:
        self.kept.todo_wake.set()
        self.kept.applied.ring()

    async def start(self) -> None:
        """Begin the loops, unless a test drives them. Raises UnknownRevision over a store that is not up to date."""
        migrations.refuse_other(self.package, await self.kept.database.read(migrations.revision))
        if self.runtime.loops:
            self.supervisor.start("relay", self.relay.run)
            self.supervisor.start("consumer", self.consumer.run)
            self.supervisor.start("to-dos", self.doing.run)
            self.supervisor.start("alarm", self.alarm.run)
        self.started = True

    async def stop(self) -> None:
        """End the loops, then close the store."""
        await self.supervisor.stop()
        await self.consumer.close()
        await self.kept.database.close()
        await asyncio.to_thread(self.kept.tracing.close)

    def health(self) -> dict[str, Any]:
        """How each loop is, and how many streams have waited too long."""
        return {"loops": self.supervisor.health(), "streams_waiting_too_long": self.alarm.late}

    async def drain(self) -> bool:
        """One round of relay, consumer and to-dos by hand. True when anything moved."""
        moved = await self.relay.step()
        moved += await self.consumer.step()
        moved += await self.doing.step()
        return bool(moved)


def assemble(service: Service, runtime: Runtime) -> FastAPI:
    """The FastAPI app of a service; `app.state.running` holds what works behind it."""
    running = Running(service, runtime)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await running.start()
        yield
        await running.stop()

    prefix = f"/{service.name}"
    app = FastAPI(
        title=f"Homeward {service.name}",
        description=service.description,
        version="1",
        openapi_url=f"{prefix}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        telemetry=SILENT,
    )
    app.state.kept, app.state.running = running.kept, running
    for router in (*service.routers, viewing_router(service.name)):
        app.include_router(router)
    pages.install(app, service.name, running.health)
    probes.install(app, running)
    openapi.install(app)
    problems.install(app)
    app.add_middleware(Edge, body_limit=runtime.settings.body_limit, draw=runtime.draw, watching=running.watching)
    return app
