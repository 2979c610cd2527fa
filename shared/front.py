"""The front of a service: its FastAPI app, with what every service answers besides its own things.

Call `assemble` in a service's `app.py`. FastAPI's own telemetry is switched off, since it would record addresses and
messages.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.types import Lifespan

from shared.running import Running
from shared.service import Runtime, Service
from shared.web import held, openapi, pages, probes, problems
from shared.web.edge import Edge
from shared.web.strict import StrictRoute

SILENT: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""FastAPI would record addresses, messages of errors and stack traces by itself where its variables are set."""


def assemble(service: Service, runtime: Runtime) -> FastAPI:
    """The FastAPI app of a service; `app.state.running` holds what works behind it."""
    running = Running(service, runtime)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await running.start()
        yield
        await running.stop()

    app = _bare(service, lifespan)
    app.state.kept, app.state.running = running.kept, running
    app.state.titles = problems.merged([problems.TITLES, service.problems])
    app.state.lists = service.lists
    app.state.limits = runtime.limits
    for router in (*service.routers, *service.views):
        # As they were built when their module was loaded: `include_router` builds each route again, 5 ms a route and
        # at its first request, for options of inclusion that none of ours has.
        app.router.routes.extend(router.routes)
    pages.install(app, service.name, running.health)
    probes.install(app, running)
    practice = not runtime.settings.production
    if practice:
        pages.install_page(app, service.name)
    openapi.install(app, service.name, to_all=practice)
    problems.install(app)
    held.install(app)
    app.add_middleware(Edge, limits=runtime.limits, draw=runtime.draw, watching=running.watching)
    return app


def _bare(service: Service, lifespan: Lifespan[FastAPI]) -> FastAPI:
    """An app that answers nothing yet, without the pages that FastAPI would add."""
    app = FastAPI(
        title=f"Homeward {service.name}",
        description=service.description,
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        telemetry=SILENT,
    )
    app.router.route_class = StrictRoute
    return app
