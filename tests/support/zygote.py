"""Processes of tests, forked from one that has imported everything: importing anew costs seconds of a small machine.

Each is an operating system's process of its own all the same, and dies alone.
"""

import gc
import multiprocessing
import os
from collections.abc import Mapping
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from deploy.local.ports import free_port
from services.hosting.embedded import Embedded
from services.hosting.serving import server
from shared.settings import Settings
from tests.support.callers import invented
from tests.support.eventually import REST

FORKS = multiprocessing.get_context("forkserver")
# There is one such process for all tests of a run, so what is loaded into it is named in one place.
FORKS.set_forkserver_preload([__name__, "tests.support.load.__main__"])


def started(folder: Path) -> tuple[ForkServerProcess, str]:
    """A product at work upon this folder, and its address, once it listens. It ends by SIGKILL, and with the tests."""
    port = free_port()
    listens, says = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_live, args=(folder, port, says), daemon=True)
    process.start()
    says.close()
    try:
        said = listens.poll(REST) and listens.recv()
    except EOFError:  # It ended, and nobody will say anything any more.
        said = False
    listens.close()
    assert said, f"it did not start:\n{_log_of(folder).read_text()[-3000:]}"
    return process, f"http://127.0.0.1:{port}"


def begin(log: Path, environment: Mapping[str, str]) -> None:
    """What a forked process does first: it forgets its parent's settings and writes to a file of its own."""
    # What it inherits is nothing that it could ever free.
    gc.freeze()
    for name in [name for name in os.environ if name.startswith("HOMEWARD_")]:
        del os.environ[name]
    os.environ.update(environment)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in (1, 2):
        os.dup2(output, number)


def _log_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.log")


def _live(folder: Path, port: int, says: Connection) -> None:
    begin(_log_of(folder), {})
    settings = Settings(data_dir=folder, port=port, store_seconds=30)
    serving = server(Embedded(settings, identify=invented), settings)
    serving.listening = partial(says.send, True)
    serving.run()
