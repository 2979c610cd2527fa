"""The four services have one shape, and no file or function outgrows a screen or two.

A module outside the list needs a line with a reason in `extra.py`; that line is read in review.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.extra import BESIDE_HANDLERS, PURE
from tests.architecture.source import ROOT, SERVICES, modules, tree

TOP = {
    "__init__.py",
    "__main__.py",
    "hosting",
    "issuing",
    "operating",
    *SERVICES,
}
SERVICE = {"__init__.py", "app.py", "base.py", "journey.py", "reactions.py"}
OPTIONAL = {"facets.py", "settings.py"}
"""The views of `journey.py`, where one file would not hold them; what an operator may set for that service alone."""

THING = {
    "__init__.py",
    "state.py",
    "commands.py",
    "domain.py",
    "handlers.py",
    "routes.py",
    "tables.py",
    "schemas.py",
    "queries.py",
}
NEEDED = {"__init__.py", "domain.py", "handlers.py", "routes.py"}

EXTRA = {**PURE, **BESIDE_HANDLERS}

FILE_LINES = 300
FUNCTION_LINES = 40
IMPORT_LINES = 25


def inside(folder: Path) -> set[str]:
    names = {path.name for path in folder.iterdir() if path.name != "__pycache__"}
    return {name for name in names if name.endswith(".py") or (folder / name).is_dir()}


def things(service: Path) -> list[Path]:
    return [
        path for path in sorted(service.iterdir()) if path.is_dir() and path.name not in {"migrations", "__pycache__"}
    ]


def shape_faults(root: Path, extra: dict[str, str]) -> Iterator[str]:
    services = root / "services"
    yield from (f"services/{name} has no place at the top" for name in sorted(inside(services) - TOP))
    for service in (services / name for name in SERVICES):
        folders = {thing.name for thing in things(service)}
        yield from (f"services/{service.name}/{name} is missing" for name in sorted(SERVICE - inside(service)))
        for name in sorted(inside(service) - SERVICE - OPTIONAL - folders - {"migrations"}):
            if f"services/{service.name}/{name}" not in extra:
                yield f"services/{service.name}/{name} is not a module every service has"
        for thing in things(service):
            yield from thing_faults(root, thing, extra)


def thing_faults(root: Path, thing: Path, extra: dict[str, str]) -> Iterator[str]:
    here = thing.relative_to(root).as_posix()
    yield from (f"{here}/{name} is missing" for name in sorted(NEEDED - inside(thing)))
    for name in sorted(inside(thing) - THING):
        if f"{here}/{name}" not in extra:
            yield f"{here}/{name} needs a reason in extra.py"


def size_faults(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if text.count("\n") > FILE_LINES:
        yield f"{path}: {text.count(chr(10))} lines; more than {FILE_LINES} want to be two modules"
    parsed = tree(path)
    if text and not ast.get_docstring(parsed):
        yield f"{path}: no docstring that says what it is for"
    spent = sum(length(node) for node in parsed.body if isinstance(node, ast.Import | ast.ImportFrom))
    if spent > IMPORT_LINES and not may_know_much(path):
        yield f"{path}: {spent} lines of imports; more than {IMPORT_LINES} say it knows too much"
    for node in ast.walk(parsed):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > FUNCTION_LINES:
            yield f"{path}: {node.name} has {length(node)} lines; {FUNCTION_LINES} is the stop"


def length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def may_know_much(path: Path) -> bool:
    """A package's door lists what is behind it; app joins all parts; a test may look at everything at once."""
    return path.name in {"__init__.py", "app.py"} or path.name.startswith("test_")


def test_the_four_services_have_one_shape() -> None:
    assert list(shape_faults(ROOT, EXTRA)) == []


def test_every_extra_module_is_still_there() -> None:
    assert [name for name in EXTRA if not (ROOT / name).is_file()] == []


def test_files_and_functions_stay_small() -> None:
    assert [fault for path in modules(ROOT) for fault in size_faults(path)] == []


def invent(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('"""Invented."""\n')


def test_a_wrong_shape_is_noticed(tmp_path: Path) -> None:
    for service in SERVICES:
        invent(tmp_path, *(f"services/{service}/{name}" for name in SERVICE))
        invent(tmp_path, *(f"services/{service}/cases/{name}" for name in NEEDED))
    assert list(shape_faults(tmp_path, {})) == []

    invent(tmp_path, "services/tools.py", "services/intake/rules.py", "services/grants/cases/engine.py")
    (tmp_path / "services/screening/cases/domain.py").unlink()
    assert list(shape_faults(tmp_path, {"services/grants/cases/engine.py": "pure"})) == [
        "services/tools.py has no place at the top",
        "services/intake/rules.py is not a module every service has",
        "services/screening/cases/domain.py is missing",
    ]
    assert "services/grants/cases/engine.py needs a reason in extra.py" in list(shape_faults(tmp_path, {}))


def test_what_outgrows_its_size_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "long.py"
    path.write_text("import a\n" * (IMPORT_LINES + 1) + "def f():\n" + "    a()\n" * FILE_LINES)
    faults = " ".join(size_faults(path))
    assert "two modules" in faults
    assert "no docstring" in faults
    assert "knows too much" in faults
    assert "is the stop" in faults


def raises_in(path: Path) -> Iterator[str]:
    """Reactions return what they want done; an exception is never raised to make an attention row."""
    yield from (f"{path}:{node.lineno} raises" for node in ast.walk(tree(path)) if isinstance(node, ast.Raise))


def test_reactions_raise_nothing() -> None:
    found = [fault for name in SERVICES for fault in raises_in(ROOT / "services" / name / "reactions.py")]
    assert found == []


def test_a_reaction_that_raises_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "reactions.py"
    path.write_text("def react(): raise ValueError\n")
    assert len(list(raises_in(path))) == 1
