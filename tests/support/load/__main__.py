"""One process of the load: `python -m tests.support.load intake grants --seed 7 --seconds 5`.

It runs the named services as the product would, writes at random where `intake` is among them, and notes every answered
write in a file of its own, so that one that was answered and lost is seen. It stays until SIGTERM.
"""

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from shared import failpoints
from shared.bus.port import Bus
from shared.bus.rebuild import refold
from shared.clock import Clock, system_clock
from shared.ids import random_ref
from shared.observability.logging import configure
from shared.running import Running
from shared.runtime import Kept
from shared.sealing import Reached, Seals
from shared.service import Runtime
from shared.settings import Settings
from shared.stores import bus_for
from tests.support.load.facts import known, secret_of
from tests.support.load.services import service
from tests.support.load.writer import Writer, cases


class NoKeys:
    """Nothing of the load is sealed."""

    async def obtain(
        self, service: str, subjects: Iterable[str], *, create: bool, renew: bool = False
    ) -> Mapping[str, bytes]:
        return {}

    async def settle(self, service: str, seals: Seals) -> int:
        return 0

    async def lacking(self, service: str, subjects: Iterable[str]) -> frozenset[str]:
        return frozenset()

    async def destroy(self, service: str, subjects: Iterable[str]) -> int:
        return 0

    async def reached(self, service: str) -> Reached:
        return Reached()

    def secret(self, service: str) -> bytes:
        return secret_of(service)

    async def close(self) -> None:
        return None


def running(
    name: str,
    settings: Settings,
    bus: Bus,
    seed: int,
    *,
    mended: bool = False,
    loops: bool = True,
    clock: Clock = system_clock,
    contradicted: dict[str, frozenset[str]] | None = None,
) -> Running:
    """One of the two services, over the stores of these settings."""
    chance = random.Random(seed)  # noqa: S311 -- a load, not a secret
    made = service(name, chance, mended=mended)
    known = {} if contradicted is None else contradicted
    return Running(made, Runtime(settings, bus, NoKeys(), clock, random_ref, loops, contradicted=known))


async def serve(options: argparse.Namespace) -> None:
    """Run services and writer; on SIGUSR1 write no more, on SIGTERM stop gracefully."""
    settings, asked_to_stop = Settings(), asyncio.Event()
    written_enough = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked_to_stop.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, written_enough.set)
    bus = bus_for(settings, system_clock)
    async with contextlib.AsyncExitStack() as stack:
        await bus.start()
        stack.push_async_callback(bus.stop)
        mended = bool(options.mended)
        started = {name: running(name, settings, bus, options.seed, mended=mended) for name in options.services}
        for one in started.values():
            await one.start()
            stack.push_async_callback(one.stop)
        if mended:
            await started["grants"].consumer.redrive(f"case/{cases(1)[0]}")
        if options.rebuild:
            stack.enter_context(rebuilding(started["grants"].kept))
        print("running", flush=True)  # noqa: T201 -- whoever started it waits for this
        if "intake" in started:
            path = Path(settings.data_dir) / f"answered-{os.getpid()}-{random_ref()[:8]}.jsonl"
            with path.open("w") as answered:
                await _until(asked_to_stop, written_enough, Writer(started["intake"].kept, options, answered).run())
        print("written", flush=True)  # noqa: T201 -- and for this
        await asked_to_stop.wait()


@contextlib.contextmanager
def rebuilding(kept: Kept) -> Iterator[None]:
    """Fold a service's view again and again meanwhile."""

    async def on_and_on() -> None:
        while True:
            await refold(kept.database, kept.ledger, kept.journey)
            await asyncio.sleep(0.1)

    task = asyncio.create_task(on_and_on())
    try:
        yield
    finally:
        task.cancel()


async def _until(stop: asyncio.Event, enough: asyncio.Event, work: Any) -> None:
    tasks = [asyncio.ensure_future(one) for one in (work, stop.wait(), enough.wait())]
    done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    await asyncio.gather(*done)


def arm(spec: str) -> None:
    """Arm a failpoint wherever it was imported, as its variable does at a start."""
    before, after = failpoints.failpoint, failpoints.armed(spec) if spec else failpoints.failpoint
    for module in list(sys.modules.values()):
        if vars(module).get("failpoint") is before:
            vars(module)["failpoint"] = after


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line of the load."""
    parser = argparse.ArgumentParser()
    parser.add_argument("services", nargs="+", choices=("intake", "grants"))
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--cases", type=int, default=24)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--writes", type=int, default=10**9)
    parser.add_argument("--seconds", type=float, default=None)
    parser.add_argument("--pause", type=float, default=0.05)
    parser.add_argument("--failpoint", default="")
    parser.add_argument("--mended", type=int, default=0, help="the broken step works now; redrive what it parked")
    parser.add_argument("--rebuild", type=int, default=0, help="make the view of grants again, over and over")
    options = parser.parse_args(arguments)
    configure(os.environ.get("HOMEWARD_LOG_LEVEL", "CRITICAL"))
    arm(options.failpoint)
    with known():
        asyncio.run(serve(options))


if __name__ == "__main__":
    main()
