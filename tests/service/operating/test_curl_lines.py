"""The lines that a demo ends with, typed as they are printed: a token each, a list announced, read, and a problem."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from story.ending import curl_lines
from story.scenario import load
from tests.support.operated import ROOT, operated
from tests.support.parts import without
from tests.support.played import STORY

pytestmark = pytest.mark.slow


def typed(line: str, folder: Path) -> Any:
    """What a shell prints for a line, whose settings are those of whoever ran the demo."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    environment = clean | {"HOMEWARD_DATA_DIR": str(folder)}
    done = subprocess.run(["sh", "-c", line], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_lines_do_what_stands_above_them(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        without("curl: install it")
    desk = operated(tmp_path / "data")
    with desk.running() as address:
        lines = [line for line in curl_lines(address, load(STORY)) if line.startswith("  curl")]
        first, again, listed, problem = (typed(line, desk.folder) for line in lines)
    assert first["ref"] == again["ref"] == listed["items"][0]["ref"]
    assert first["version"] == again["version"]
    assert listed["items"][0]["status"] == "announced"
    assert (problem["status"], problem["code"]) == (422, "idempotency_key_reused")
