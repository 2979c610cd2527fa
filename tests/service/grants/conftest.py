"""Grants alone, driven by hand, hearing what the other three would tell."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.grants.app import create_app
from shared.bus.embedded import EmbeddedBus
from shared.sealing.keystore import file_key_store
from shared.service import Runtime
from shared.settings import Settings
from shared.testing import CountedIds, TickingClock, harness_of
from tests.service.grants.desk import Desk
from tests.support.callers import invented


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Grants, with the people who work there."""
    bus, clock, draw = EmbeddedBus(tmp_path / "bus.db"), TickingClock(), CountedIds()
    key_store = file_key_store(tmp_path)
    await bus.start()
    app = create_app(Runtime(Settings(data_dir=tmp_path), bus, key_store, clock, draw, loops=False, identify=invented))
    yield Desk(harness_of([app], app, bus, clock, draw))
    await app.state.running.stop()
    await bus.stop()
    await key_store.close()
