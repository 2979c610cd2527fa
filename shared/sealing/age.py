"""Files for people far away: encrypted to recipients in the age format, opened with an identity.

A recipient (`age1...`) is public and stands in settings and commands; whoever has its identity (`AGE-SECRET-KEY-1...`,
in a file as `age-keygen` writes it) opens the file, with Homeward or with any age tool. A file that was cut short or
changed does not open: what was written before that was found must be thrown away by the caller.
"""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, cast

import pyrage
from pyrage import x25519

from shared.sealing.keyfile import UnsafeKeyFile, refuse_open_file

_SECRET = "AGE-SECRET-KEY-"  # noqa: S105 -- how such a line begins


class NotForUs(Exception):
    """The file is for other recipients, is no age file, or was damaged."""


class NoRecipient(Exception):
    """A text that is to name a recipient does not."""


class _Writer(io.RawIOBase):
    """Remembers why it could not write: the library forgets it where the last bytes fail."""

    def __init__(self, below: BinaryIO) -> None:
        self._below = below
        self.failed: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        try:
            return self._below.write(data)
        except OSError as error:
            self.failed = error
            raise


def recipients(texts: Iterable[str]) -> list[x25519.Recipient]:
    """The recipients of these texts. Raises NoRecipient where one is none, or where there are none."""
    try:
        found = [x25519.Recipient.from_str(text.strip()) for text in texts]
    except pyrage.RecipientError:
        raise NoRecipient("a recipient begins with age1 and comes from age-keygen") from None
    if not found:
        raise NoRecipient("at least one recipient is needed")
    return found


def identities(path: Path) -> list[x25519.Identity]:
    """The identities in a file. Raises UnsafeKeyFile where it is missing, others may read it, or there are none."""
    if not path.exists():
        raise UnsafeKeyFile(f"there is no file {path}")
    refuse_open_file(path)
    lines = path.read_text("utf-8", errors="replace").splitlines()
    try:
        found = [x25519.Identity.from_str(line.strip()) for line in lines if line.startswith(_SECRET)]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise UnsafeKeyFile(f"{path} holds no age identity; age-keygen makes one")
    return found


def encrypt(reader: BinaryIO, writer: BinaryIO, to: Sequence[x25519.Recipient]) -> None:
    """Encrypt what `reader` gives into `writer`, in portions. Errors of either come through as they were."""
    noted = _Writer(writer)
    try:
        pyrage.encrypt_io(cast(io.BufferedIOBase, reader), cast(io.BufferedIOBase, noted), to)
    finally:
        if noted.failed:
            raise noted.failed


def decrypt(reader: BinaryIO, writer: BinaryIO, who: Sequence[x25519.Identity]) -> None:
    """Open into `writer`, in portions. After NotForUs what was written is not to be trusted."""
    noted = _Writer(writer)
    try:
        pyrage.decrypt_io(cast(io.BufferedIOBase, reader), cast(io.BufferedIOBase, noted), who)
    except (pyrage.DecryptError, OSError) as error:
        raise noted.failed or NotForUs("the file is for other recipients, or was damaged") from error
    if noted.failed:
        raise noted.failed
