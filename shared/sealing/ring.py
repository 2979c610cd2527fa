"""The master keys in a file: the one in use, and during a rotation the next one as well.

The next one lies beside the first, as `master.key.next`. A running process looks into both files again when it meets
something that it cannot open or is to wrap under a key it does not have: no restart is needed.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import Unavailable
from shared.failpoints import failpoint
from shared.sealing import NONCE
from shared.sealing.keyfile import NoKeys, WrongKeys, key_id, make_master_key, master_key, sync_folder, write_key
from shared.sealing.wrapping import Bound, Opened


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


def lay_own(path: Path, before: Path) -> None:
    """Prepare a service's own place: the key before it, which still opens everything, and a next one of its own."""
    key = master_key(before)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_key(path, key)
    elif master_key(path) != key:
        raise WrongKeys(f"{path} is there already and is another key than {before}")
    lay_beside(path, None)


class Ring:
    """The master keys in a key file and the one beside it, by their id. Raises UnsafeKeyFile without the first."""

    adapter = "file"
    local = True

    def __init__(self, path: Path) -> None:
        self.path, self.where = path, str(path)
        self._first = master_key(path)
        self._ciphers: dict[str, AESGCM] = {}
        self.look()

    @property
    def in_use(self) -> str:
        """The id of the key that the file held at first."""
        return key_id(self._first)

    def coming(self) -> str:
        """The id of the key that lies beside. Raises NoKeys where none does."""
        beside = next_to(self.path)
        if not beside.exists():
            raise NoKeys(f"there is no next master key {beside}; name one with --new-master-key")
        return key_id(master_key(beside))

    def look(self) -> None:
        """Take up what the files hold now, beside what was held before."""
        beside = next_to(self.path)
        keys = (self._first, master_key(self.path), *([master_key(beside)] if beside.exists() else []))
        # Another thread may be going through those that are held.
        self._ciphers = {key_id(key): AESGCM(key) for key in keys} | self._ciphers

    def holds(self, master: str) -> bool:
        """Whether the master key of this id is here, also after another look."""
        return master in self._ciphers or (self._looked() and master in self._ciphers)

    def wrap(self, master: str, keys: Sequence[Bound]) -> list[bytes]:
        """Wrap keys, each bound to what it is for. Raises Unavailable without the master key of this id."""
        if not self.holds(master):
            raise Unavailable("store_unavailable")
        cipher = self._ciphers[master]
        return [_wrapped(cipher, key, bound) for key, bound in keys]

    def opened(self, wrapped: Sequence[Bound]) -> list[Opened | None]:
        """What each of these holds; None where none of ours wrapped it."""
        return [self._opened(*one) for one in wrapped]

    def rewrap(self, master: str, wrapped: Sequence[Bound]) -> list[bytes | None]:
        """Each of these under that key: the same bytes where it is already, None where it does not open."""
        return [self._rewrapped(master, *one) for one in wrapped]

    def finish(self, master: str) -> None:
        """Let the next key's file take the place of the one in use, which stays under its id until somebody ends it."""
        beside = next_to(self.path)
        if not beside.exists() or key_id(master_key(beside)) != master:
            return
        old = self.path.with_name(f"{self.path.name}.{key_id(master_key(self.path))}")
        if not old.exists():
            old.hardlink_to(self.path)
        failpoint("keys.old_kept")
        beside.replace(self.path)
        sync_folder(self.path.parent)

    def derived(self, name: str) -> bytes:
        """What a service derived from its key before its secret was kept."""
        return hmac.new(self._first, f"service-secret:{name}".encode(), hashlib.sha256).digest()

    def _opened(self, wrapped: bytes, bound: str) -> Opened | None:
        for name, cipher in self._ciphers.items():
            try:
                return name, cipher.decrypt(wrapped[:NONCE], wrapped[NONCE:], bound.encode())
            except (InvalidTag, ValueError):
                continue
        return None

    def _rewrapped(self, master: str, wrapped: bytes, bound: str) -> bytes | None:
        found = self._opened(wrapped, bound)
        if found is None or found[0] == master:
            return None if found is None else wrapped
        return self.wrap(master, [(found[1], bound)])[0]

    def _looked(self) -> bool:
        try:
            self.look()
        except NoKeys:
            # Somebody is moving the files about: what was held before is still here.
            return False
        return True


def _wrapped(cipher: AESGCM, key: bytes, bound: str) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + cipher.encrypt(nonce, key, bound.encode())
