"""Fixtures every test may use: `start` starts one service by itself, `world` all four."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from importlib import import_module
from pathlib import Path

import pytest

from shared.bus.embedded import EmbeddedBus
from shared.sealing.keyfile import FileKeyStore
from shared.service import Runtime
from shared.settings import Settings
from shared.testing import CountedIds, Harness, TickingClock, harness_of

Start = Callable[[str], Awaitable[Harness]]


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


@pytest.fixture
def start(tmp_path: Path, stack: AsyncExitStack) -> Start:
    """`await start("intake")`: that service alone, without loops, with a clock and ids of the test's own."""

    async def one(service: str) -> Harness:
        clock, draw = TickingClock(), CountedIds(service)
        folder = tmp_path / "data"
        folder.mkdir(mode=0o700)
        bus, keys = EmbeddedBus(folder / "bus.db"), FileKeyStore(folder)
        stack.push_async_callback(keys.close)
        await bus.start()
        stack.push_async_callback(bus.stop)
        runtime = Runtime(Settings(data_dir=folder), bus, keys, clock, draw, loops=False)
        app = import_module(f"services.{service}.app").create_app(runtime)
        stack.push_async_callback(app.state.running.stop)
        return harness_of([app], app, bus, clock, draw)

    return one


@pytest.fixture
async def world(tmp_path: Path, stack: AsyncExitStack) -> Harness:
    """All four services in one process, without loops."""
    embedded = import_module("services.embedded")
    clock, draw = TickingClock(), CountedIds("world")
    whole = embedded.Embedded(Settings(data_dir=tmp_path / "data"), clock=clock, draw=draw, loops=False)
    await stack.enter_async_context(whole.lifespan())
    return harness_of(whole.apps.values(), whole, whole.bus, clock, draw)
