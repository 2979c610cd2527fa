"""Two processes of each service under load: one is killed, the other frozen and thawed, and every view is exact.

A frozen process is worse than a dead one. It holds its locks and its place in the group, and when it is thawed it goes
on with what it had in hand, long after others took over.
"""

import asyncio
import random
import signal
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from services import SERVICES
from services.hosting.embedded import Embedded
from services.issuing.people import people_in
from shared.bus.verify import verify
from shared.settings import Settings
from story import desk
from story.generate import generate
from story.player import play
from story.progress import Display
from story.scenario import load
from tests.support.callers import invented
from tests.support.practice import practice
from tests.support.replicas import HOMEWARD, Balanced, Replicas

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

SEED = 33
FROZEN = 15.0
"""Seconds: longer than a Kafka group waits for a member, so that the frozen one has lost its place when thawed."""
GRACE = 10.0


def environment(folder: Path, postgres_url: str, brokers: str, issuer: str) -> dict[str, str]:
    return {
        "HOMEWARD_DATA_DIR": str(folder / "data"),
        "HOMEWARD_DATABASE_URL": postgres_url,
        "HOMEWARD_DATABASE_POOL": "8",
        "HOMEWARD_KAFKA_BROKERS": brokers,
        "HOMEWARD_KAFKA_TOPIC": f"replicas-{uuid.uuid4().hex[:8]}",
        "HOMEWARD_KAFKA_PARTITIONS": "4",
        "HOMEWARD_ISSUER": issuer,
    }


async def disturb(replicas: Replicas, draw: random.Random) -> None:
    """Each service in turn loses one replica for good and the other for a while; the lost one is started again."""
    for service in draw.sample(SERVICES, len(SERVICES)):
        killed = draw.randrange(2)
        await asyncio.sleep(draw.uniform(1, 3))
        replicas.send(service, killed, signal.SIGKILL)
        await asyncio.sleep(draw.uniform(0, 1))
        replicas.send(service, 1 - killed, signal.SIGSTOP)
        await asyncio.sleep(FROZEN)
        replicas.send(service, 1 - killed, signal.SIGCONT)
        replicas.start(service, killed)
        await asyncio.to_thread(replicas.wait_for, service, killed)


async def tell_stories(client: httpx.AsyncClient, folder: Path, until: asyncio.Task[None]) -> int:
    """Small groups come home, one after the other, until the disturbance is over. How many did."""
    told = 0
    while not until.done():
        scenario = load(generate(folder / f"group-{told}", people=6, seed=SEED + told))
        refusals = await play(client, scenario, Display(Console(quiet=True)), abreast=4)
        assert not refusals.lines, list(refusals.told())
        told += 1
    return told


async def differences(given: dict[str, str]) -> list[str]:
    """What `bus verify` finds between the journals and the views."""
    settings = Settings.model_validate({name.removeprefix("HOMEWARD_").lower(): value for name, value in given.items()})
    product = Embedded(settings, loops=False, identify=invented)
    async with product.lifespan():
        verdict = await verify([running.kept for running in product.running.values()], patience=60)
    assert sum(verdict.told.values()) > 0
    return [str(finding) for finding in verdict.findings]


@pytest.fixture
def issuer(tmp_path: Path) -> Iterator[str]:
    """Where those who play the stories sign in."""
    with practice(tmp_path / "issuer", people_in(generate(tmp_path / "whoever", people=1, seed=SEED))) as address:
        yield address


async def test_killed_frozen_and_thawed_under_load_and_every_view_is_exact(
    tmp_path: Path, issuer: str, postgres_url: str, kafka_brokers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "PATIENCE", 240.0)
    given = environment(tmp_path, postgres_url, kafka_brokers, issuer)
    print(f"seed {SEED}")  # noqa: T201 -- to repeat it
    with Replicas(given, each=2) as replicas:
        begin = [HOMEWARD, "directory", "begin", "examples/directory.toml"]
        await asyncio.to_thread(subprocess.run, begin, env=replicas.environment, check=True)
        balanced = Balanced(replicas)
        async with httpx.AsyncClient(transport=balanced, base_url="http://localhost", timeout=5) as client:
            disturbing = asyncio.create_task(disturb(replicas, random.Random(SEED)))  # noqa: S311 -- moments
            told = await tell_stories(client, tmp_path, disturbing)
            await disturbing
        assert told > 0
        assert balanced.repeated > 0, "nobody noticed that anything was gone"
        assert await differences(given) == []
        assert replicas.stop() < GRACE
