"""Words we refuse: empty names, unfinished business, addresses of package registries; and rules for prose.

Prose is what people read: documents and docstrings. Generated pages and records of decisions are left as they are.
"""

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
SURPRISE = re.compile(r"\bthe surp" + r"rise:", re.IGNORECASE)
LINE = 120


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


def surprises(name: str, text: str) -> Iterator[str]:
    """A fact is said, not announced."""
    if SURPRISE.search(" ".join(text.split())):
        yield f"{name} announces a surprise; say the fact"


def docstring_faults(path: Path) -> Iterator[str]:
    """A module says in one sentence, on its first line or two, what it is."""
    text = ast.get_docstring(tree(path))
    if text is None:
        yield f"{path} does not say what it is for"
    elif not text.split("\n\n")[0].rstrip().endswith((".", "?", ":")):
        yield f"{path} does not begin with a sentence"
    elif len(text.split("\n\n")[0]) > 2 * LINE:
        yield f"{path} begins with a paragraph; begin with a sentence of two lines at most"


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


def test_no_text_announces_a_surprise() -> None:
    assert [fault for name, text in texts(ROOT) for fault in surprises(name, text)] == []


def test_every_module_says_what_it_is_for() -> None:
    ours = modules(ROOT, "services", "shared", "story", "deploy", "bench")
    assert [fault for path in ours if path.read_text("utf-8").strip() for fault in docstring_faults(path)] == []


def test_a_surprise_and_a_missing_sentence_are_noticed(tmp_path: Path) -> None:
    said = "It waits. The surp" + "rise:\nit waits."
    assert len(list(surprises("x", said))) == 1
    assert list(surprises("x", "It comes as a surprise: nobody waits.")) == []
    path = tmp_path / "silent.py"
    for text in ("x = 1\n", '"""waits"""\n', f'"""{"It waits. " * 30}"""\n'):
        path.write_text(text)
        assert len(list(docstring_faults(path))) == 1
    path.write_text('"""Waits for its turn."""\n')
    assert list(docstring_faults(path)) == []
