"""A listener in the world of the tale, for the tests of the bus."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.listening import Listener, listening
from tests.support.tale import told_world


@pytest.fixture
async def listener(tmp_path: Path) -> AsyncIterator[Listener]:
    """One service that listens, while the catalogue holds the facts of the tale alone."""
    with told_world():
        async with listening(tmp_path) as one:
            yield one
