"""`homeward up`: four processes behind one address. One that dies is started again; none outlives the whole."""

import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.local.ports import free_ports
from services import SERVICES
from tests.support.replicas import HOMEWARD, bare

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PATIENCE = 120.0
GRACE = 10.0


@pytest.fixture
def environment(tmp_path: Path, postgres_url: str, kafka_brokers: str) -> dict[str, str]:
    return bare(
        {
            "HOMEWARD_DATA_DIR": str(tmp_path / "data"),
            "HOMEWARD_DATABASE_URL": postgres_url,
            "HOMEWARD_DATABASE_POOL": "4",
            "HOMEWARD_KAFKA_BROKERS": kafka_brokers,
            "HOMEWARD_KAFKA_TOPIC": f"four-{uuid.uuid4().hex[:8]}",
            "HOMEWARD_PORT": str(free_ports(1, together=1 + len(SERVICES))[0]),
        }
    )


@pytest.fixture
def running(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    """The process that stands before the four, and a client to its address."""
    subprocess.run([HOMEWARD, "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
    front = subprocess.Popen(
        [HOMEWARD, "up", "--practice", "examples/long-an-33"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    with httpx.Client(base_url=f"http://127.0.0.1:{environment['HOMEWARD_PORT']}", timeout=30) as client:
        try:
            wait_until(lambda: answers(client, "/"), "the whole to answer")
            yield front, client
        finally:
            front.terminate()
            front.wait(60)


def answers(client: httpx.Client, path: str) -> bool:
    try:
        return client.get(path).is_success
    except httpx.TransportError:
        return False


def wait_until(true: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, f"waited for {what}"
        time.sleep(0.1)


def child(front: subprocess.Popen[bytes], service: str) -> psutil.Process | None:
    """The process of a service, while there is one."""
    for process in psutil.Process(front.pid).children():
        if service in process.cmdline():
            return process
    return None


def test_a_service_that_dies_is_unavailable_for_a_moment_and_started_again(
    running: tuple[subprocess.Popen[bytes], httpx.Client],
) -> None:
    front, client = running
    first = child(front, "grants")
    assert first is not None
    first.send_signal(signal.SIGKILL)
    wait_until(lambda: not first.is_running() or first.status() == psutil.STATUS_ZOMBIE, "its end")
    assert client.get("/intake/health").is_success
    wait_until(lambda: answers(client, "/grants/health"), "grants to be back")
    second = child(front, "grants")
    assert second is not None
    assert second.pid != first.pid


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_all_end_within_ten_seconds_however_the_first_ends(
    running: tuple[subprocess.Popen[bytes], httpx.Client], how: signal.Signals
) -> None:
    front, _ = running
    children = psutil.Process(front.pid).children()
    assert len(children) == len(SERVICES)
    front.send_signal(how)
    front.wait(GRACE)
    _, alive = psutil.wait_procs(children, timeout=GRACE)
    assert alive == []


def test_over_stores_that_were_not_brought_up_nothing_starts_and_it_says_why(environment: dict[str, str]) -> None:
    make_key = Path(environment["HOMEWARD_DATA_DIR"])
    make_key.mkdir(mode=0o700)
    (make_key / "master.key").touch(mode=0o600)
    (make_key / "master.key").write_bytes(bytes(32))
    ended = subprocess.run(
        [HOMEWARD, "up", "--practice", "examples/long-an-33"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert ended.returncode != 0
    assert "run `homeward migrate` first" in ended.stderr
    assert "did not start" in ended.stderr
