"""What a lock file names: each package with its version, where it is for, and the hashes of its files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUN = ROOT / "requirements" / "run.txt"
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^ ;\\]+)(?: ; (?P<where>[^\\]+))?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Locked:
    """One line of a lock. `where` is the condition under which it is installed; empty means everywhere."""

    name: str
    version: str
    where: str
    hashes: tuple[str, ...]


def plain(name: str) -> str:
    """The one way to write the name of a package (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: Path = RUN) -> tuple[Locked, ...]:
    """What a lock names, in its order."""
    return tuple(_locked(lock.read_text("utf-8")))


def _locked(text: str) -> Iterator[Locked]:
    lines = "".join(line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("#"))
    for entry in lines.replace("\\\n", " ").splitlines():
        if found := _PIN.match(entry):
            where = (found["where"] or "").partition(" --hash")[0].strip()
            yield Locked(plain(found["name"]), found["version"], where, tuple(sorted(_HASH.findall(entry))))
