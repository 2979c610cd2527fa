"""Two replicas of one service on one PostgreSQL database, one of which holds a transaction open when asked."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from shared import stores
from shared.bus.embedded import EmbeddedBus
from shared.running import Running
from shared.service import Runtime
from shared.settings import Settings
from shared.storage import T, Work
from shared.storage.postgres import PostgresDatabase
from shared.testing import CountedIds, Harness, TickingClock, harness_of, ref
from tests.support.callers import invented
from tests.support.eventually import REST

WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


class Holding(PostgresDatabase):
    """Once armed, does its work and does not commit before it is let go."""

    def __init__(self, url: str) -> None:
        super().__init__(url, 2)
        self.armed = False
        self.done, self.go = asyncio.Event(), asyncio.Event()

    async def write(self, work: Work[T]) -> T:
        if not self.armed:
            return await super().write(work)
        async with self._engine.begin() as connection:
            answer = await connection.run_sync(work)
            self.done.set()
            await self.go.wait()
            return answer


@dataclass
class Pair:
    """`first` holds its transaction open while `second` begins its own."""

    harness: Harness
    slow_app: Any
    slow: Running
    holding: Holding

    async def race(self, first: Callable[[httpx.AsyncClient], Awaitable[Any]], second: Callable[[], Awaitable[T]]) -> T:
        """Let the second begin when the first has done its work, and commit the first when the second waits for it."""
        self.holding.armed = True
        transport = httpx.ASGITransport(app=self.slow_app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            one = asyncio.ensure_future(first(client))
            await asyncio.wait_for(self.holding.done.wait(), REST)
            two = asyncio.ensure_future(second())
            await self._blocked(two)
            self.holding.go.set()
            await one
            return await two

    async def meet(self, first: "Request", second: "Request") -> httpx.Response:
        """Two requests: the answer to the second, which waited for the first."""
        async with self.harness.client() as other:
            return await self.race(first, lambda: second(other))

    async def _blocked(self, task: "asyncio.Future[Any]") -> None:
        """Until a session of this database waits for a lock: the second is behind the first."""
        database = self.harness.running[self.slow.service.name].kept.database
        async with asyncio.timeout(60):
            while not await database.read(lambda conn: conn.execute(text(WAITING)).scalar_one()):
                assert not task.done(), "the second did not wait for the first"
                await asyncio.sleep(0.01)


Both = Callable[[str], Awaitable[Pair]]
Request = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


def request(who: str, path: str, body: dict[str, Any] | None = None, version: int | str | None = None) -> Request:
    """A command that one of two clients sends, under a key of its own."""
    headers = {"Authorization": who, "Idempotency-Key": ref(f"{who} {path}")}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    return lambda client: client.post(path, json=body or {}, headers=headers)


@pytest.fixture
def both(tmp_path: Path, stack: AsyncExitStack, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Both:
    """`await both("grants")`: two replicas of that service."""

    async def start(service: str) -> Pair:
        settings = Settings.model_validate({"data_dir": tmp_path, "database_url": postgres_url, "database_pool": 2})
        await asyncio.to_thread(stores.migrate, settings, (service,))
        bus, clock, draw = EmbeddedBus(tmp_path / "bus.db"), TickingClock(), CountedIds()
        keys = stores.key_store_for(settings)
        stack.push_async_callback(keys.close)
        await bus.start()
        stack.push_async_callback(bus.stop)
        runtime = Runtime(settings, bus, keys, clock, draw, loops=False, identify=invented)
        create = import_module(f"services.{service}.app").create_app
        app = create(runtime)
        holding = Holding(stores.url_for(settings, service))
        monkeypatch.setattr(stores, "database_for", lambda *_: holding)
        slow = create(runtime)
        for one in (app, slow):
            stack.push_async_callback(one.state.running.stop)
        return Pair(harness_of([app], app, bus, clock, draw), slow, slow.state.running, holding)

    return start
