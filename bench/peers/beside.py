"""One worker of ours and one of a peer's, on the same PostgreSQL, sent the same requests in turn."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from bench import parts, served
from bench.measure import Figure, Scale, in_turn, over, per_second, rates
from bench.worlds import WRITERS, Nowhere, at_work, count
from deploy.local.ports import free_port

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
PYTHON = ROOT / ".peers" / "bin" / "python"
STAMP = ROOT / ".peers" / "requirements.txt"


async def eventsourcing(scale: Scale) -> list[Figure]:
    """A write of ours, with all that belongs to it, over FastAPI and `eventsourcing` storing a single event."""
    await asyncio.to_thread(_ready)
    many = scale.of(1920, least=640) // WRITERS * WRITERS
    async with parts.postgres() as store, at_work("screening", store.settings, Nowhere()) as running:
        port = free_port()

        async def sent() -> float:
            """As many as there are connections first, then those that are counted."""
            ready = served.requests(store.settings, many)
            await served.send(port, served.requests(store.settings, WRITERS), WRITERS)
            return await per_second(many, served.send(port, ready, WRITERS))

        async def ours() -> float:
            store.empty(running.kept)
            async with served.serving(store.settings, port, 1):
                found = await sent()
            assert await count(running.kept, "journal") == many + WRITERS
            return found

        async def theirs() -> float:
            store.do("grants", "DROP TABLE IF EXISTS stored_events, notification_tracking CASCADE", "CHECKPOINT")
            async with _peer(store.url("grants"), port):
                return await sent()

        found, yardstick = await in_turn(scale.rounds, ours, theirs)
    what = "PostgreSQL write, 64 at once, HTTP, 1 worker, over FastAPI and eventsourcing storing one plain event"
    return [Figure("-", what, 0.5, 1.0, over(found, yardstick), seen=rates(ours=found, theirs=yardstick))]


def _ready() -> None:
    """The peer's environment, made once from its own lock."""
    lock = (HERE / "requirements.txt").read_bytes()
    if STAMP.is_file() and STAMP.read_bytes() == lock:
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(ROOT / ".peers")], check=True)
    install = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--require-hashes")
    subprocess.run([*install, "--no-deps", "-r", str(HERE / "requirements.txt")], check=True)
    STAMP.write_bytes(lock)


@contextlib.asynccontextmanager
async def _peer(url: str, port: int) -> AsyncIterator[None]:
    at = urlsplit(url)
    named = {"DBNAME": at.path.lstrip("/"), "HOST": at.hostname, "PORT": at.port, "USER": at.username}
    given = {f"POSTGRES_{name}": str(value) for name, value in (named | {"PASSWORD": at.password or ""}).items()}
    given |= {"PERSISTENCE_MODULE": "eventsourcing.postgres", "POSTGRES_POOL_SIZE": "16", "POSTGRES_MAX_OVERFLOW": "32"}
    command = (str(PYTHON), "-m", "uvicorn", "app:app", "--port", str(port), "--no-access-log", "--log-level", "error")
    process = subprocess.Popen(command, cwd=HERE, env=os.environ | given)
    try:
        await served.until_answers(port, process)
        yield
    finally:
        process.terminate()
        process.wait(60)
