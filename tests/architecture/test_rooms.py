"""Each room of `shared/` has a README of one screen that names only modules and names that exist."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

ROOMS = sorted(path.parent for path in (ROOT / "shared").glob("*/__init__.py"))
SCREEN = 40
MODULE = re.compile(r"`(shared(?:\.[a-z_]+)+)`")
ENTRY = re.compile(r"^\| (`shared[^|]*) \| ([^|]*) \|", re.MULTILINE)


def faults(readme: Path) -> Iterator[str]:
    if not readme.exists():
        yield f"{readme} is missing"
        return
    text = readme.read_text("utf-8")
    if len(text.splitlines()) > SCREEN:
        yield f"{readme} is longer than a screen of {SCREEN} lines"
    for module in MODULE.findall(text):
        place = ROOT / module.replace(".", "/")
        if not (place.with_suffix(".py").exists() or (place / "__init__.py").exists()):
            yield f"{readme} names {module}, which does not exist"


def unknown_names(readme: Path) -> Iterator[str]:
    """Names in the second column that none of the modules in the first has."""
    for modules, names in ENTRY.findall(readme.read_text("utf-8")):
        for name in re.findall(r"`(\w+)`", names):
            if not any(hasattr(import_module(module), name) for module in MODULE.findall(modules)):
                yield f"{readme}: {modules} has no {name}"


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_says_what_it_is_for(room: Path) -> None:
    assert list(faults(room / "README.md")) == []
    assert list(unknown_names(room / "README.md")) == []


def test_a_missing_a_long_and_a_wrong_readme_are_noticed(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    assert len(list(faults(readme))) == 1
    readme.write_text("| `shared.nowhere` | `x` |\n" + "\n" * SCREEN)
    assert len(list(faults(readme))) == 2
    readme.write_text("| `shared.auth` | `authorise`, `absent` | use |\n")
    assert len(list(unknown_names(readme))) == 1
