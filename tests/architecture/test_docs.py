"""The documents say what the code says: generated pages are fresh, settings are listed, links lead somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from services.__main__ import app
from services.hosting.documents import documents
from shared.settings import Settings, variables

ROOT = Path(__file__).parents[2]
PAGES = [
    *ROOT.glob("*.md"),
    *(page for page in (ROOT / "docs").rglob("*.md")),
    *ROOT.glob("examples/*/README.md"),
    ROOT / "tests" / "README.md",
]


@pytest.mark.parametrize("name", sorted(documents()))
def test_a_generated_page_is_fresh(name: str) -> None:
    path = ROOT / "docs" / name
    assert path.exists(), f"docs/{name} is missing; run `make docs`"
    assert path.read_text("utf-8") == documents()[name], f"docs/{name} is old; run `make docs`"


def test_no_generated_page_is_left_over() -> None:
    assert {f"states/{path.name}" for path in (ROOT / "docs" / "states").iterdir()} <= set(documents())


def test_the_readme_lists_every_setting_with_its_default() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for name, default in variables(Settings).items():
        assert f"| `{name}` | `{default}` |" in readme


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in app.registered_commands:
        assert command.callback is not None
        assert re.search(rf"\b{command.callback.__name__}\b", readme)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_every_command_that_a_page_shows_is_there_with_its_options() -> None:
    shown = [
        (page.name, line)
        for page in PAGES
        if "decisions" not in page.parts and page.name != "CHANGELOG.md"
        for line in re.findall(r"(?:^|`)homeward ([a-z][^`#\n]*)", page.read_text("utf-8"), re.MULTILINE)
    ]
    assert len(shown) > 30
    for name, line in shown:
        assert list(_unknown(line.split())) == [], f"{name}: homeward {line}"


def _unknown(words: list[str]) -> Iterator[str]:
    """Words of a command line that are no command or option of ours."""
    command: Any = typer.main.get_command(app)
    while words and (within := getattr(command, "commands", None)):
        if (word := words.pop(0).rstrip(".,;:")) not in within:
            yield word
            return
        command = within[word]
    options = {"--help"}.union(*(parameter.opts for parameter in command.params))
    yield from (word for word in words if word.startswith("--") and word.rstrip(".,;:)") not in options)
