"""The master keys that a process holds: the one in use, and during a rotation the next one as well.

The next one lies beside the first, as `master.key.next`. A running process looks into both files again when it meets
something that it cannot open or is to wrap under a key it does not have: no restart is needed.
"""

import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import Unavailable
from shared.sealing import NONCE, DoesNotOpen
from shared.sealing.keyfile import NoKeys, WrongKeys, key_id, make_master_key, master_key, write_key


def next_to(path: Path) -> Path:
    """Where the next master key lies during a rotation."""
    return path.with_name(f"{path.name}.next")


def lay_beside(path: Path, given: Path | None) -> None:
    """Lay the next master key beside the one in use: the one given, or a new one unless one lies there already.

    Raises NoKeys where another one lies there, or where the one given is in use.
    """
    beside = next_to(path)
    first = master_key(path)
    if given is None:
        make_master_key(beside)
        return
    key = master_key(given)
    if key == first:
        raise WrongKeys(f"{given} is the master key in use")
    if not beside.exists():
        write_key(beside, key)
    elif master_key(beside) != key:
        raise WrongKeys(f"another rotation is not finished: {beside} is another key than {given}")


class Ring:
    """The master keys in a key file and the one beside it, by their id. Raises UnsafeKeyFile without the first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.first = master_key(path)
        self._ciphers: dict[str, AESGCM] = {}
        self.look()

    def look(self) -> None:
        """Take up what the files hold now, beside what was held before."""
        beside = next_to(self.path)
        keys = (self.first, master_key(self.path), *([master_key(beside)] if beside.exists() else []))
        # Another thread may be going through those that are held.
        self._ciphers = {key_id(key): AESGCM(key) for key in keys} | self._ciphers

    def holds(self, name: str) -> bool:
        """Whether the master key of this id is here, also after another look."""
        return name in self._ciphers or (self._looked() and name in self._ciphers)

    def wrap(self, name: str, key: bytes, bound: str) -> bytes:
        """Wrap a key under the master key of this id, bound to what it is for. Raises Unavailable without that one."""
        if not self.holds(name):
            raise Unavailable("store_unavailable")
        nonce = secrets.token_bytes(NONCE)
        return nonce + self._ciphers[name].encrypt(nonce, key, bound.encode())

    def unwrap(self, wrapped: bytes, bound: str) -> bytes:
        """Unwrap a key under whichever master key did wrap it. Raises DoesNotOpen where none of ours did."""
        found = self.opened(wrapped, bound)
        if found is None and self._looked():
            found = self.opened(wrapped, bound)
        if found is None:
            raise DoesNotOpen
        return found[1]

    def opened(self, wrapped: bytes, bound: str) -> tuple[str, bytes] | None:
        """The id of the master key that wrapped it, and what it wraps; None where none of ours did."""
        for name, cipher in self._ciphers.items():
            try:
                return name, cipher.decrypt(wrapped[:NONCE], wrapped[NONCE:], bound.encode())
            except (InvalidTag, ValueError):
                continue
        return None

    def _looked(self) -> bool:
        try:
            self.look()
        except NoKeys:
            # Somebody is moving the files about: what was held before is still here.
            return False
        return True
