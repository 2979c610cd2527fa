"""The lock on a data folder: one process writes it, and stores in the lock's file how it can be reached.

The lock is the kernel's and ends with the process, however that ends; the file itself stays and means nothing. Only the
folder's owner can read it, so it may hold the key of the operators' door.
"""

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

NAME = "in-use.lock"


class Taken(Exception):
    """Another process is at work in this folder. `holder` is what it says of itself."""

    def __init__(self, folder: Path, holder: Mapping[str, object]) -> None:
        self.holder = holder
        super().__init__(f"Process {holder.get('pid', '?')} is at work in {folder}. One process writes a folder.")


class Hold:
    """The lock on a data folder, made open to its owner only. Raises Taken. Held until `release`."""

    def __init__(self, folder: Path, **says: object) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = _said(self._file)
            os.close(self._file)
            raise Taken(folder, holder) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, json.dumps({"pid": os.getpid(), **says}).encode(), 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Release the lock. Twice is a no-op."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def refuse_taken(folder: Path) -> None:
    """Raise Taken when another process is at work in the folder now."""
    if folder.exists():
        Hold(folder).release()


def _said(file: int) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads(os.pread(file, 4096, 0))
    except ValueError:
        return {}
    return found
