"""How soon the product is ready, and how large it is.

`python -m bench.footprint` looks at the one process with all four services: a promise to whoever runs it on an old
laptop. The best of five starts counts, and where that took long, how much of the processor it took over loading the
libraries alone: a busy machine says nothing about us. `alone` looks at one service in a process of its own.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil

from bench import parts, served
from bench.measure import Figure, Scale
from deploy.local.ports import free_port
from shared import stores
from shared.auth import Role
from shared.ids import random_ref
from shared.settings import Settings
from shared.testing import caller
from tests.support.issuing import Issuing, issuing
from tests.support.signed import by
from tests.support.told import SERVICES

START_SECONDS = 6.0 if os.environ.get("CI") else 3.0
"""Where others may use the machine as well, a time of the clock gets twice its bound."""
START_RATIO = 5.0
"""Of the processor's time in which this machine loads the libraries alone."""
LIBRARIES = "import fastapi, sqlmodel, uvicorn, httpx, structlog, cryptography, opentelemetry.trace, prometheus_client"
MEMORY_BYTES = 250_000_000


def _run(folder: Path, port: int) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    environment |= {"HOMEWARD_DATA_DIR": str(folder), "HOMEWARD_PORT": str(port)}
    return subprocess.Popen([sys.executable, "-m", "services", "run"], env=environment, stdout=subprocess.DEVNULL)


def _healthy(port: int) -> bool:
    try:
        answers = [httpx.get(f"http://127.0.0.1:{port}/{service}/health", timeout=1) for service in SERVICES]
    except httpx.TransportError:
        return False
    return all(
        answer.status_code == 200 and all(loop["healthy"] for loop in answer.json()["loops"].values())
        for answer in answers
    )


def _until_healthy(folder: Path) -> tuple[float, float, int]:
    """Seconds until all four are healthy; those of the processor, and the memory of the process then."""
    port = free_port()
    begun = time.monotonic()
    process = _run(folder, port)
    try:
        while not _healthy(port):
            assert process.poll() is None, "the product ended while starting"
            assert time.monotonic() - begun < 300, "the product did not become healthy"
        took, seen = time.monotonic() - begun, psutil.Process(process.pid)
        return took, sum(seen.cpu_times()[:2]), seen.memory_info().rss
    finally:
        process.terminate()
        process.wait(timeout=60)


def _libraries() -> float:
    """Seconds of the processor in which a process of its own loads the libraries, and ends."""
    code = f"import time; {LIBRARIES}; print(time.process_time())"
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout)


async def alone(scale: Scale) -> list[Figure]:
    """Rows 21 and 22: one service with relay, consumer and to-dos, on PostgreSQL and Apache Kafka."""
    sizes, starts = [], []
    async with parts.postgres() as store, parts.kafka() as cluster:
        settings = store.settings.model_copy(update={"kafka_brokers": cluster.addresses})
        await asyncio.to_thread(stores.migrate, settings, SERVICES)
        for _ in range(scale.rounds):
            with issuing() as who:
                seconds, memory = await asyncio.to_thread(_until_first_case, settings, who)
            sizes.append(memory / 2**20)
            starts.append(seconds)
    return [
        Figure("21", "memory of one service process with relay and consumer", 140, 120, sizes, "MiB"),
        Figure("22", "start of that process to its first stored case", 2, 1.3, starts, "s"),
    ]


def _until_first_case(settings: Settings, who: Issuing) -> tuple[float, int]:
    """Seconds from the start of the process until a case is stored, and its memory after some more of them."""
    port, begun = free_port(), time.monotonic()
    environment = served.environment(settings) | {
        "HOMEWARD_KAFKA_BROKERS": settings.kafka_brokers,
        "HOMEWARD_ISSUER": who.address,
    }
    command = (sys.executable, "-m", "services", "up", "intake", "--port", str(port))
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    headers = {"Authorization": by(who).shown(OFFICER)}
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/intake/v1", headers=headers, timeout=10) as client:
            while not _stores_a_case(client):
                assert process.poll() is None and time.monotonic() - begun < 60, "the service did not start"
                time.sleep(0.01)
            took = time.monotonic() - begun
            for _ in range(200):
                _stores_a_case(client)
        return took, psutil.Process(process.pid).memory_info().rss
    finally:
        process.terminate()
        process.wait(timeout=60)


OFFICER = caller("sok", Role.INTAKE_OFFICER)


def _stores_a_case(client: httpx.Client) -> bool:
    """Register somebody and open their case."""
    person, case = random_ref(), random_ref()
    try:
        registered = client.post("/persons", json={"ref": person, "identity": {}}, headers={"Idempotency-Key": person})
    except httpx.TransportError:
        return False
    assert registered.status_code == 201, registered.text
    body = {"ref": case, "person_ref": person, "country": "KH"}
    assert client.post("/cases", json=body, headers={"Idempotency-Key": case}).status_code == 201
    return True


def main() -> int:
    """Print both figures; 1 when a bound is broken."""
    with tempfile.TemporaryDirectory() as folder:
        _until_healthy(Path(folder) / "data")
        starts, yardsticks = zip(
            *((_until_healthy(Path(folder) / "data"), _libraries()) for _ in range(5)), strict=True
        )
    seconds, _, memory = min(starts)
    ratio = min(work for _, work, _ in starts) / min(yardsticks)
    print(f"existing folder to four healthy services: {seconds:.2f} s (bound {START_SECONDS} s)")
    print(f"its work over loading the libraries alone: {ratio:.1f} (bound {START_RATIO}; one of the two is enough)")
    print(f"one process with four services: {memory / 1e6:.0f} MB (bound {MEMORY_BYTES / 1e6:.0f} MB)")
    slow = seconds >= START_SECONDS and ratio >= START_RATIO
    return int(slow or memory >= MEMORY_BYTES)


if __name__ == "__main__":
    sys.exit(main())
