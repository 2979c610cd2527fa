"""A demo killed at any moment and started again ends as if nothing had happened."""

import base64
import json
import unicodedata
from pathlib import Path

import pytest

from story.scenario import load
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
    """Every byte of every file, in the forms in which a leak would show."""
    demo, _ = whole
    secrets = private_values(STORY)
    assert len(secrets) > 33
    leaks = []
    for path in sorted((demo.folder / "data").rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            leaks += [f"{path.name}: {value}" for value in secrets for form in forms(value) if form in content]
    assert leaks == []


def test_the_scan_would_find_a_planted_name(tmp_path: Path) -> None:
    value = next(iter(private_values(STORY)))
    (tmp_path / "leak.db").write_bytes(b"\x00" + forms(value)[0])
    assert any(form in (tmp_path / "leak.db").read_bytes() for form in forms(value))


def private_values(story: Path) -> set[str]:
    """All full names in all scripts, birth dates of day precision, and phones, from the story's own files."""
    scenario = load(story)
    found = {name for person in scenario.people for name in (person.name_km, person.name_latin)}
    found |= {name for line in scenario.listed for name in (line.name, line.other_name) if name}
    for person in scenario.people:
        if person.phone:
            found.add(person.phone)
        if person.birth and person.birth_precision == "DAY":
            year, month, day = person.birth.split("-")
            found |= {person.birth, f"{day}/{month}/{year}"}
    return found


def forms(value: str) -> list[bytes]:
    """How a value could stand in a file: composed, decomposed, escaped, base64."""
    texts = {unicodedata.normalize(form, value) for form in ("NFC", "NFD")} | {value}
    found = [text.encode(coding) for text in texts for coding in ("utf-8", "utf-16-le")]
    found += [json.dumps(text)[1:-1].encode() for text in texts]
    return found + [base64.b64encode(text.encode())[:-4] for text in texts if len(text.encode()) > 8]
