"""Two services whose spans are kept in memory: what intake tells, referrals hears and answers to with a plan."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.bus.embedded import EmbeddedBus
from shared.hosting import by_first_segment
from shared.observability.spans import Traced
from shared.sealing.keystore import file_key_store
from shared.service import Runtime
from shared.settings import Settings
from shared.testing import CountedIds, Harness, TickingClock, harness_of
from tests.support.callers import invented

SERVICES = ("intake", "referrals")


@dataclass
class Traces:
    """The two services, and where their spans end."""

    world: Harness
    exporter: InMemorySpanExporter

    def spans(self) -> list[ReadableSpan]:
        """All that ended so far."""
        for running in self.world.running.values():
            tracing = running.kept.tracing
            assert isinstance(tracing, Traced)
            assert tracing.flush()
        return list(self.exporter.get_finished_spans())


@asynccontextmanager
async def traced(folder: Path) -> AsyncIterator[Traces]:
    """Both services, without loops."""
    exporter, bus, clock, draw = InMemorySpanExporter(), EmbeddedBus(folder / "bus.db"), TickingClock(), CountedIds()
    async with AsyncExitStack() as stack:
        keys = file_key_store(folder)
        stack.push_async_callback(keys.close)
        await bus.start()
        stack.push_async_callback(bus.stop)
        runtime = Runtime(
            Settings(data_dir=folder),
            bus,
            keys,
            clock,
            draw,
            loops=False,
            identify=invented,
            tracing_for=lambda _, name: Traced(name, exporter),
        )
        apps = {name: import_module(f"services.{name}.app").create_app(runtime) for name in SERVICES}
        for app in apps.values():
            stack.push_async_callback(app.state.running.stop)
        yield Traces(harness_of(apps.values(), partial(by_first_segment, apps), bus, clock, draw), exporter)
