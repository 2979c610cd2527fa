"""Waiting for progress that other tasks or processes make, with an end to it."""

import asyncio
from collections.abc import Awaitable, Callable


async def eventually(condition: Callable[[], Awaitable[bool]], seconds: float = 240.0) -> None:
    """Return once the condition holds; AssertionError when it does not within that time, which only a fault takes."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while not await condition():
        assert loop.time() < until, f"not within {seconds} s: {condition}"
        await asyncio.sleep(0.02)
