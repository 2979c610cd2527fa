"""`python -m tests.support.zygote`: has the product imported, and forks processes of it that die by SIGKILL alone.

A line `FOLDER PORT` on standard input starts the product there; its process id is the answer. Importing anew would cost
seconds of a small machine for each start.
"""

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from services.hosting.embedded import Embedded
from services.hosting.serving import server
from shared.settings import Settings
from tests.support.eventually import REST
from tests.support.operated import ROOT
from tests.support.told import free_port


class Zygote:
    """The forking process, as a test sees it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self, folder: Path) -> tuple[int, str]:
        """A product at work upon this folder: its process id and its address, once it answers."""
        port = free_port()
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{folder} {port}\n")
        self._process.stdin.flush()
        number, address = int(self._process.stdout.readline()), f"http://127.0.0.1:{port}"
        until = time.monotonic() + REST
        while time.monotonic() < until and Path(f"/proc/{number}").exists():
            with suppress(httpx.TransportError):
                if httpx.get(f"{address}/", timeout=REST).is_success:
                    return number, address
            time.sleep(0.02)
        raise AssertionError(f"it did not start:\n{log_of(folder).read_text()[-3000:]}")


def log_of(folder: Path) -> Path:
    """Where the processes upon a folder write."""
    return folder.with_name(f"{folder.name}.log")


def killed(number: int) -> None:
    """SIGKILL, and wait until nothing of it is left."""
    os.kill(number, signal.SIGKILL)
    while Path(f"/proc/{number}").exists():
        time.sleep(0.002)


@contextmanager
def zygote() -> Iterator[Zygote]:
    """One for as long as the block lasts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
    process = subprocess.Popen(
        [sys.executable, "-m", __name__],
        cwd=ROOT,
        env=kept,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Zygote(process)
    finally:
        process.communicate(timeout=REST)


def _live(folder: Path, port: int) -> None:
    """What a forked process does."""
    output = os.open(log_of(folder), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in (1, 2):
        os.dup2(output, number)
    settings = Settings(data_dir=folder, port=port, store_seconds=30)
    server(Embedded(settings), settings).run()


def main() -> None:
    """Fork for each line, until there are no more."""
    gc.freeze()
    # Nobody waits for the dead.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        folder, port = line.rsplit(maxsplit=1)
        number = os.fork()
        if number == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            try:
                _live(Path(folder), int(port))
            finally:
                os._exit(1)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
