"""Stores that are locked, full, torn, cut off or changed under load: an error to the caller, and nothing half done."""

import shutil
import sqlite3
import time
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit

import pytest

from shared.settings import Settings
from tests.support.load.disturbing import alter, disturb
from tests.support.load.ground import Ground
from tests.support.load.processes import load

LONG = 600
"""Seconds for which a writer goes on unless it is stopped: as long as a test may last."""


def test_a_store_that_comes_and_goes_parks_nothing(ground: Ground, seed: int) -> None:
    """Files locked by a stranger; connections to PostgreSQL ended by force, and deadlocks."""
    with load(ground, seed) as running:
        running.start_all(seconds=LONG)
        running.each_said("running")
        disturb(ground, seconds=3.0)
        running.wrote(least=20)
        running.stop_writing()
        running.exact(least=20)


def test_many_writers_on_few_cases_never_see_a_deadlock(ground: Ground, seed: int) -> None:
    with load(ground, seed) as running:
        running.start_all(cases=6, writers=12, writes=150, pause=0)
        running.each_said("written")
        books = running.exact(least=150)
        assert all("unanswered" not in one.output() for one in running.started)
        assert max(row["number"] for row in books.of("intake", "load_tally")) > 20


def test_a_table_gets_a_column_while_everything_runs(ground: Ground, seed: int) -> None:
    with load(ground, seed) as running:
        running.start_all(seconds=LONG)
        running.each_said("running")
        for table in ("journal", "heard", "facet", "load_tally"):
            time.sleep(0.4)
            alter(ground, table)
        time.sleep(0.4)
        running.wrote(least=20)
        running.stop_writing()
        running.exact(least=20)
        assert all("unanswered" not in one.output() for one in running.started)


def test_a_full_disk_refuses_writes_and_loses_none(embedded: Ground, seed: int) -> None:
    with load(embedded, seed) as running:
        one = running.start(seconds=LONG, writers=8)
        one.said("running")
        for _ in range(3):
            time.sleep(0.3)
            prlimit(one.process.pid or 0, RLIMIT_FSIZE, (65_536, RLIM_INFINITY))
            one.said_again("unanswered")
            prlimit(one.process.pid or 0, RLIMIT_FSIZE, (RLIM_INFINITY, RLIM_INFINITY))
        running.wrote(least=20)
        running.stop_writing()
        running.exact(least=20)


@pytest.mark.parametrize(
    "moment", ["bus.sent:20:pause", "unit.before_commit:60:pause", "consumer.before_commit:20:pause"]
)
def test_a_copy_of_a_torn_write_opens_clean_and_has_all_that_was_answered(
    embedded: Ground, seed: int, tmp_path: Path, moment: str
) -> None:
    with load(embedded, seed) as running:
        torn = running.start(failpoint=moment, seconds=LONG)
        torn.paused()
        shutil.copytree(embedded.folder, tmp_path / "copy")
    for wal in (tmp_path / "copy").glob("*.db-wal"):
        with wal.open("ab") as end:
            end.write(b"\x37\x7f\x06\x82" * 300)
    for file in (tmp_path / "copy").glob("*.db"):
        with sqlite3.connect(file) as connection:
            assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        connection.close()
    with load(Ground("embedded", Settings(data_dir=tmp_path / "copy")), seed) as again:
        again.start(writes=5).said("written")
        again.exact(least=20)
