"""`make holes`: asks a feed of known vulnerabilities, by pip-audit, about every package of every lock.

Ends with 0 only where each package was looked up and nothing is known against it; with 1 where something is; and with
3, in capitals, where not all could be asked: no network, no feed, a package that the feed does not know. Nobody takes
that for a clean bill.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.markers import Marker

from deploy.locked import ROOT, Locked, locked, plain

LOCKS = [ROOT / "requirements" / f"{name}.txt" for name in ("run", "build", "dev")]
CLEAN, HOLES, UNASKED = 0, 1, 3
PATIENCE = 600

Ask = Callable[[Path], str]


@dataclass(frozen=True)
class Found:
    """What the feed said of one lock: which packages were looked up, and what is known against which."""

    asked: frozenset[tuple[str, str]]
    holes: tuple[str, ...]


def ask(lock: Path) -> str:
    """What pip-audit says of a lock, as JSON; empty where it could not ask."""
    words = ("--strict", "--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json")
    command = [sys.executable, "-m", "pip_audit", *words, "--requirement", str(lock)]
    done = subprocess.run(  # noqa: S603 -- our own words
        command, capture_output=True, text=True, check=False, timeout=PATIENCE, cwd=ROOT
    )
    return done.stdout


def found(said: str) -> Found:
    """What was said, read with care: what cannot be read was not asked."""
    try:
        answers: list[dict[str, Any]] = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Found(frozenset(), ())
    looked_up = [each for each in answers if "skip_reason" not in each]
    holes = tuple(
        f"{each['name']} {each['version']}: {hole['id']}" for each in looked_up for hole in each.get("vulns", ())
    )
    return Found(frozenset((plain(each["name"]), each["version"]) for each in looked_up), holes)


def here(part: Locked) -> bool:
    """Whether the package is for machines like this one: about others the feed is not asked."""
    return not part.where or Marker(part.where).evaluate()


def verdict(lock: Path, ask: Ask = ask) -> tuple[int, str]:
    """How one lock stands, and the line that says so."""
    wanted = {(part.name, part.version) for part in locked(lock) if here(part)}
    answer = found(ask(lock))
    if answer.holes:
        return HOLES, f"{lock.name}: KNOWN HOLES: {'; '.join(answer.holes)}"
    if missing := wanted - answer.asked:
        what = "NOTHING WAS CHECKED" if missing == wanted else f"{len(missing)} PACKAGES WERE NOT CHECKED"
        return UNASKED, f"{lock.name}: {what}: the feed of known vulnerabilities did not answer for them"
    return CLEAN, f"{lock.name}: nothing is known against {len(answer.asked)} packages"


def main(locks: Sequence[Path] = LOCKS, ask: Ask = ask) -> int:
    """Ask about every lock; the worst that was found."""
    verdicts = [verdict(lock, ask) for lock in locks]
    for status, said in verdicts:
        print(said, file=sys.stdout if status == CLEAN else sys.stderr)
    statuses = {status for status, _ in verdicts}
    return HOLES if HOLES in statuses else max(statuses)


if __name__ == "__main__":
    sys.exit(main())
