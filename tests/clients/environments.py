"""The environments of the generators: a Python one and a Node one, made once for each state of their lock files.

They lie in `.clients/` at the root of the checkout, which git ignores, and hold nothing of ours.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.parts import without

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
KEPT = ROOT / ".clients"
NODE = 20


def run(*words: str | Path, cwd: Path | None = None) -> str:
    """Run a command to its end; what it said, which is also the message where it fails."""
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    said = f"{done.stdout}\n{done.stderr}"
    assert done.returncode == 0, f"{words}\n{said}"
    return said


def python() -> Path:
    """The Python that has the generator."""
    folder = _folder("python", HERE / "python" / "requirements.txt")
    interpreter = folder / "bin" / "python"
    if not _stamp(folder).exists():
        run(sys.executable, "-m", "venv", "--clear", folder)
        locked = HERE / "python" / "requirements.txt"
        run(interpreter, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", locked)
        _stamp(folder).touch()
    return interpreter


def node() -> Path:
    """A folder with the linter, the generator and the compiler; without Node the test is left out, or fails in CI."""
    found = shutil.which("node")
    if found is None or not shutil.which("npm") or int(run(found, "--version").strip()[1:].partition(".")[0]) < NODE:
        without(f"Node.js {NODE} or newer with npm (Debian: nodejs npm; else nodejs.org) for the generated clients")
    folder = _folder("typescript", HERE / "typescript" / "package-lock.json")
    if not _stamp(folder).exists():
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(HERE / "typescript" / name, folder)
        run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", cwd=folder)
        _stamp(folder).touch()
    return folder


def _folder(name: str, lock: Path) -> Path:
    folder = KEPT / f"{name}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _stamp(folder: Path) -> Path:
    return folder / ".made"
