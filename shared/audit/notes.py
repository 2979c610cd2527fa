"""Checkpoints as signed notes, in the form of C2SP `signed-note` and `tlog-checkpoint`: other people's tools read them.

A checkpoint says how large a tree is and what its root is. Ours says in further lines which one of its tree it is, when
it was made, and what the one before it was, so that none can be left out unseen.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.clock import wire

ED25519 = b"\x01"
DASH = "\u2014 "
PREFIX = "homeward.audit/"
"""How every origin begins."""
SERIAL, AT, BEFORE = "serial", "at", "before"
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Checkpoint:
    """What a note says. `before` is the digest of the note before it in the same tree, or empty for the first."""

    origin: str
    size: int
    root: bytes
    serial: int
    at: str
    before: str = ""

    @property
    def text(self) -> str:
        """The signed part."""
        more = [f"{SERIAL} {self.serial}", f"{AT} {self.at}", *([f"{BEFORE} {self.before}"] if self.before else [])]
        return "\n".join([self.origin, str(self.size), base64.b64encode(self.root).decode(), *more, ""])


def made(origin: str, size: int, root: bytes, serial: int, at: datetime, before: str = "") -> Checkpoint:
    """A checkpoint of this moment, after the note whose text had the digest `before`."""
    return Checkpoint(origin, size, root, serial, wire(at), before)


def digest(text: str) -> str:
    """What the next note says of this one."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The public half of a key."""
    return key.public_key().public_bytes_raw()


def key_hash(name: str, public: bytes) -> bytes:
    """The id of a key: four bytes that bind it to its name."""
    return hashlib.sha256(f"{name}\n".encode() + ED25519 + public).digest()[:4]


def verifier(name: str, public: bytes) -> str:
    """A public key as it is given to a witness or an auditor: `name+id+key`."""
    return f"{name}+{key_hash(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def signed(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The whole note: text, an empty line, our signature."""
    text, name = checkpoint.text, checkpoint.origin
    signature = key_hash(name, public_bytes(key)) + key.sign(text.encode())
    return f"{text}\n{DASH}{name} {base64.b64encode(signature).decode()}\n"


def signed_by(note: str, name: str, public: bytes) -> bool:
    """Whether the note bears a signature of this key over exactly its text."""
    text, _, signatures = note.partition("\n\n")
    wanted = key_hash(name, public)
    for line in signatures.splitlines():
        who, _, value = line.removeprefix(DASH).rpartition(" ")
        raw = _decoded(value)
        if line.startswith(DASH) and who == name and raw is not None and raw[:4] == wanted:
            return _verified(public, raw[4:], f"{text}\n".encode())
    return False


def _verified(public: bytes, signature: bytes, text: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def read(note: str) -> Checkpoint | None:
    """What a note says; None where it is no checkpoint of ours. Nothing is known of its signature then."""
    lines = note.partition("\n\n")[0].split("\n")
    more = dict(line.partition(" ")[::2] for line in lines[3:])
    root = _decoded(lines[2]) if len(lines) > 2 else None
    numbers = [*lines[1:2], more.get(SERIAL, "")]
    if root is None or len(root) != hashlib.sha256().digest_size or not all(map(NUMBER.fullmatch, numbers)):
        return None
    found = Checkpoint(lines[0], int(lines[1]), root, int(more[SERIAL]), more.get(AT, ""), more.get(BEFORE, ""))
    return found if found.text == "\n".join([*lines, ""]) else None


def _decoded(value: str) -> bytes | None:
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        return None


def several(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The notes in a file that holds one after the other: the number of each one's first line, and the note.

    Lines that belong to no whole note are told as one of their own: a write that was cut short, or a deed.
    """
    block: list[str] = []
    begun, signing = 1, False
    for number, line in enumerate(lines, 1):
        if block and (signing or line.startswith(PREFIX)) and not line.startswith(DASH):
            yield begun, "".join(block)
            begun, block, signing = number, [], False
        block.append(line)
        signing = line.startswith(DASH)
    if block:
        yield begun, "".join(block)
