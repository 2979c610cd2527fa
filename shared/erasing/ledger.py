"""The ledger of orders: one line for each order and service, appended before anything is destroyed, never changed.

It lies outside all stores, so that a store that is put back can be told whom it has to forget again. It has refs alone.
Each line is chained to the one before by a digest; a line that a power cut left unfinished had destroyed nothing yet.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

BEGINNING = ""


class BrokenLedger(Exception):
    """The ledger of erasures was changed or damaged; the text says at which line."""


class Erased:
    """One line: by which order which service forgot whom, and when."""

    def __init__(self, order: str, service: str, subjects: Iterable[str], at: str) -> None:
        self.order, self.service, self.at = order, service, at
        self.subjects = tuple(sorted(subjects))

    def written(self, before: str) -> tuple[bytes, str]:
        """The line as it stands in the file, and the digest that the next one is chained to."""
        said: dict[str, Any] = {"order": self.order, "service": self.service, "subjects": self.subjects, "at": self.at}
        digest = hashlib.sha256(f"{before}\n{json.dumps(said, sort_keys=True)}".encode()).hexdigest()
        return (json.dumps({**said, "chain": digest}, sort_keys=True) + "\n").encode(), digest


class ErasureLedger:
    """The file at a path. It is made empty where it is missing; every replica that erases needs the same one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self) -> None:
        """Make it, empty, unless it is there."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600)
        os.close(descriptor)

    def lines(self) -> tuple[Erased, ...]:
        """All lines. Raises BrokenLedger, or OSError where there is no such file."""
        return tuple(line for line, _ in read(self.path.read_bytes()))

    def append(self, line: Erased) -> None:
        """Add a line and return once it is on the disk. What stands there already is not added again."""
        self.begin()
        with self.path.open("r+b") as file, _alone(file):
            held = file.read()
            found = list(read(held))
            own = [there for there, _ in found if (there.order, there.service) == (line.order, line.service)]
            if own and {*line.subjects} <= {one for there in own for one in there.subjects}:
                return
            file.truncate(held.rfind(b"\n") + 1)
            file.seek(0, os.SEEK_END)
            file.write(line.written(found[-1][1] if found else BEGINNING)[0])
            file.flush()
            os.fsync(file.fileno())


def read(held: bytes) -> Iterator[tuple[Erased, str]]:
    """The lines of a ledger, each with its digest. Raises BrokenLedger where one is not chained to the one before."""
    before = BEGINNING
    for number, text in enumerate(held.split(b"\n")[:-1], start=1):
        try:
            said = json.loads(text)
            line = Erased(said["order"], said["service"], said["subjects"], said["at"])
            whole, before = line.written(before)
        except (ValueError, KeyError, TypeError):
            whole = b""
        if whole != text + b"\n":
            raise BrokenLedger(f"line {number} of the ledger of erasures was changed, or one before it is missing")
        yield line, before


@contextmanager
def _alone(file: BinaryIO) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)
