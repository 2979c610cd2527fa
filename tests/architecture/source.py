"""The project's files as these tests see them: paths, texts and syntax trees.

Everything takes a root, so that each rule is also shown to fail on a small tree invented for the purpose.
"""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

SERVICES = ("intake", "screening", "referrals", "grants")

OURS = ("services", "shared", "story", "deploy", "tests", "bench")
"""Folders with Python of ours."""


def modules(root: Path, *folders: str) -> Iterator[Path]:
    """Every module of ours under these folders; what Alembic wrote is its own affair."""
    for folder in folders or OURS:
        for path in sorted((root / folder).rglob("*.py")):
            if "versions" not in path.parts:
                yield path


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def committed(root: Path) -> list[Path]:
    """Every file that is, or would be, in the repository."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        check=True,
        capture_output=True,
    )
    names = listing.stdout.decode().split("\0")
    return [root / name for name in sorted(names) if name and (root / name).is_file()]


def imported(path: Path) -> set[str]:
    """Full names of everything a module imports, `from a import b` counted as `a.b`."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(f"{'.' * node.level}{node.module or ''}")
    return names
