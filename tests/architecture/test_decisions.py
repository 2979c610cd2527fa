"""Decision records are numbered without gaps and answer the same five questions."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import ROOT

SECTIONS = ["Context", "Decision", "What it costs", "Refused", "Look again when"]


def faults(folder: Path) -> Iterator[str]:
    numbers = []
    for path in sorted(folder.glob("*.md")):
        named = re.fullmatch(r"(\d{4})-[a-z0-9-]+\.md", path.name)
        if not named:
            yield f"{path.name} is not named NNNN-words.md"
            continue
        numbers.append(int(named[1]))
        text = path.read_text(encoding="utf-8")
        if not text.startswith(f"# {named[1]}. "):
            yield f"{path.name} does not begin with its number"
        if re.findall(r"^## (.+)$", text, re.MULTILINE) != SECTIONS:
            yield f"{path.name} does not answer: {', '.join(SECTIONS)}"
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"numbers repeat or leave a gap: {numbers}"
    if not numbers:
        yield "there are no records"


def test_decision_records_are_complete() -> None:
    assert list(faults(ROOT / "docs/decisions")) == []


def test_a_gap_a_double_and_a_missing_answer_are_noticed(tmp_path: Path) -> None:
    assert list(faults(tmp_path)) == ["there are no records"]
    body = "".join(f"## {section}\n\n" for section in SECTIONS)
    (tmp_path / "0001-one.md").write_text(f"# 0001. One\n\n{body}")
    assert list(faults(tmp_path)) == []
    (tmp_path / "0003-three.md").write_text("# 0003. Three\n")
    (tmp_path / "notes.md").write_text("")
    assert list(faults(tmp_path)) == [
        f"0003-three.md does not answer: {', '.join(SECTIONS)}",
        "notes.md is not named NNNN-words.md",
        "numbers repeat or leave a gap: [1, 3]",
    ]


def asked_for(name: str) -> set[str]:
    """Packages that a requirements file asks for by name, extras aside."""
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    return {re.split(r"[\[=<> ]", line)[0] for line in lines if line and line[0] not in "#-"}


def test_every_dependency_has_its_line() -> None:
    (record,) = (ROOT / "docs/decisions").glob("0011-*.md")
    argued = set(re.findall(r"[a-z0-9-]+", " ".join(re.findall(r"^\| (.+?) \|", record.read_text(), re.MULTILINE))))
    typing_only = {name for name in asked_for("dev.in") if name.startswith("types-")}
    asked = asked_for("run.in") | asked_for("build.in") | asked_for("dev.in")
    assert asked - typing_only - argued == set()


def test_what_the_project_asks_for_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for wanted, lock in (
        (project["project"]["dependencies"], "run.in"),
        (project["build-system"]["requires"], "build.in"),
    ):
        assert {re.split(r"[\[; ]", name)[0] for name in wanted} - asked_for(lock) == set()
