"""`python -m tests.faults.mutations [WORD]`: break each guard (whose name holds that word) once and expect red.

Exits 1 when one survives.
Four are broken at a time, each in a copy of its own.
A mutation whose text is no longer found fails as well: the guard moved, and the mutation must follow it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.mutations.guards import MUTATIONS, Mutation

ROOT = Path(__file__).parents[3]
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".homeward", ".*_cache", ".hypothesis", "*.db")
"""Compiled code comes along: it is as old as its source, and only what is broken is compiled again."""
TESTS_FAILED = 1
PATIENCE = "30"
"""Seconds for which a test waits for what a broken guard may keep from ever coming."""
LONGEST = "120"
"""Seconds for a test. One that a broken guard keeps going round for ever has noticed it."""
AT_ONCE = 4
"""Trees in which guards are broken side by side: most of such a test is waiting."""


def broken(text: str, mutation: Mutation) -> str:
    """The text with the guard broken. Raises ValueError unless each place is found exactly once."""
    for before, after in ((mutation.before, mutation.after), *mutation.also):
        if text.count(before) != 1:
            raise ValueError(f"{mutation.path} holds {text.count(before)} of: {before}")
        text = text.replace(before, after)
    return text


def is_noticed(tree: Path, mutation: Mutation) -> bool:
    """Whether the test fails with the guard broken; it must also be there to fail."""
    path = tree / mutation.path
    whole = path.read_text("utf-8")
    path.write_text(broken(whole, mutation), "utf-8")
    try:
        status = _pytest(tree, mutation.test)
    finally:
        path.write_text(whole, "utf-8")
    return status == TESTS_FAILED


def _pytest(tree: Path, test: str) -> int:
    command = (sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--timeout", LONGEST, test)
    environment = os.environ | {"CI": "true", "PYTHONDONTWRITEBYTECODE": "1", "HOMEWARD_TEST_REST": PATIENCE}
    quiet = subprocess.DEVNULL
    return subprocess.run(command, cwd=tree, env=environment, stdout=quiet, stderr=quiet, check=False).returncode


def in_a_tree(mutations: Iterable[Mutation]) -> int:
    """Break those that nobody else has taken, one after the other, in a copy of its own. Answers how many survived."""
    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "homeward"
        shutil.copytree(ROOT, tree, ignore=NOT_COPIED, symlinks=True)
        for mutation in mutations:
            noticed = is_noticed(tree, mutation)
            survived += not noticed
            print(f"{'red' if noticed else 'SURVIVED':9} without: {mutation.guard}", flush=True)  # noqa: T201
    return survived


def main(word: str = "") -> int:
    """Break each guard once; a line for each."""
    waiting = iter([found for found in MUTATIONS if word in found.guard])  # hands each out once, whoever asks
    with ThreadPoolExecutor(AT_ONCE) as trees:
        return 1 if sum(trees.map(in_a_tree, [waiting] * AT_ONCE)) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
