"""Processes of a load: started, frozen, killed, stopped; and the wait until everything is exact.

They are forked, not started anew, and each dies alone all the same.
"""

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from tests.support.eventually import REST
from tests.support.load import __main__ as command
from tests.support.load.ground import Books, Ground
from tests.support.load.oracles import faults
from tests.support.load.refolding import refolded
from tests.support.zygote import FORKS, begin

SITES: Mapping[str, Sequence[tuple[str, ...]]] = {
    "embedded": [()],
    "kafka": [("intake",), ("intake",), ("grants",), ("grants",)],
}


@dataclass
class Running:
    """One process of a load."""

    services: tuple[str, ...]
    process: ForkServerProcess
    log: Path

    def said(self, word: str, within: float = REST) -> None:
        """Wait until it has printed that word on a line of its own."""
        self._wait(lambda: word in self.output().splitlines(), within, f"it never said {word!r}")

    def said_again(self, word: str, within: float = REST) -> None:
        """Wait until it prints that word once more than now."""
        before = self.output().count(word)
        self._wait(lambda: self.output().count(word) > before, within, f"it never said {word!r} again")

    def said_of(self, *words: str, within: float = REST) -> None:
        """Wait until one line of it holds all of these."""

        def there() -> bool:
            return any(all(word in line for word in words) for line in self.output().splitlines())

        self._wait(there, within, f"it never said {words}")

    def died(self, within: float = REST) -> int:
        """Wait for its end; its return code."""
        self.process.join(within)
        assert self.process.exitcode is not None, f"it did not end:\n{self.output()[-3000:]}"
        return self.process.exitcode

    def paused(self, within: float = REST) -> None:
        """Wait until it has stopped itself at a failpoint."""
        state = Path(f"/proc/{self.process.pid}/stat")
        self._wait(lambda: ") T " in state.read_text(), within, "it never paused")

    def send(self, number: signal.Signals) -> None:
        os.kill(self.process.pid or 0, number)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.process.kill()
        self.process.join()

    def stop(self, within: float = REST) -> int:
        """SIGTERM, and its return code."""
        self.send(signal.SIGTERM)
        return self.died(within)

    def output(self) -> str:
        return self.log.read_text()

    def _wait(self, there: Callable[[], bool], within: float, otherwise: str) -> None:
        until = time.monotonic() + within
        while not there():
            assert self.process.exitcode is None, f"ended with {self.process.exitcode}:\n{self.output()[-3000:]}"
            assert time.monotonic() < until, f"{otherwise}:\n{self.output()[-3000:]}"
            time.sleep(0.02)


@dataclass
class Load:
    """The processes on one ground. All of them are gone when the block ends."""

    ground: Ground
    seed: int
    started: list[Running] = field(default_factory=list)
    _options: Mapping[str, Any] = field(default_factory=dict)

    def start(self, *services: str, failpoint: str = "", **options: Any) -> Running:
        """A process with these services (both, unless named)."""
        log = self.ground.folder / f"load-{len(self.started)}.log"
        given = [f"--{name}={value:g}" for name, value in {"seed": self.seed, **options}.items()]
        arguments = [*(services or ("intake", "grants")), *given, f"--failpoint={failpoint}"]
        log.touch()
        process = FORKS.Process(target=_run, args=(arguments, self.ground.environment(), log), daemon=True)
        process.start()
        self.started.append(Running(services, process, log))
        return self.started[-1]

    def start_all(self, **options: Any) -> None:
        """What a site would run: files have one process, PostgreSQL and Kafka two replicas of each service."""
        self._options = options
        for services in SITES[self.ground.kind]:
            self.start(*services, **options)

    def each_said(self, word: str) -> None:
        """Wait until every process that writes has printed a line with that word."""
        for one in self.alive():
            one.said(word)

    def kill_one(self, chance: random.Random) -> None:
        """Kill any process, and start another like it."""
        victim = chance.choice(self.alive())
        victim.kill()
        self.start(*victim.services, **self._options)

    def wrote(self, least: int) -> None:
        """Wait until intake has told at least so many facts."""
        until = time.monotonic() + REST
        while len(asyncio.run(self.ground.books()).of("intake", "journal")) < least:
            assert time.monotonic() < until, f"fewer than {least} facts\n{last_words(self.ground)}"
            time.sleep(0.2)

    def stop_writing(self) -> None:
        """Let every process go on without writing: no kill and no new process is needed for that."""
        for one in self.alive():
            one.said("running")
            one.send(signal.SIGUSR1)

    def late(self) -> list[str]:
        """Refusals that came late."""
        return [line for one in self.started for line in one.output().splitlines() if "late" in line.split()]

    def alive(self) -> list[Running]:
        return [one for one in self.started if one.process.exitcode is None]

    def exact(self, within: float = REST, least: int = 1, *, mended: bool = False) -> Books:
        """Wait until everything is exact, and return the books. Fails with what is not."""
        return asyncio.run(exact(self.ground, within, least, mended=mended))


def _run(arguments: list[str], environment: dict[str, str], log: Path) -> None:
    begin(log, environment)
    command.main(arguments)


@contextmanager
def load(ground: Ground, seed: int) -> Iterator[Load]:
    """A load whose seed is printed, and whose processes never outlive it."""
    print(f"seed {seed} on {ground.kind}")  # noqa: T201 -- to repeat it
    one = Load(ground, seed)
    try:
        yield one
    finally:
        for process in one.alive():
            process.kill()


async def exact(ground: Ground, within: float = REST, least: int = 1, *, mended: bool = False) -> Books:
    """Wait until nothing is wrong on this ground, with at least so many facts told by intake."""
    until = time.monotonic() + within
    while True:
        books = await ground.books()
        found = faults(books, mended=mended)
        if not found and len(books.of("intake", "journal")) >= least:
            assert await refolded(books, mended=mended) == []
            return books
        assert time.monotonic() < until, f"not exact: {found[:12]} ({len(found)} in all)\n{last_words(ground)}"
        await asyncio.sleep(0.2)


def last_words(ground: Ground) -> str:
    """The end of what each process printed."""
    logs = sorted(ground.folder.glob("load-*.log"))
    return "\n".join(f"== {log.name}\n" + "\n".join(log.read_text().splitlines()[-15:]) for log in logs)
