"""The grounds on which faults are met: files and the embedded log, or PostgreSQL and Apache Kafka."""

import os
import shutil
from pathlib import Path

import pytest

from shared.settings import Settings
from tests.support.load.ground import Ground


@pytest.fixture
def seed() -> int:
    """The seed of a load; HOMEWARD_TEST_SEED changes it."""
    return int(os.environ.get("HOMEWARD_TEST_SEED", "33"))


@pytest.fixture(scope="session")
def empty_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stores of the load, brought up once and copied ever after."""
    folder = tmp_path_factory.mktemp("load")
    Ground("embedded", Settings(data_dir=folder)).make_tables()
    return folder


@pytest.fixture
def embedded(tmp_path: Path, empty_files: Path) -> Ground:
    """A ground of files."""
    shutil.copytree(empty_files, tmp_path / "data")
    return Ground("embedded", Settings(data_dir=tmp_path / "data"))


@pytest.fixture(params=["embedded"])
def ground(request: pytest.FixtureRequest) -> Ground:
    """Every ground in turn."""
    found: Ground = request.getfixturevalue(request.param)
    return found
