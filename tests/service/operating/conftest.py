"""A data folder that was lived in: made once, copied for every test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.logged import logs_as_before
from tests.support.operated import Operated, lived_in, operated


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once."""
    folder = tmp_path_factory.mktemp("operated") / "data"
    lived_in(folder)
    return folder


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Operated:
    """A copy to operate on."""
    shutil.copytree(template, tmp_path / "data")
    return operated(tmp_path / "data")


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """A command sends the logs of its process where it likes; this process goes on."""
    with logs_as_before():
        yield
