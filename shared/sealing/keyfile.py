"""The file of the master key, which wraps all others: made once, and refused where others than its owner may read it.

Every refusal is one sentence that names the file, so that whoever runs the product knows what to look for.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

KEY_BYTES = 32
PAGE = "docs/runbooks/keys.md"
"""Where an operator reads what to do."""


class NoKeys(Exception):
    """The keys are missing, unreadable or not those of the stores, so nothing may start. The text says which file."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} (see {PAGE})")


class UnsafeKeyFile(NoKeys):
    """The key file is missing, can be read by others, or is not a key."""


class WrongKeys(NoKeys):
    """The keys at hand are not those with which the stores were sealed."""


def make_master_key(path: Path) -> None:
    """Draw the key that wraps all others, readable by its owner only, unless there is one."""
    if not path.exists():
        with contextlib.suppress(FileExistsError):
            write_key(path, secrets.token_bytes(KEY_BYTES))


def write_key(path: Path, key: bytes) -> None:
    """Store a key under its name when all of it is on the disk. Raises FileExistsError: none is ever written over."""
    begun = path.with_name(f"{path.name}.{os.getpid()}")
    begun.unlink(missing_ok=True)
    with os.fdopen(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(begun)
    finally:
        begun.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until a name that was just given in this folder is on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def master_key(path: Path) -> bytes:
    """The key that wraps all others. A service never makes one: two replicas would make two."""
    if not path.exists():
        raise UnsafeKeyFile(f"there is no key file {path}; put it back, or `homeward migrate` makes a first one")
    refuse_open_file(path)
    try:
        key = path.read_bytes()
    except OSError as error:
        raise UnsafeKeyFile(f"the key file {path} cannot be read ({type(error).__name__})") from None
    if len(key) != KEY_BYTES:
        raise UnsafeKeyFile(f"the key file {path} does not hold a key of {KEY_BYTES} bytes")
    return key


def refuse_open_file(path: Path) -> None:
    """Raise UnsafeKeyFile for a file that others than its owner may read."""
    if path.stat().st_mode & 0o077:
        raise UnsafeKeyFile(f"the key file {path} may be read by others; run chmod 600 on it")


def key_id(key: bytes) -> str:
    """By what a master key is told from another; it says nothing of the key itself."""
    return hmac.new(key, b"homeward:master-key", hashlib.sha256).hexdigest()[:16]
