"""An audit of 10,000 entries with its witness: made once, copied for every attack."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.storage.sqlite import SqliteDatabase
from tests.support.audited import Audited, audited

MANY, EACH = 10_000, 250


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that it is made in."""
    return tmp_path_factory.mktemp("audited")


@pytest.fixture
async def audit(large: Path, tmp_path: Path) -> AsyncIterator[Audited]:
    """10,000 entries, 40 checkpoints."""
    if not (large / "intake.db").exists():
        async with audited(SqliteDatabase(large / "making.db"), large / "witness") as made:
            await made.fill(MANY - 1, EACH)
        (large / "making.db").rename(large / "intake.db")
    for path in (large / "intake.db", large / "witness"):
        shutil.copy(path, tmp_path)
    async with audited(SqliteDatabase(tmp_path / "intake.db"), tmp_path / "witness") as found:
        yield found
