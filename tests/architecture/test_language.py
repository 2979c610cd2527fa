"""Words we refuse: names that say nothing about the field, unfinished business, addresses of package registries."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import ROOT, committed, modules, tree

EMPTY = re.compile(r"(^|_)(utils?|helpers?|common|managers?|misc)($|_)")
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b")
REGISTRY = re.compile(
    r"(pypi\.org|pythonhosted\.org|registry\.npmjs|npmjs\.com|crates\.io|repo1?\.maven|proxy\.golang)" ""
)
VENDORED = "shared/assets/"


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def empty_names(path: Path) -> Iterator[str]:
    if EMPTY.search(path.stem) or EMPTY.search(path.parent.name):
        yield f"{path} is named after nothing"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and EMPTY.search(snake(node.name)):
            yield f"{path}: {node.name} is named after nothing"


def refused_words(name: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if UNFINISHED.search(line):
            yield f"{name}:{number} leaves something to be done; finish it or write an issue"
        if REGISTRY.search(line):
            yield f"{name}:{number} names a package registry; locks carry hashes, not addresses"


def texts(root: Path) -> Iterator[tuple[str, str]]:
    own = Path(__file__)
    for path in committed(root):
        name = path.relative_to(root).as_posix()
        if path != own and not name.startswith(VENDORED):
            yield name, path.read_text(encoding="utf-8")


def test_no_name_is_empty() -> None:
    assert [fault for path in modules(ROOT) for fault in empty_names(path)] == []


def test_no_file_holds_a_refused_word() -> None:
    assert [fault for name, text in texts(ROOT) for fault in refused_words(name, text)] == []


def test_an_empty_name_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "case_utils.py"
    path.write_text("class CaseManager: ...\ndef common_case(): ...\nclass Commonwealth: ...\n")
    assert len(list(empty_names(path))) == 3  # the file, the class, the function; not the last one


def test_a_refused_word_is_noticed() -> None:
    address = "https://pypi" + ".org/simple"
    assert len(list(refused_words("x", "TO" + "DO: later\nfine\n" + address))) == 2
