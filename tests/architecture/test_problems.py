"""Every refusal has its sentence: each code that the source can answer, in three languages, and no sentence left over.

Codes are read from the source. A code that cannot be read there (a variable handed to an error) is a fault by itself,
else it would escape. Poison is left out: it parks a stream of events and answers nobody.
"""

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shared.web.problems import LANGUAGES, TITLES, Titles, merged, title
from tests.architecture.source import ROOT, SERVICES, modules, tree

MARKED = "ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
SCRIPTS = {
    "km": re.compile(r"[\u1780-\u17b3][^A-Za-z]+។"),
    "vi": re.compile(rf"(?=.*[{MARKED}])[^\u1780-\u17ff]+\.", re.IGNORECASE),
    "en": re.compile(r"[A-Z][ -~]+\."),
}
"""A whole sentence in its own script: Khmer holds no Latin letter, Vietnamese has its diacritics."""

EDGE = "shared/web/edge.py"
"""Its one error is no answer by itself: the edge turns it into one."""

FRAMEWORK = ("http_400", "http_404", "http_405")
"""What FastAPI and Starlette answer by themselves."""


@dataclass
class Answered:
    """The codes of a source, each with the places that say it (`shared` or a service), and what could not be read."""

    codes: dict[str, set[str]] = field(default_factory=lambda: {code: {"shared"} for code in FRAMEWORK})
    faults: list[str] = field(default_factory=list)

    def note(self, place: str, where: str, codes: Iterable[str | None]) -> None:
        for code in codes:
            if code is None:
                self.faults.append(f"{where} answers a code that cannot be read from the source")
            else:
                self.codes.setdefault(code, set()).add(place)


def descendants(trees: Iterable[ast.Module], *roots: str) -> set[str]:
    """The names of classes and of all that derive from them."""
    classes = [node for module in trees for node in ast.walk(module) if isinstance(node, ast.ClassDef)]
    found, new = set[str](), set(roots)
    while new:
        found |= new
        new = {c.name for c in classes if found & {b.id for b in c.bases if isinstance(b, ast.Name)}} - found
    return found


def literals(value: ast.expr) -> Iterator[str | None]:
    """The strings that an expression can be; None for what only running it would tell."""
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Constant(value=None):
            return
        case ast.IfExp(body=one, orelse=other):
            yield from literals(one)
            yield from literals(other)
        case _:
            yield None


def codes_of(node: ast.AST, errors: set[str]) -> Iterator[str | None]:
    """The codes in one piece of source: raised, answered, a class's own, or given to one line of many."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in errors:
            yield from literals(first)
        case ast.Call(func=ast.Name(id="Attention"), args=[first, *_]):
            yield from literals(first)
        case ast.Call(func=ast.Name(id="problem"), args=[_, _, ast.Constant() as code, *_]):
            yield from literals(code)
        case ast.Assign(targets=[ast.Name(id="code")], value=value) | ast.keyword(arg="code", value=value):
            yield from filter(None, literals(value))  # a variable here was read where it was set
        case ast.FunctionDef(name=name) if name.endswith("_refusal"):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    yield from literals(inner.value)


def outside(node: ast.AST, skipped: set[str]) -> Iterator[ast.AST]:
    """Everything in a tree but classes of these names."""
    if isinstance(node, ast.ClassDef) and node.name in skipped:
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from outside(child, skipped)


def answered(root: Path) -> Answered:
    """Everything that `shared` and the four services can answer."""
    folders = ("shared", *(f"services/{name}" for name in SERVICES))
    trees = {path.relative_to(root): tree(path) for path in modules(root, *folders)}
    poison = descendants(trees.values(), "Poison")
    errors = descendants(trees.values(), "HomewardError") - poison
    found = Answered()
    for path, module in trees.items():
        place = path.parts[1] if path.parts[0] == "services" else "shared"
        raised = errors | descendants([module], "ValueError") if path.as_posix() == EDGE else errors
        for node in outside(module, poison):
            found.note(place, f"{path}:{getattr(node, 'lineno', 0)}", codes_of(node, raised))
    return found


def files(root: Path) -> dict[str, Titles]:
    """The sentences of each home: `shared`, and each service."""
    homes = {"shared": root / "shared/web", **{name: root / "services" / name for name in SERVICES}}
    return {name: tomllib.loads((home / "problems.toml").read_text("utf-8")) for name, home in homes.items()}


EVERYWHERE = merged(files(ROOT).values())


def title_faults(found: Answered, titles: Titles) -> Iterator[str]:
    yield from found.faults
    yield from (f"{code} has no sentence" for code in sorted(found.codes.keys() - titles.keys()))
    yield from (f"{code} is answered nowhere" for code in sorted(titles.keys() - found.codes.keys()))
    for code, sentences in titles.items():
        if set(sentences) != set(LANGUAGES):
            yield f"{code} does not speak exactly {', '.join(LANGUAGES)}"
        for language in SCRIPTS.keys() & sentences.keys():
            if not SCRIPTS[language].fullmatch(sentences[language]):
                yield f"{code} is no whole sentence in {language}"


def home_faults(found: Answered, parts: dict[str, Titles]) -> Iterator[str]:
    """The rules of one service lie in its own file; what several of them say lies in the shared one."""
    for name, titles in parts.items():
        for code in titles:
            (place,) = places if len(places := found.codes.get(code, {"shared"})) == 1 else {"shared"}
            if place != name:
                yield f"{code} stands in {name} and belongs into {place}"


def test_every_code_has_its_sentence_and_every_sentence_its_code() -> None:
    assert list(title_faults(answered(ROOT), EVERYWHERE)) == []


def test_every_sentence_lies_where_its_rule_does() -> None:
    assert list(home_faults(answered(ROOT), files(ROOT))) == []


INVENTED = """
class Torn(HomewardError):
    code = "torn"
class Bad(Poison):
    code = "bad"
def late(self, why): raise Refused("early" if self else "late", count=1)
def hidden(why): raise Torn(why)
def poisoned(): raise Bad("spoilt")
def line_refusal(line): return "unread" if line else None
def receipt(line): return LineReceipt(code=None if line else "taken")
"""


def test_codes_are_found_however_they_are_said(tmp_path: Path) -> None:
    for name, text in {
        "shared/errors.py": "class Refused(HomewardError): ...",
        "services/intake/x.py": INVENTED,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    found = answered(tmp_path)
    assert found.codes.keys() - set(FRAMEWORK) == {"torn", "early", "late", "unread", "taken"}
    assert found.faults == ["services/intake/x.py:7 answers a code that cannot be read from the source"]


def test_a_missing_an_unused_and_a_foreign_sentence_are_noticed() -> None:
    whole = {"km": "សូមរង់ចាំ។", "vi": "Xin chờ.", "en": "Please wait."}
    found = Answered({"known": {"intake"}, "bare": {"grants"}, "odd": {"intake", "grants"}})
    odd = {"km": "Please សូម។", "vi": "Xin", "en": "please wait"}
    titles: Titles = {"known": whole, "odd": odd, "left": {"en": "Gone."}}
    assert sorted(title_faults(found, titles)) == [
        "bare has no sentence",
        "left does not speak exactly km, vi, en",
        "left is answered nowhere",
        "odd is no whole sentence in en",
        "odd is no whole sentence in km",
        "odd is no whole sentence in vi",
    ]
    assert list(home_faults(found, {"intake": {"known": whole, "odd": odd}})) == [
        "odd stands in intake and belongs into shared"
    ]


def test_one_code_never_says_two_things() -> None:
    one, other = {"en": "One."}, {"en": "Another."}
    assert merged([{"a": one}, {"a": one, "b": other}]) == {"a": one, "b": other}
    with pytest.raises(ValueError, match="a has two different titles"):
        merged([{"a": one}, {"a": other}])


def test_what_nobody_foresaw_still_reads_plainly() -> None:
    assert title("http_418", 418, "vi") == TITLES["http_400"]["vi"]
    assert title("http_502", 502, "km") == TITLES["internal"]["km"]
    assert title("child_needs_escort", 409, "en", EVERYWHERE) == EVERYWHERE["child_needs_escort"]["en"]
