"""Waiting for progress that other tasks or processes make, with an end to it."""

import asyncio
import os
from collections.abc import Awaitable, Callable

REST = float(os.environ.get("HOMEWARD_TEST_REST", "240"))
"""Seconds after which whatever is awaited will not come. Only a fault waits so long, so a busy machine may be slow."""


BUSY = 3 if os.environ.get("CI") == "true" else 1
"""How many times as long something may take where other work shares the machine, as it does where a build runs."""


def within(seconds: float) -> float:
    """The most seconds that something may take. Give at least twice what it takes on an idle machine."""
    return seconds * BUSY


async def eventually(condition: Callable[[], Awaitable[bool]], seconds: float = REST) -> None:
    """Return once the condition holds; AssertionError when it does not within that time, which only a fault takes."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while not await condition():
        assert loop.time() < until, f"not within {seconds} s: {condition}"
        await asyncio.sleep(0.02)
