"""`python -m tests.deploy.build_image FOLDER`: builds as deploy/Dockerfile does, in a folder and without an engine.

Not a test, because it fetches the dependencies as the builder would; `.ci/run` calls it.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support.composed import ROOT, steps

DOCKERFILE = ROOT / "deploy" / "Dockerfile"


def building() -> Iterator[tuple[str, list[str]]]:
    """The instructions of the first stage after its FROM, with their words."""
    stage = 0
    for instruction, said in steps(DOCKERFILE.read_text("utf-8")):
        stage += instruction == "FROM"
        if stage == 1 and instruction != "FROM":
            yield instruction, said.split()


def build(folder: Path) -> Path:
    """Build into a folder; the command that the image starts."""
    for instruction, words in building():
        if instruction == "COPY":
            _copy(words[:-1], folder / words[-1])
        elif instruction == "RUN":
            program = sys.executable if words[0] == "python" else str(folder / words[0])
            subprocess.run([program, *words[1:]], cwd=folder, check=True)
    return folder / ".venv/bin/homeward"


def _copy(sources: list[str], target: Path) -> None:
    for name in sources:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            into = target / source.name if len(sources) > 1 else target
            into.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, into)


if __name__ == "__main__":
    subprocess.run([build(Path(sys.argv[1]).resolve()), "--help"], cwd="/", check=True, stdout=subprocess.DEVNULL)
