"""Stores that are there and will not be written: full, read only. Reads go on, a write is refused, nothing is lost."""

import asyncio
import contextlib
import shutil
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local import postgres
from shared.errors import Unavailable
from tests.faults.test_what_arrives import HEALTHY
from tests.support.eventually import within
from tests.support.load.disturbing import full, only_read, small_disk
from tests.support.load.ground import METADATA, Ground
from tests.support.load.pair import Pair, pair
from tests.support.load.processes import load
from tests.support.parts import without

PRAGMAS = {
    "full": ("PRAGMA max_page_count=1", "PRAGMA max_page_count=1073741823"),
    "read only": ("PRAGMA query_only=ON", "PRAGMA query_only=OFF"),
}
SOON = within(5.0)
"""Seconds within which a refusal comes: thrice what a store is waited for, on a busy machine."""


@contextlib.asynccontextmanager
async def not_writable(one: Pair, how: str) -> AsyncIterator[None]:
    """The stores refuse all writes while inside."""
    if one.ground.kind == "kafka":
        await asyncio.to_thread(only_read, one.ground, on=True)
        yield
        await asyncio.to_thread(only_read, one.ground, on=False)
        return
    files: list[Any] = []
    for service in one.services:
        await one.kept(service).database.write(lambda conn: files.append(conn.connection.driver_connection))
    for file in files:
        file.execute(PRAGMAS[how][0])
    yield
    for file in files:
        file.execute(PRAGMAS[how][1])


async def refused(one: Pair) -> float:
    """Write until a write is refused, as long as there is room; how long that one took."""
    while True:
        begun = time.monotonic()
        try:
            await one.count(*HEALTHY)
        except Unavailable:
            return time.monotonic() - begun


async def answers_again(one: Pair) -> None:
    """Connections that were ended meanwhile are noticed at their next use."""
    while True:
        with contextlib.suppress(Unavailable):
            await one.count(*HEALTHY)
            return


@pytest.mark.parametrize(
    ("ground", "how"),
    [("embedded", "full"), ("embedded", "read only"), ("kafka", "read only")],
    indirect=["ground"],
)
async def test_a_store_that_cannot_be_written_refuses_and_goes_on_by_itself(
    ground: Ground, seed: int, how: str
) -> None:
    async with pair(ground, seed) as one:
        await one.count(*HEALTHY)
        async with not_writable(one, how):
            assert await refused(one) < SOON
            await one.drain()
            assert await refused(one) < SOON
        await answers_again(one)
        await one.count(*HEALTHY)
        await one.exact()


@contextlib.contextmanager
def files_on(ground: Ground, disk: Path) -> Iterator[None]:
    """The stores and the log on this disk; what the load notes of itself stays where it is."""
    for name in (*METADATA, "bus"):
        file = ground.folder / f"{name}.db"
        if file.exists():
            shutil.move(file, disk / file.name)
        file.symlink_to(disk / file.name)
    yield


@contextlib.contextmanager
def tables_on(ground: Ground, disk: Path) -> Iterator[None]:
    """The databases in a tablespace on this disk."""
    server, prefix = ground.settings.database_url.get_secret_value().rsplit("/", 1)
    names, space = [prefix.replace("{service}", name) for name in METADATA], f"small_{uuid.uuid4().hex[:8]}"
    make = f"CREATE TABLESPACE {space} LOCATION '{disk}'"
    postgres.psql(server, [make, *(f"ALTER DATABASE {name} SET TABLESPACE {space}" for name in names)])
    try:
        yield
    finally:
        end = [f"DROP DATABASE {name} WITH (FORCE)" for name in names]
        postgres.psql(server, [*end, f"DROP TABLESPACE {space}"])


def owner_of(server: str) -> int:
    """The user whose files those of a server on this machine are."""
    ask = (str(postgres.PROGRAMS / "psql"), "-At", "-c", "SHOW data_directory", f"{server}/postgres")
    folder = Path(subprocess.run(ask, check=True, capture_output=True, text=True).stdout.strip())
    return folder.stat().st_uid if folder.exists() else without("PostgreSQL on this machine, whose disk could be full")


@pytest.mark.slow
def test_a_disk_without_room_refuses_writes_and_loses_none(
    ground: Ground, seed: int, part_folder: Path, request: pytest.FixtureRequest
) -> None:
    """A real disk: each store, the log, and whatever SQLite or PostgreSQL writes beside them."""
    on_kafka = ground.kind == "kafka"
    for above in part_folder.parents[:2]:
        above.chmod(0o711)
    owner = owner_of(request.getfixturevalue("postgres_server")) if on_kafka else 0
    with small_disk(part_folder, 64 if on_kafka else 40, owner) as disk:
        if disk is None:
            without("right to mount a small disk: run as root, or with CAP_SYS_ADMIN")
        with (tables_on if on_kafka else files_on)(ground, disk), load(ground, seed) as running:
            running.start_all(seconds=600, writers=8)
            running.each_said("running")
            for _ in range(2):
                running.wrote(least=20)
                with full(disk):
                    running.started[0].said_again("unanswered")
                    running.started[0].said_again("unanswered")
            running.stop_writing()
            running.exact(least=20)
            assert not running.late()
