"""Files for people far away open for each recipient, whole, and for nobody else."""

import io
import secrets
from pathlib import Path

import pytest
from pyrage import x25519

from shared.sealing.age import NoRecipient, NotForUs, decrypt, encrypt, identities, recipients
from shared.sealing.keyfile import UnsafeKeyFile

SECRET = secrets.token_bytes(200_000)
ANNA, BORA, EVE = (x25519.Identity.generate() for _ in range(3))


class Full(io.BytesIO):
    """A disk that takes so many bytes and no more."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if self.tell() + len(data) > self.room:
            raise OSError(28, "No space left on device")
        return super().write(data)


def sealed(clear: bytes = SECRET) -> bytes:
    out = io.BytesIO()
    encrypt(io.BytesIO(clear), out, recipients(str(one.to_public()) for one in (ANNA, BORA)))
    return out.getvalue()


def opened(content: bytes, who: x25519.Identity) -> bytes:
    out = io.BytesIO()
    decrypt(io.BytesIO(content), out, [who])
    return out.getvalue()


def test_a_file_opens_for_each_of_its_recipients() -> None:
    content = sealed()
    assert SECRET[:40] not in content
    assert opened(content, ANNA) == opened(content, BORA) == SECRET


def test_a_file_opens_for_nobody_else() -> None:
    with pytest.raises(NotForUs):
        opened(sealed(), EVE)


def test_a_damaged_file_does_not_open() -> None:
    content = sealed()
    changed = bytearray(content)
    changed[-20_000] ^= 1
    for bad in (bytes(changed), content[:-1], content[:-10_000], content[:50], b"", b"no age file at all"):
        with pytest.raises(NotForUs):
            opened(bad, ANNA)


@pytest.mark.parametrize("room", [0, 100, 70_000, len(SECRET)])
def test_a_disk_that_is_full_is_told_wherever_it_fills(room: int) -> None:
    with pytest.raises(OSError, match="No space left"):
        encrypt(io.BytesIO(SECRET), Full(room), [ANNA.to_public()])
    with pytest.raises(OSError, match="No space left"):
        decrypt(io.BytesIO(sealed()), Full(min(room, len(SECRET) - 1)), [ANNA])


def test_an_identity_is_read_as_age_keygen_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "anna.key"
    path.touch(mode=0o600)
    path.write_text(f"# created: 2026-11-04T00:00:00Z\n# public key: {ANNA.to_public()}\n{ANNA}\n")
    out = io.BytesIO()
    decrypt(io.BytesIO(sealed()), out, identities(path))
    assert out.getvalue() == SECRET
    path.chmod(0o640)
    with pytest.raises(UnsafeKeyFile):
        identities(path)


@pytest.mark.parametrize("text", ["", "# a comment\n", "AGE-SECRET-KEY-1NONSENSE\n"])
def test_a_file_without_an_identity_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "none.key"
    path.touch(mode=0o600)
    path.write_text(text)
    for file in (path, tmp_path / "missing.key"):
        with pytest.raises(UnsafeKeyFile):
            identities(file)


def test_what_is_no_recipient_is_refused() -> None:
    for texts in ([], ["anna"], [str(ANNA)], [str(ANNA.to_public()), ""]):
        with pytest.raises(NoRecipient):
            recipients(texts)
