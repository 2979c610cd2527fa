"""Brokers that freeze, die or fall behind: writes go on, and everything arrives once they are back.

Real Apache Kafka in processes of each test's own. HOMEWARD_TEST_SOAK multiplies how long a broker stays away.
"""

import asyncio
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from deploy.local.kafka import Kafka
from shared import stores
from shared.storage.postgres import engine_of
from tests.support.eventually import within
from tests.support.load.ground import Ground
from tests.support.load.processes import Load, load
from tests.support.soak import SOAK

AWAY = 8.0 * SOAK
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300 + 10 * AWAY)]


def _up(folder: Path, size: int) -> Iterator[Kafka]:
    cluster = Kafka(folder, size=size)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture
def one_broker(part_folder: Path) -> Iterator[Kafka]:
    yield from _up(part_folder, 1)


@pytest.fixture
def three_brokers(part_folder: Path) -> Iterator[Kafka]:
    yield from _up(part_folder, 3)


def moved(ground: Ground, cluster: Kafka) -> Ground:
    """The same databases, over brokers of the test's own."""
    settings = {"kafka_brokers": cluster.addresses, "kafka_replication": cluster.size}
    return replace(ground, settings=ground.settings.model_copy(update=settings))


def answered(running: Load) -> int:
    return sum(len(path.read_text().splitlines()) for path in running.ground.folder.glob("answered-*"))


def writes_go_on(running: Load, seconds: float) -> None:
    """Writes are answered all the while, and none of our transactions stays open while a broker is waited for."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        before = answered(running)
        time.sleep(1)
        assert answered(running) > before
        assert asyncio.run(oldest_transaction(running.ground)) < within(5)
    assert all("unanswered" not in one.output() for one in running.started)


async def oldest_transaction(ground: Ground) -> float:
    """How many seconds the oldest open transaction of intake has been waiting for its client."""
    engine = engine_of(stores.url_for(ground.settings, "intake"), 1)
    query = """SELECT coalesce(extract(epoch FROM max(now() - xact_start)), 0) FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'"""
    try:
        async with engine.connect() as connection:
            return float((await connection.execute(text(query))).scalar_one())
    finally:
        await engine.dispose()


AWAYS: dict[str, tuple[Callable[[Kafka], None], Callable[[Kafka], None]]] = {
    "frozen": (lambda brokers: brokers.freeze(1), lambda brokers: brokers.thaw(1)),
    "killed": (lambda brokers: brokers.kill(1), lambda brokers: brokers.start_again(1)),
    "stopped": (lambda brokers: brokers.stop_one(1), lambda brokers: brokers.start_again(1)),
}


@pytest.mark.parametrize("how", AWAYS)
def test_a_broker_away_stops_no_write_and_loses_nothing(kafka: Ground, one_broker: Kafka, seed: int, how: str) -> None:
    go, come_back = AWAYS[how]
    with load(moved(kafka, one_broker), seed) as running:
        running.start_all(seconds=600, writers=2, pause=0.5)
        running.each_said("running")
        writes_go_on(running, 3)
        go(one_broker)
        writes_go_on(running, AWAY)
        come_back(one_broker)
        running.stop_writing()
        running.exact(60)


def test_a_new_leader_and_too_few_replicas_lose_nothing(kafka: Ground, three_brokers: Kafka, seed: int) -> None:
    """One of three broken: it goes on. Two broken: sends wait. All back: everything arrives."""
    with load(moved(kafka, three_brokers), seed) as running:
        running.start_all(seconds=600, writers=2, pause=0.5)
        running.each_said("running")
        writes_go_on(running, 3)
        for number in (1, 2):
            three_brokers.kill(number)
            writes_go_on(running, AWAY / 2)
        for number in (1, 2):
            three_brokers.start_again(number)
        running.stop_writing()
        running.exact(90)


def test_readers_that_come_and_go_hear_everything_once(kafka: Ground, seed: int) -> None:
    """A reader joins or leaves every two seconds, by force or by farewell."""
    with load(kafka, seed) as running:
        running.start("intake", seconds=600, writers=2, pause=0.5)
        readers = [running.start("grants"), running.start("grants")]
        for turn in range(int(4 * SOAK)):
            time.sleep(2)
            leaving = readers.pop(0)
            leaving.said("running")
            if turn % 2:
                leaving.kill()
            else:
                assert leaving.stop(within=20) == 0
            readers.append(running.start("grants"))
        running.stop_writing()
        running.exact(60)


def test_a_reader_frozen_past_its_time_writes_nothing_when_it_wakes(kafka: Ground, seed: int) -> None:
    """It had read a batch and lost its partitions since: another reader has moved them on, and its write is refused."""
    with load(kafka, seed) as running:
        running.start("intake", seconds=600, writers=2, pause=0.5)
        zombie = running.start("grants", failpoint="consumer.read:3:pause")
        zombie.paused()
        running.start("grants").said("running")
        running.started[-1].said_of("partitions shared out", '"count": 4', within=60)
        time.sleep(2)
        zombie.send(signal.SIGCONT)
        running.stop_writing()
        running.exact(60)
        assert "moved on by another reader" in zombie.output()


def test_one_replica_killed_and_one_frozen_and_thawed(kafka: Ground, seed: int) -> None:
    with load(kafka, seed) as running:
        running.start_all(seconds=600, writers=2, pause=0.5)
        running.each_said("running")
        first, _, third, _ = running.started
        first.kill()
        third.send(signal.SIGSTOP)
        time.sleep(12)
        third.send(signal.SIGCONT)
        running.stop_writing()
        running.exact(60)
