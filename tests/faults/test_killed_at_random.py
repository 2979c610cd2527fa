"""Processes killed at moments drawn at random, again and again, under load: everything ends exact.

HOMEWARD_TEST_SOAK multiplies how long it goes on.
"""

import asyncio
import itertools
import random
import signal
import time

import pytest

from shared.bus.relay import BATCH
from tests.support.eventually import REST
from tests.support.load.disturbing import spoil
from tests.support.load.ground import Ground
from tests.support.load.processes import Load, load
from tests.support.load.writer import cases
from tests.support.soak import SOAK

QUICK, LONG = 4.0, 20.0
FOR_ALL_OF_IT = 600


def kill_for(running: Load, seconds: float, chance: random.Random) -> int:
    """Kill one process after another for a while and start each again; how many were killed."""
    until, killed = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        time.sleep(chance.uniform(0.4, 1.2) if seconds == QUICK else chance.uniform(1.2, 3.0))
        running.kill_one(chance)
        killed += 1
    return killed


def survive(ground: Ground, seed: int, seconds: float) -> None:
    chance = random.Random(seed)  # noqa: S311 -- moments, not secrets
    with load(ground, seed) as running:
        # A long load stays below what a small machine carries.
        running.start_all(seconds=FOR_ALL_OF_IT, pause=0.05 if seconds == QUICK else 0.5)
        killed = kill_for(running, seconds, chance)
        running.wrote(least=1)
        running.stop_writing()
        begun = time.monotonic()
        # Dead readers hold their partitions for ten seconds each, so while kills go on Kafka hands out little: what
        # piled up in a long run is carried out first.
        books = running.exact(REST if seconds == QUICK else REST + seconds)
        rest = time.monotonic() - begun
        told = sum(len(books.of(service, "journal")) for service in ("intake", "grants"))
        figures = (
            f"{killed} kills in {seconds:.0f} s, {told} facts, {len(books.answered)} answers, at rest in {rest:.0f} s"
        )
        print(figures)  # noqa: T201 -- the figures of a soak


def test_kills_at_random_lose_and_double_nothing(ground: Ground, seed: int) -> None:
    survive(ground, seed, QUICK)


@pytest.mark.slow
@pytest.mark.timeout(300 + 120 * SOAK)
def test_kills_at_random_for_long(ground: Ground, seed: int) -> None:
    survive(ground, seed + 1, LONG * SOAK)


@pytest.mark.parametrize("moment", ["redrive.before_commit", "rebuild.half_way"])
def test_a_redrive_or_a_rebuild_that_is_killed_is_simply_run_again(ground: Ground, seed: int, moment: str) -> None:
    with load(ground, seed) as running:
        first = running.start(writes=150, cases=4)
        first.said("written")
        before = running.exact()
        first.kill()
        assert len([row for row in before.of("grants", "heard") if row["status"] == "parked"]) > 1
        mended = int(moment.startswith("redrive"))
        if not mended:
            spoil(ground)
        died = running.start(failpoint=moment, mended=mended, rebuild=1 - mended, writes=50, cases=4).died()
        assert died == -signal.SIGKILL
        running.start(mended=mended, rebuild=1 - mended, writes=50, cases=4).said("written")
        running.exact(mended=bool(mended))


def test_a_rebuild_goes_on_while_everything_runs(ground: Ground, seed: int) -> None:
    """Whoever looks meanwhile never misses a facet, and never sees one that fell behind or is half made."""
    with load(ground, seed) as running:
        one = running.start(rebuild=1, seconds=FOR_ALL_OF_IT, pause=0.3)
        one.said("running")
        seen: dict[tuple[str, str], tuple[int, int]] = {}
        looks = itertools.count()
        while next(looks) < 25 or len(seen) <= 20:
            facets = asyncio.run(ground.books()).of("grants", "facet")
            now = {(row["subject"], row["source"]): (row["version"], row["data"]["count"]) for row in facets}
            assert now.keys() >= seen.keys()
            assert all(now[key] >= before for key, before in seen.items())
            assert all(row["data"]["in_order"] for row in facets)
            seen = now
        running.stop_writing()
        running.exact()


def test_asked_to_stop_it_stops_soon_and_resends_no_more_than_a_batch(ground: Ground, seed: int) -> None:
    with load(ground, seed) as running:
        one = running.start(seconds=FOR_ALL_OF_IT, writers=8)
        one.said("running")
        running.wrote(least=10)
        assert one.stop(within=30) == 0
        again = running.start(writes=1)
        again.said("written")
        books = running.exact(least=10)
        told = sum(len(books.of(service, "journal")) for service in ("intake", "grants"))
        assert asyncio.run(ground.records_in_topic()) <= told + BATCH


def test_the_poisoned_case_is_in_every_load() -> None:
    assert cases(3)[0] == "f" * 32
