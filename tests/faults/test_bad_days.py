"""Kills, a backup, a lost disk, a lost folder and a mislaid key file, in any order, under somebody who writes.

HOMEWARD_TEST_SEED moves all seeds.
"""

import asyncio
import random
import shutil
from pathlib import Path

import pytest

from services import SERVICES
from shared.settings import Settings
from shared.stores import migrate
from tests.support.bad_days import Days
from tests.support.living import living

SEEDS = 20


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which nothing was written yet, made once and copied ever after."""
    folder = tmp_path_factory.mktemp("bad days") / "data"
    migrate(Settings(data_dir=folder), SERVICES)
    return folder


async def exact(settings: Settings) -> None:
    async with living(settings) as product:
        await product.exact()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("number", range(SEEDS))
def test_what_was_acknowledged_is_there_or_is_named(tmp_path: Path, empty: Path, seed: int, number: int) -> None:
    print(f"seed {seed + number}")  # noqa: T201 -- to repeat it
    chance = random.Random(seed + number)  # noqa: S311 -- moments, not secrets
    shutil.copytree(empty, tmp_path / "data")
    days = Days(tmp_path / "data", chance)
    restores = [days.restore_one, days.restore_all]
    order = [days.kill, days.kill, days.lose_the_key_file, *restores]
    chance.shuffle(order)
    order.insert(chance.randint(0, min(order.index(one) for one in restores)), days.back_up)
    days.start()
    try:
        for day in order:
            days.writing(days.nothing)
            day()
            assert days.missing() == []
        days.writing(days.nothing)
    finally:
        days.stop()
    asyncio.run(exact(days.settings))
    assert days.missing() == []
    assert days.client.ledger
    print(f"{len(days.client.ledger)} kept, {days.lost} lost, {days.named} named")  # noqa: T201 -- what it was about
