"""Who takes our checkpoints, out of the reach of those who look after the stores: a file elsewhere, or a server.

A file is only ever appended to: it may lie on another machine's disk, or be made so that nobody can shorten it. A
server is asked as C2SP `tlog-witness` says, with a proof that our tree only grew.
"""

import asyncio
import base64
import fcntl
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shared.audit.notes import Checkpoint, read, several
from shared.outgoing import AWAY, Outgoing


class NotTaken(Exception):
    """A checkpoint was not taken; the text says why."""


@dataclass(frozen=True)
class Sent:
    """A checkpoint on its way: the note, the size that the one before it had, and the proof between the two."""

    tree: int
    serial: int
    note: str
    old_size: int
    proof: Sequence[bytes]


class Witness(Protocol):
    """Takes checkpoints, and remembers them."""

    async def take(self, sent: Sent) -> None:
        """Take one; it is on its disk afterwards. Raises NotTaken."""
        ...

    async def last(self, of: str) -> Checkpoint | None:
        """The last one whose origin begins so; None where it has none, or cannot tell."""
        ...


def witness_of(place: str, ca_file: Path | None = None) -> Witness | None:
    """The witness that settings name: a file, the address of a server, or nobody."""
    if not place:
        return None
    return ServerWitness(place, ca_file) if "://" in place else FileWitness(Path(place))


@dataclass(frozen=True)
class FileWitness:
    """A file with one note after the other."""

    path: Path

    async def take(self, sent: Sent) -> None:
        """Append it, and wait until it is on the disk."""
        try:
            await asyncio.to_thread(self._append, sent.note.encode())
        except OSError as error:
            raise NotTaken(f"the file cannot be written ({type(error).__name__})") from None

    async def last(self, of: str) -> Checkpoint | None:
        """Read from the file. Raises NotTaken where it is there and cannot be read."""
        try:
            return await asyncio.to_thread(self._last, of)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise NotTaken(f"the file cannot be read ({type(error).__name__})") from None

    def _append(self, note: bytes) -> None:
        opened = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX)
            end = os.fstat(opened).st_size
            # What was cut short by a full disk ends here: the next note begins on a line of its own.
            torn = end > 0 and os.pread(opened, 1, end - 1) != b"\n"
            whole = b"\n" * torn + note
            if os.write(opened, whole) != len(whole):
                raise OSError("cut short")
            os.fsync(opened)
        finally:
            os.close(opened)

    def _last(self, of: str) -> Checkpoint | None:
        found = None
        with self.path.open(encoding="utf-8", errors="replace") as lines:
            for _, note in several(lines):
                if note.startswith(of):
                    found = read(note) or found
        return found


class ServerWitness:
    """A server that keeps what it is sent. What it says of its own is not needed here."""

    def __init__(self, address: str, ca_file: Path | None = None) -> None:
        self._address = f"{address.rstrip('/')}/add-checkpoint"
        self._out = Outgoing(address, ca_file)

    async def take(self, sent: Sent) -> None:
        """Send it with the proof that the tree only grew."""
        proof = "".join(f"{base64.b64encode(one).decode()}\n" for one in sent.proof)
        body = f"old {sent.old_size}\n{proof}\n{sent.note}".encode()
        try:
            status = await self._out.post(self._address, body)
        except AWAY as error:
            raise NotTaken(f"the server does not answer ({type(error).__name__})") from None
        if status != 200:
            raise NotTaken(f"the server answered {status}")

    async def last(self, of: str) -> Checkpoint | None:
        """It cannot be asked."""
        return None
