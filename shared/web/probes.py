"""The probes of a process (live, ready, started) and its metrics.

A bus that is away makes nobody unready for a quarter of an hour: reads and writes go on without it, and a platform that
took every replica out of service would turn a broker's outage into ours. 503 means red.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import Connection, func, select

from shared.bus.port import Bus
from shared.runtime import Kept
from shared.storage import revisions
from shared.storage.ledger import Ledger
from shared.supervisor import Supervisor
from shared.web.metrics import STORE_PATIENCE, STORE_TROUBLE, Metrics, ends_of

PATIENCE = 900.0
"""Seconds for which a bus may be away, or a fact unpublished, before the service is no longer ready."""


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
            revision = await running.kept.database.read(revisions.revision)
            since = await running.kept.database.read(lambda conn: _unpublished(conn, running.kept.ledger))
    except STORE_TROUBLE:
        return {"started": running.started, "store": False}
    return {
        "started": running.started,
        "store": True,
        "migrations": not revisions.behind(running.package, revision),
        "loops": running.supervisor.healthy or await _will_go_on(running),
        "bus": since is None or (running.kept.clock() - since).total_seconds() < PATIENCE,
    }


def _unpublished(conn: Connection, ledger: Ledger) -> datetime | None:
    """Since when the first unpublished fact waits. Two rows by key, however many there are: a probe is asked often."""
    first = select(func.min(ledger.pending.c.journal_id)).scalar_subquery()
    return conn.execute(select(ledger.journal.c.recorded).where(ledger.journal.c.id == first)).scalar_one_or_none()


async def _will_go_on(running: Running) -> bool:
    """A loop in trouble is bad news at once, unless the bus is away: then it goes on by itself when that is back."""
    return max(running.supervisor.silent().values()) < PATIENCE and await ends_of(running.bus) is None
