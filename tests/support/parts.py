"""The real parts: one Apache Kafka and one PostgreSQL per run, started by the first test that asks for them.

HOMEWARD_TEST_KAFKA and HOMEWARD_TEST_POSTGRES name others to use instead. Where a part cannot be had, its tests are
skipped with what to install; under CI=true they fail. All workers of a run share a part; the process that started the
run ends it.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import coverage
import psutil
import pytest

from deploy.local import kafka, postgres

FOLDER = "HOMEWARD_TEST_PARTS"
"""Where the parts of this run live; set by the process that started it, inherited by its workers."""

_own: list[str] = []
_alive: list[kafka.Kafka | postgres.Postgres] = []
"""Kept for as long as this process lives, so that no test is warned of processes that another left behind."""


def pytest_configure() -> None:
    if FOLDER not in os.environ:
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="homeward-parts-")
        _own.append(os.environ[FOLDER])


def pytest_unconfigure() -> None:
    for folder in _own:
        for told in Path(folder).glob("*.json"):
            _end(json.loads(told.read_text("utf-8")))
        shutil.rmtree(folder, ignore_errors=True)
        os.environ.pop(FOLDER, None)
    _own.clear()
    # A part that one worker started outlives it, for the others.
    warnings.simplefilter("ignore", ResourceWarning)


@pytest.fixture
def part_folder() -> Path:
    """A folder for a broker or server of a test's own. Not below tmp_path: PostgreSQL, run by root as another user,
    could not enter there."""
    return Path(tempfile.mkdtemp(dir=os.environ[FOLDER])) / "part"


@pytest.fixture(scope="session")
def kafka_brokers() -> str:
    """`host:port,...` of a real Apache Kafka. Take a topic of your own: others are at work there too."""
    if given := os.environ.get("HOMEWARD_TEST_KAFKA"):
        return given
    if todo := kafka.missing():
        without(f"Apache Kafka: {todo}, or set HOMEWARD_TEST_KAFKA=host:port")
    return _shared("kafka", _start_kafka)


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """`postgresql://user@host:port` of a real PostgreSQL, where databases may be made."""
    no_greenlets()
    return os.environ.get("HOMEWARD_TEST_POSTGRES") or _shared("postgres", _start_postgres)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """What HOMEWARD_DATABASE_URL takes, with `{service}`: empty databases for this test alone."""
    prefix = f"test_{uuid.uuid4().hex[:8]}"
    yield postgres.make_databases(postgres_server, prefix)
    postgres.drop_databases(postgres_server, prefix)


def no_greenlets() -> None:
    """Fail where branches are counted: greenlets are not told apart, and there are some on PostgreSQL."""
    if coverage.Coverage.current() is not None:
        pytest.fail("What runs on PostgreSQL cannot be counted: choose tests with -m counted")


def with_tls() -> Path:
    """Where a PostgreSQL lies that speaks TLS, which that of the test dependencies does not."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        without("PostgreSQL with TLS: install it (Debian: postgresql)")
    return found[-1].parent


def without(what: str) -> NoReturn:
    """Leave a test out, loudly; fail it under CI=true. `what` is missing, with what to do about it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"Under CI nothing is left out, and here is no {what}")
    pytest.skip(f"LEFT OUT, no {what}")


def _shared(name: str, start: Callable[[Path], tuple[str, int, signal.Signals]]) -> str:
    """The address of this run's part. The first to ask starts it, the others wait for that."""
    folder = Path(os.environ[FOLDER])
    told = folder / f"{name}.json"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            address, pid, end = start(folder / name)
            told.write_text(json.dumps({"address": address, "pid": pid, "signal": end}), "utf-8")
    return str(json.loads(told.read_text("utf-8"))["address"])


def _start_kafka(folder: Path) -> tuple[str, int, signal.Signals]:
    cluster = kafka.Kafka(folder)
    cluster.start()
    _alive.append(cluster)
    return cluster.addresses, _pid(cluster.nodes[0].process), signal.SIGTERM


def _start_postgres(folder: Path) -> tuple[str, int, signal.Signals]:
    server = postgres.Postgres(folder, options=postgres.IN_MEMORY)
    server.start()
    _alive.append(server)
    return server.address, _pid(server.process), signal.SIGINT


def _pid(process: subprocess.Popen[bytes] | None) -> int:
    """Whose run this is ends it by this number; its starter, gone by then, shall not complain that it lives."""
    assert process is not None
    process.returncode = 0
    return process.pid


def _end(part: dict[str, int]) -> None:
    try:
        process = psutil.Process(part["pid"])
        process.send_signal(part["signal"])
        process.wait(60)
    except psutil.NoSuchProcess:
        pass
    except psutil.TimeoutExpired:
        process.kill()
