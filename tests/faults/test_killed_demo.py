"""A demo killed at any moment and started again ends as if nothing had happened."""

from pathlib import Path

import pytest

from tests.support.private import forms, leaks, of_story, pieces
from tests.support.told import MOMENTS, STORY, Run, moments, survives

QUICK = 3


@pytest.mark.parametrize("fraction", moments()[2 :: MOMENTS // QUICK][:QUICK])
def test_killed_and_started_again(tmp_path: Path, whole: Run, fraction: float) -> None:
    survives(tmp_path, whole, fraction)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("fraction", moments()[::2])
def test_killed_at_every_second_of_twenty_moments(tmp_path: Path, whole: Run, fraction: float) -> None:
    survives(tmp_path, whole, fraction)


def test_played_again_it_stores_nothing(whole: Run) -> None:
    demo, tables = whole
    before, streams, keys, staff = demo.rows(), demo.streams(), demo.keys(), demo.staff()
    assert demo.play() == tables
    assert demo.rows() == before
    # Nobody who stood in the register is noted again.
    assert staff <= demo.staff()
    assert demo.streams() == streams
    again = demo.keys()
    # A repeated request asks for its key before it is known again. A key that sealed nothing goes, and may come back on
    # probation; one that seals a row stays what it was.
    changed = {place for place, _ in again.held.items() ^ keys.held.items()}
    assert changed & keys.held.keys() <= keys.on_trial
    assert changed & again.held.keys() <= again.on_trial


def test_no_name_birth_date_or_phone_lies_in_the_folder(whole: Run) -> None:
    """Every byte of every file, in the forms in which a leak would show. What was said in words is looked for too."""
    demo, _ = whole
    values = of_story(STORY)
    assert len(values) > 33
    assert leaks(pieces(demo.folder / "data"), values) == []


def test_the_scan_would_find_a_planted_name(whole: Run, tmp_path: Path) -> None:
    demo, _ = whole
    value = min(of_story(STORY))
    content = (demo.folder / "data" / "intake.db").read_bytes()
    for form in forms(value):
        (tmp_path / "leak.db").write_bytes(content[:-5] + form + content[-5:])
        assert leaks(pieces(tmp_path), [value]) == [f"leak.db: {value[:4]}…"]
