"""For every test: seeds that are printed, settings of its own, and services to start.

`start` gives one service by itself, `world` all four; neither runs loops. Each run repeats the seed it prints, which
HOMEWARD_TEST_SEED changes to look elsewhere.
"""

import os
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from shared.bus.embedded import EmbeddedBus
from shared.sealing.keystore import file_key_store
from shared.service import Runtime
from shared.settings import Settings
from shared.storage import migrations
from shared.storage.once import sqlite_url
from shared.testing import CountedIds, Harness, TickingClock, harness_of
from tests.support.callers import invented

MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3  # noqa: S108 -- pytest makes a private folder in it

pytest_plugins = tuple(f"tests.support.{name}" for name in ("parts", "on_kafka", "declared", "issuing", "counted"))

settings.register_profile(
    "homeward",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=60,
    derandomize=False,  # which Hypothesis turns on under CI, and the printed seed would mean nothing
)
settings.load_profile("homeward")

SERVICES = ("intake", "screening", "referrals", "grants")
Start = Callable[[str], Awaitable[Harness]]
Migrated = Callable[[str, Path], None]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Set the seed before Hypothesis reads its option, and forget the settings of whoever runs the tests."""
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = os.environ.get("HOMEWARD_TEST_SEED", "33")
    for name in [name for name in os.environ if name.startswith("HOMEWARD_")]:
        if not name.startswith("HOMEWARD_TEST_"):
            del os.environ[name]
    # A busy machine is no locked store.
    os.environ["HOMEWARD_STORE_SECONDS"] = "30"
    _in_memory()


def _in_memory() -> None:
    """Temporary folders in memory, where there is room: what our tests kill is a process, never a machine."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files begin first whose tests may take longest, so that no worker waits long for another one's last file."""
    longest = Counter[Path]()
    for item in items:
        limit = item.get_closest_marker("timeout")
        longest[item.path] = max(longest[item.path], limit.args[0] if limit else 0)
    items.sort(key=lambda item: -longest[item.path])


def pytest_report_header(config: pytest.Config) -> str:
    return f"repeat with: HOMEWARD_TEST_SEED={config.option.hypothesis_seed}"


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Migrated:
    """Puts a service's empty, migrated file into a folder: migrated once, copied ever after."""
    folder = tmp_path_factory.mktemp("migrated")

    def copy(service: str, into: Path) -> None:
        template = folder / f"{service}.db"
        migrations.upgrade(f"services.{service}", sqlite_url(template))
        into.mkdir(mode=0o700, exist_ok=True)
        shutil.copy(template, into / template.name)

    return copy


@pytest.fixture
def start(tmp_path: Path, stack: AsyncExitStack, migrated: Migrated) -> Start:
    """`await start("intake")`: that service alone, without loops, with a clock and ids of the test's own."""

    async def one(service: str) -> Harness:
        clock, draw = TickingClock(), CountedIds(service)
        folder = tmp_path / "data"
        migrated(service, folder)
        bus, keys = EmbeddedBus(folder / "bus.db"), file_key_store(folder)
        stack.push_async_callback(keys.close)
        await bus.start()
        stack.push_async_callback(bus.stop)
        runtime = Runtime(Settings(data_dir=folder), bus, keys, clock, draw, loops=False, identify=invented)
        app = import_module(f"services.{service}.app").create_app(runtime)
        stack.push_async_callback(app.state.running.stop)
        return harness_of([app], app, bus, clock, draw)

    return one


@pytest.fixture
async def world(tmp_path: Path, stack: AsyncExitStack, migrated: Migrated) -> Harness:
    """All four services in one process, without loops."""
    for service in SERVICES:
        migrated(service, tmp_path / "data")
    embedded = import_module("services.hosting.embedded")
    clock, draw = TickingClock(), CountedIds("world")
    whole = embedded.Embedded(
        Settings(data_dir=tmp_path / "data"), clock=clock, draw=draw, loops=False, identify=invented
    )
    await stack.enter_async_context(whole.lifespan())
    return harness_of(whole.apps.values(), whole, whole.bus, clock, draw)
