"""What a platform asks of a process: does it live, has it started, may requests be sent to it; and what it measures.

The surprise: a bus that is away makes nobody unready for a quarter of an hour. Reads and writes go on without it, and
a platform that took every replica out of service would make a broker's outage ours. 503 means red.
"""

import asyncio
from collections.abc import Mapping
from typing import Protocol

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from shared import migrations
from shared.bus.lag import lag
from shared.bus.port import Bus
from shared.metrics import STORE_TROUBLE, Metrics, ends_of
from shared.runtime import Kept
from shared.supervisor import Supervisor

PATIENCE = 900.0
"""Seconds for which a bus may be away, or a fact unpublished, before the service is no longer ready."""
STORE_PATIENCE = 5.0
"""Seconds within which the store answers a probe, or is taken to be away."""


class Running(Protocol):
    """What is probed."""

    package: str
    kept: Kept
    bus: Bus
    supervisor: Supervisor
    metrics: Metrics
    started: bool


def install(app: FastAPI, running: Running) -> None:
    """The probes of one service, and its metrics; none of them stands in the API page."""
    prefix = f"/{running.kept.name}"

    @app.get(f"{prefix}/health/live", include_in_schema=False)
    async def live() -> JSONResponse:
        return _answer({"turning": True})

    @app.get(f"{prefix}/health/startup", include_in_schema=False)
    async def startup() -> JSONResponse:
        return _answer({"started": running.started})

    @app.get(f"{prefix}/health/ready", include_in_schema=False)
    async def ready() -> JSONResponse:
        return _answer(await checks(running))

    @app.get(f"{prefix}/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(await running.metrics.page(), media_type=CONTENT_TYPE_LATEST)


def _answer(checked: Mapping[str, bool]) -> JSONResponse:
    return JSONResponse({"checks": dict(checked)}, 200 if all(checked.values()) else 503)


async def checks(running: Running) -> dict[str, bool]:
    """Whether the service is ready, point by point. Never raises."""
    try:
        async with asyncio.timeout(STORE_PATIENCE):
            revision = await running.kept.database.read(migrations.revision)
            pending = (await lag(running.kept)).pending.oldest
    except STORE_TROUBLE:
        return {"started": running.started, "store": False}
    return {
        "started": running.started,
        "store": True,
        "migrations": not migrations.behind(running.package, revision),
        "loops": running.supervisor.healthy or await _will_go_on(running),
        "bus": pending < PATIENCE,
    }


async def _will_go_on(running: Running) -> bool:
    """A loop in trouble is bad news at once, unless the bus is away: then it goes on by itself when that is back."""
    return max(running.supervisor.silent().values()) < PATIENCE and await ends_of(running.bus) is None
