"""How soon an existing folder is healthy again, and how large the one process is: `python -m bench.footprint`.

Both are promises to whoever runs the product on an old laptop; the best of three starts counts, since a busy machine
says nothing about us.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil

from tests.support.told import SERVICES, free_port

START_SECONDS = 3.0
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


def _until_healthy(folder: Path) -> tuple[float, int]:
    """Seconds until all four are healthy, and the memory of the process then."""
    port = free_port()
    begun = time.monotonic()
    process = _run(folder, port)
    try:
        while not _healthy(port):
            assert process.poll() is None, "the product ended while starting"
            assert time.monotonic() - begun < 60, "the product did not become healthy"
        return time.monotonic() - begun, psutil.Process(process.pid).memory_info().rss
    finally:
        process.terminate()
        process.wait(timeout=20)


def main() -> int:
    """Print both figures; 1 when a bound is broken."""
    with tempfile.TemporaryDirectory() as folder:
        _until_healthy(Path(folder) / "data")
        seconds, memory = min(_until_healthy(Path(folder) / "data") for _ in range(3))
    print(f"existing folder to four healthy services: {seconds:.2f} s (bound {START_SECONDS} s)")
    print(f"one process with four services: {memory / 1e6:.0f} MB (bound {MEMORY_BYTES / 1e6:.0f} MB)")
    return int(seconds >= START_SECONDS or memory >= MEMORY_BYTES)


if __name__ == "__main__":
    sys.exit(main())
