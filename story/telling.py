"""Runs a demo from beginning to end: checks the scenario, starts the product, plays it, shows what the services answer.

The product runs in this process, but is called over HTTP only, as from anywhere else.
"""

import asyncio
from pathlib import Path
from typing import Protocol

import httpx
from rich.console import Console

from shared.settings import Settings
from story.desk import Stopped
from story.ending import addresses, curl_lines
from story.page import write_page
from story.player import play
from story.progress import Display
from story.scenario import Scenario, load
from story.sheet import UnusableScenario
from story.tables import print_tables, read_tables

PAGE = Path("homeward-demo.html")
BROKEN_OFF, UNUSABLE, REFUSED = 1, 2, 3
ABREAST = 8
"""So many people are worked on side by side, as in a real centre."""


class Server(Protocol):
    """What is needed of uvicorn's server."""

    started: bool
    should_exit: bool

    async def serve(self) -> None: ...


async def tell(settings: Settings, folder: Path, server: Server, console: Console, *, stay: bool) -> int:
    """Start the product, play a folder, print its tables.

    0: told; 1: broken off; 2: the folder cannot be used; 3: told, less the lines that the services refused.
    """
    serving = asyncio.create_task(server.serve())
    await _started(server, serving)
    code = await tell_at(f"http://{settings.host}:{settings.port}", folder, console)
    server.should_exit = code != 0 or not stay
    await serving
    return code


async def tell_at(base: str, folder: Path, console: Console, password: str = "") -> int:
    """The same to a product that runs already, at this address; `password` is what its issuer asks the people for."""
    try:
        return await _tell(base, load(folder), console, password)
    except UnusableScenario as unusable:
        return _say(console, unusable, UNUSABLE)
    except (Stopped, httpx.TransportError) as stopped:
        return _say(console, stopped, BROKEN_OFF)


async def _tell(base: str, scenario: Scenario, console: Console, password: str) -> int:
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:
        refusals = await play(client, scenario, Display(console), abreast=ABREAST, password=password)
        tables = await read_tables(client, scenario, password)
    print_tables(console, tables)
    write_page(PAGE, tables)
    console.print(f"The same as a page: {PAGE}", highlight=False)
    # Tokens to try with are printed by the development issuer alone.
    for line in (*addresses(base), *(() if password else curl_lines(base, scenario))):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if refusals.lines:
        console.print(f"Refused by the services: {len(refusals.lines)}; they are listed above.", highlight=False)
    return REFUSED if refusals.lines else 0


def _say(console: Console, problem: Exception, code: int) -> int:
    console.print(str(problem), highlight=False, markup=False, soft_wrap=True)
    return code


async def _started(server: Server, serving: asyncio.Task[None]) -> None:
    while not server.started:
        if serving.done():
            await serving
            raise SystemExit(1)
        await asyncio.sleep(0.01)
