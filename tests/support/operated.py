"""A small data folder with facts of all kinds of trouble, and the real `homeward` command upon it."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from typer.testing import CliRunner

from deploy.local.ports import free_port
from services.__main__ import app
from services.hosting.embedded import Embedded
from shared.auth import Purpose, Role
from shared.settings import Settings
from shared.testing import CountedIds, TickingClock, caller, harness_of, ref
from tests.support.callers import invented

ROOT = Path(__file__).parents[2]
SENDER = caller("tran-officer", Role.SENDING_AUTHORITY, "long-an-health", Purpose.REPATRIATION)
HANDOVERS = tuple(f"handover/{ref(f'handover-{number}')}" for number in range(3))
"""Streams of intake that the three others hear, one fact each."""

PATIENCE = 60.0


def lived_in(folder: Path, **given: Any) -> None:
    """Make a data folder in which three hand-overs were announced and heard of; or stores where settings say."""
    asyncio.run(_announced(Settings(data_dir=folder, **given)))


async def _announced(settings: Settings) -> None:
    clock, draw = TickingClock(), CountedIds("operated")
    product = Embedded(settings, clock=clock, draw=draw, loops=False, identify=invented)
    async with product.lifespan():
        world = harness_of(product.apps.values(), product, product.bus, clock, draw)
        for subject in HANDOVERS:
            body = {
                "ref": subject.partition("/")[2],
                "country": "VN",
                "gate": "BAVET_MOC_BAI",
                "planned_day": "2026-11-05",
                "lines": [{"number": 1, "as_received": {"full_name": "Nguyễn Văn Thử"}}],
            }
            answer = await world.post("/intake/v1/handovers", SENDER, body)
            assert answer.is_success, answer.text


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """What it told a machine."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Operated:
    """A data folder and whoever operates it."""

    folder: Path
    port: int

    def homeward(self, *words: str, **environment: str) -> Ended:
        """The command, in this process: its start, the longest part of it, is spared."""
        result = CliRunner().invoke(app, words, env=self._own() | environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ended(result.exit_code, result.stdout, result.stderr)

    def process(self, *words: str, **environment: str) -> Ended:
        """The command, in a process of its own and away from any terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "services", *words],
            cwd=ROOT,
            env=self._environment() | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def running(self, **environment: str) -> Iterator[str]:
        """The product at work upon this folder; its address."""
        address = f"http://127.0.0.1:{self.port}"
        process = subprocess.Popen(
            [sys.executable, "-m", "services", "run"],
            cwd=ROOT,
            env=self._environment() | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            _until_it_answers(address, process)
            yield address
        finally:
            process.terminate()
            process.communicate(timeout=30)

    def sql(self, service: str, statement: str, *values: Any) -> list[Any]:
        """Do to a service's file what the product never would."""
        connection = sqlite3.connect(self.folder / f"{service}.db")
        with connection:
            found = connection.execute(statement, values).fetchall()
        connection.close()
        return found

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
        return kept | self._own()

    def _own(self) -> dict[str, str]:
        return {"HOMEWARD_DATA_DIR": str(self.folder), "HOMEWARD_PORT": str(self.port)}


def _until_it_answers(address: str, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + PATIENCE
    with httpx.Client(base_url=address, timeout=1) as client:
        while time.monotonic() < until and process.poll() is None:
            try:
                if client.get("/").is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
    raise AssertionError("the product did not start")


def operated(folder: Path) -> Operated:
    """The operator of a folder, with a port that nobody uses."""
    return Operated(folder, free_port())
