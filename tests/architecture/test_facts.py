"""`docs/facts.md` names only tests that exist, and every fact of the table says what proves it."""

import ast
import re

from tests.architecture.source import ROOT, tree

FACTS = ROOT / "docs/facts.md"
ROW = re.compile(r"^\| (H\d+) \| (.+) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
EXPECTED = [f"H{number}" for number in (*range(1, 14), 15, 16, 18, 19, 20, 21, 23, 30)]
NOT_HELD = ["H14", "H15", "H17", "H21"]
LISTED = re.compile(r"^- (H\d+)[:,]", re.MULTILINE)
PROMISED = re.compile(
    r"#\d|\b20(2[6-9]|[3-9]\d)\b|\b(soon|later|next|planned|release|issue|milestone)\b", re.IGNORECASE
)


def unknown_tests(text: str) -> list[str]:
    """The tests the text names and nobody wrote."""
    return [f"{path}::{name}" for path, name in NAMED.findall(text) if name not in written_in(path)]


def written_in(path: str) -> set[str]:
    file = ROOT / path
    nodes = ast.walk(tree(file)) if file.is_file() else ()
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_fact_stands_in_the_table() -> None:
    assert [number for number, _, _ in ROW.findall(FACTS.read_text(encoding="utf-8"))] == EXPECTED


def not_held(text: str) -> str:
    """What the page says of facts that the product does not hold."""
    return text.partition("\n## Not held yet\n")[2]


def test_what_is_not_held_is_listed_and_nothing_is_promised_of_it() -> None:
    said = not_held(FACTS.read_text(encoding="utf-8"))
    assert LISTED.findall(said) == NOT_HELD
    assert PROMISED.findall(said) == []


def test_a_promise_of_when_is_noticed() -> None:
    assert PROMISED.search(not_held("\n## Not held yet\n\n- H1: comes in the next release."))


def test_every_named_test_exists() -> None:
    assert unknown_tests(FACTS.read_text(encoding="utf-8")) == []


def test_every_fact_is_proven() -> None:
    cells = {number: proof for number, _, proof in ROW.findall(FACTS.read_text(encoding="utf-8"))}
    assert [number for number, proof in cells.items() if not NAMED.search(proof)] == []


def test_a_test_that_is_not_there_is_noticed() -> None:
    assert unknown_tests("`tests/architecture/test_facts.py::test_nothing`") != []
    assert unknown_tests("`tests/architecture/none.py::test_every_named_test_exists`") != []
