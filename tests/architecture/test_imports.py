"""The import contracts of pyproject.toml hold, and each of them can break.

The second test copies the tree, writes one forbidden import per contract into it, and expects every contract to say so.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from tests.architecture.extra import PURE
from tests.architecture.source import ROOT, SERVICES, imported, modules

RULE_MAY_IMPORT = (
    "calendar", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools", "itertools",
    "math", "operator", "re", "types", "typing", "unicodedata", "pydantic",
    "shared.classes", "shared.clock", "shared.codes", "shared.errors", "shared.given", "shared.ids", "shared.model",
    "shared.contracts.leaves",
)  # fmt: skip
"""From `shared.clock` and `shared.ids` only types and the pure calendar come; see `IMPURE`."""

OWN_DATA = ("importlib.resources", "tomllib")
"""Forms and rule tables are data of the package, read once; only a pure neighbour of `domain.py` does so."""

RULES = {"domain.py", "state.py", "commands.py"}
"""The pure modules of every thing."""

IMPURE = {"shared.clock.system_clock", "shared.ids.random_ref", "datetime.now", "shared.ids.Draw"}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    wide = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=wide)


def test_all_contracts_hold() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def rule_faults(root: Path, pure: Collection[str]) -> list[str]:
    """An allow-list says more than the contract's list of forbidden modules: a rule imports this and nothing else."""
    faults = []
    rules = {"domain", "state", "commands", *(Path(name).stem for name in pure)}
    for service in SERVICES:
        for path in modules(root, f"services/{service}"):
            here = path.relative_to(root).as_posix()
            if path.name not in RULES and here not in pure:
                continue
            own = (f"shared.contracts.{service}", *RULE_MAY_IMPORT, *(OWN_DATA if here in pure else ()))
            for name in sorted(imported(path)):
                sibling = name.startswith(f"services.{service}.") and not rules.isdisjoint(name.split(".")[3:])
                known = any(name == allowed or name.startswith(f"{allowed}.") for allowed in own)
                if name in IMPURE or not (known or sibling):
                    faults.append(f"{here} imports {name}")
    return faults


def test_rules_import_only_what_rules_may() -> None:
    assert rule_faults(ROOT, PURE) == []


def test_an_impure_rule_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "services/intake/cases/domain.py"
    path.parent.mkdir(parents=True)
    path.write_text("from datetime import date\nfrom shared.clock import system_clock\nimport httpx\n")
    assert rule_faults(tmp_path, {}) == [
        "services/intake/cases/domain.py imports httpx",
        "services/intake/cases/domain.py imports shared.clock.system_clock",
    ]


def breaches(thing: str) -> dict[str, tuple[str, str]]:
    """For each contract, a module and an import that breaks it. `thing` is a folder of intake."""
    domain = f"services/intake/{thing}/domain.py"
    return {
        "The four services never import each other": ("services/intake/base.py", "services.grants.base"),
        "Only services.hosting.embedded knows all four": ("services/__main__.py", "services.grants.base"),
        "What is shared knows no service": ("shared/clock.py", "services.intake.base"),
        "The story is told over HTTP": ("story/__init__.py", "services.intake.base"),
        "In shared, imports run down": ("shared/clock.py", "shared.web.requests"),
        "Rules are pure": (domain, "sqlalchemy"),
        "A rule of intake tells only": (domain, "shared.contracts.grants"),
        "Routes reach no tables": (f"services/intake/{thing}/routes.py", f"services.intake.{thing}.tables"),
        "Handlers and queries know nothing": (f"services/intake/{thing}/handlers.py", "fastapi"),
        "A journey is folded from events alone": ("services/intake/journey.py", f"services.intake.{thing}.handlers"),
        "Reactions speak through handlers": ("services/intake/reactions.py", f"services.intake.{thing}.tables"),
        "Only app joins the parts": ("services/intake/base.py", "services.intake.reactions"),
        "A service is entered only through": ("services/__main__.py", "services.intake.app"),
        "Events are plain": ("shared/contracts/leaves.py", "shared.writing.unit"),
    }


def test_every_contract_can_break(tmp_path: Path) -> None:
    for folder in ("services", "shared", "story"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "assets"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    thing = next(path.parent.name for path in sorted((tmp_path / "services/intake").glob("*/tables.py")))
    for module, name in breaches(thing).values():
        with (tmp_path / module).open("a", encoding="utf-8") as text:
            text.write(f"\nimport {name}\n")
    told = lint(tmp_path).stdout
    verdicts = {line.rpartition(" ")[0]: line.rpartition(" ")[2] for line in told.splitlines()}
    kept = [
        begin
        for begin in breaches(thing)
        if not any(line.startswith(begin) and end == "BROKEN" for line, end in verdicts.items())
    ]
    assert kept == [], told
