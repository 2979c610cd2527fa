"""After years, on a bad day: how long an operator waits for each command, and for a page of metrics in an outage.

Each command runs as an operator runs it, in a process of its own, whose memory is looked at: it must not grow with the
facts.
"""

import asyncio
import json
import os
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from pyrage.x25519 import Identity
from sqlalchemy import text

from bench import parts
from bench.filling import fill_hearer, fill_teller
from bench.measure import Figure, Scale
from bench.worlds import Nowhere, at_work, count, in_folder
from services import SERVICES
from shared.settings import PREFIX, Settings

FACTS, EACH = 1_000_000, 5
"""Facts that intake told and all others applied, and of one case."""
PENDING = 300_000
MEMORY_MIB = 400.0
MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:])
spent = resource.getrusage(resource.RUSAGE_CHILDREN)
print(spent.ru_maxrss, spent.ru_utime + spent.ru_stime, file=sys.stderr)
sys.exit(done.returncode)
"""
"""A small process between us and a command: what we weigh would count as the command's."""


async def sqlite(scale: Scale) -> list[Figure]:
    """What comes of a backup, from its facts to the proof that it can be used, over files."""
    facts = scale.of(FACTS, least=5000)
    with TemporaryDirectory(prefix="homeward-bench-") as place:
        folder = Path(place)
        async with AsyncExitStack() as stack:
            for name in SERVICES:
                running = await stack.enter_async_context(at_work(name, in_folder(folder / "data"), Nowhere()))
                await (fill_teller if name == "intake" else fill_hearer)(running.kept, facts // EACH, EACH)
                await running.kept.database.write(lambda conn: conn.execute(text("ANALYZE")))
        return await asyncio.to_thread(_a_bad_day, folder, facts)


def _a_bad_day(folder: Path, facts: int) -> list[Figure]:
    identity, backup = Identity.generate(), folder / "backup"
    who = folder / "identity"
    who.touch(mode=0o600)
    who.write_text(f"{identity}\n", "utf-8")
    opens = ("--identity", str(who), "--master-key", str(folder / "data" / "master.key"))
    commands: dict[str, tuple[float, tuple[str, ...]]] = {
        "bus verify": (120, ("bus", "verify", "--patience", "0")),
        "bus refeed": (300, ("bus", "refeed", "--service", "intake")),
        "backup": (120, ("backup", str(backup), "--recipient", str(identity.to_public()))),
        "restore --check": (600, ("restore", str(backup), "--check", *opens)),
    }
    figures = []
    for name, (must, command) in commands.items():
        seconds, busy, memory, answer = _done(folder, *command)
        assert _counts(answer) in (facts, None), answer
        size = f", {backup.stat().st_size / 1e6:,.0f} MB" if name == "backup" else ""
        seen = f"{facts / seconds:,.0f} facts/s, CPU {busy:,.0f} s{size}"
        what = f"{name} at {facts:,} facts of {facts // EACH:,} cases, SQLite"
        figures += [
            Figure("-", what, must, must / 2, [seconds], "s", seen),
            Figure("-", f"{what}: memory at most", MEMORY_MIB, MEMORY_MIB / 2, [memory], "MiB"),
        ]
    return figures


def _counts(answer: dict[str, Any]) -> int | None:
    """How many of the facts a command speaks of, where it does."""
    if "views" in answer:
        applied = {row["applied"] for row in answer["views"] if row["teller"] == "intake"}
        assert answer["exact"] and len(applied) == 1, answer
        return int(applied.pop())
    if "sound" in answer:
        assert answer["sound"], answer
        return None
    return int(answer["intake"]["published"]) if "intake" in answer else None


def _done(folder: Path, *command: str) -> tuple[float, float, float, dict[str, Any]]:
    """Seconds, seconds of a processor, MiB at most, and what a command answered."""
    environment = {**os.environ, f"{PREFIX}DATA_DIR": str(folder / "data"), "TMPDIR": str(folder)}
    begun = perf_counter()
    done = subprocess.run(
        (sys.executable, "-c", MEASURED, sys.executable, "-m", "services", *command, "--json"),
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    took = perf_counter() - begun
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    memory, busy = done.stderr.split()[-2:]
    return took, float(busy), int(memory) / 1024, json.loads(done.stdout)


async def metrics(scale: Scale) -> list[Figure]:
    """A page of metrics while 300,000 facts wait for a broker that is away."""
    with TemporaryDirectory() as place:
        figures = [await _scraped(scale, in_folder(Path(place)), "SQLite")]
    async with parts.postgres() as store:
        return [*figures, await _scraped(scale, store.settings, "PostgreSQL")]


async def _scraped(scale: Scale, settings: Settings, where: str) -> Figure:
    many = scale.of(PENDING, least=3000)
    async with at_work("intake", settings, Nowhere()) as running:
        await fill_teller(running.kept, many, 1)
        wait = "INSERT INTO pending SELECT id FROM journal WHERE id NOT IN (SELECT journal_id FROM pending)"
        await running.kept.database.write(lambda conn: conn.exec_driver_sql(wait))
        assert await count(running.kept, "pending") == many
        took = []
        for _ in range(scale.rounds * 5):
            begun = perf_counter()
            page = await running.metrics.page()
            took.append((perf_counter() - begun) * 1000)
            assert f'homeward_pending_facts{{service="intake"}} {many:.1f}'.encode() in page, page
    rounds = [median(took[first : first + 5]) for first in range(0, len(took), 5)]
    return Figure("-", f"a page of metrics while {many:,} facts wait, {where}", 100, 50, rounds, "ms")
