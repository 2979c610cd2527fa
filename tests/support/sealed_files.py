"""Identities for backups, and the files that an operator has of them."""

from pathlib import Path

from pyrage import x25519

OURS, THEIRS, STRANGER = (x25519.Identity.generate() for _ in range(3))


def secret(folder: Path, name: str, content: bytes) -> Path:
    """A file that only its owner may read."""
    path = folder / name
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path


def identity(folder: Path, of: x25519.Identity) -> Path:
    """An identity as `age-keygen` writes it."""
    return secret(folder, f"{str(of.to_public())[:12]}.txt", f"# public key: {of.to_public()}\n{of}\n".encode())
