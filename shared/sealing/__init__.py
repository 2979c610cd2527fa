"""Sealing of private values: one key per subject and service, values bound to their place.

Keys are obtained before a unit begins and held for its length; inside, sealing and opening are local arithmetic. A
value moved to another row, column or subject does not open. A subject that the handler did not declare raises
`Undeclared`.
"""

import json
import math
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import Refused, Unavailable
from shared.model import Model
from shared.sealing.keyfile import KEY_BYTES

FORMAT = b"\x01"
NONCE = 12


FRESH = 20.0
"""Seconds after they were obtained in which keys may still be used to seal."""

Seals = Callable[[list[str]], Awaitable[tuple[frozenset[str], frozenset[str]]]]
"""Which of these subjects have a sealed row, and which surely have none."""

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Goes on while the machine sleeps, where there is such a clock."""


def ticked() -> float:
    """Seconds, to say how long ago something was."""
    return time.clock_gettime(_CLOCK)


class Reached(NamedTuple):
    """How far a service's keys have come: how many were ever proven, and `least`, what a store must have noted of it.

    Values of a store that noted less are sealed with keys that were replaced since, and are gone.
    """

    made: int = 0
    least: int = 0
    at: int = 0


class KeyStore(Protocol):
    """Holds every subject's data key, wrapped. Destroying one makes its subject unreadable for ever."""

    async def obtain(
        self, service: str, subjects: Iterable[str], *, create: bool, renew: bool = False
    ) -> Mapping[str, bytes]: ...

    async def settle(self, service: str, seals: Seals) -> int: ...

    async def lacking(self, service: str, subjects: Iterable[str]) -> frozenset[str]: ...

    async def destroy(self, service: str, subjects: Iterable[str]) -> int: ...

    async def reached(self, service: str) -> Reached: ...

    def secret(self, service: str) -> bytes: ...

    async def close(self) -> None: ...


class DoesNotOpen(Unavailable):
    """A value does not open with the keys at hand: it was damaged, or its key was replaced since they were obtained."""

    code = "sealed_value_damaged"


class Undeclared(Exception):
    """Code tried to open or seal for a subject that its handler did not declare: a bug in that handler."""


class Keys:
    """The keys a unit holds, and nothing beyond them. `since` is when it began to obtain them.

    While a subject's key is being replaced there are two of it, the new one first: it seals, and both open. Whose key
    was destroyed has an empty one: nothing opens, and what would be sealed is refused.
    """

    def __init__(self, service: str, keys: Mapping[str, bytes], since: float = math.inf) -> None:
        self._service = service
        self._keys = keys
        self._since = since

    @property
    def fresh(self) -> bool:
        """Whether what they seal may be stored. A key that sealed nothing yet may be taken away when it is not."""
        return not self._keys or ticked() - self._since < FRESH

    def seal(self, value: Model, *, subject: str, place: str) -> bytes:
        """Seal a model for `subject`, bound to `place` (table/column/ref)."""
        return self._sealed(value.model_dump_json().encode(), subject, place)

    def open(self, model: type[Model], sealed: bytes, *, subject: str, place: str) -> Model:
        """Open what was sealed for `subject` at `place`. Moved or changed bytes do not open."""
        return model.model_validate(json.loads(self._opened(sealed, subject, place)[1]))

    def renewed(self, sealed: bytes, *, subject: str, place: str) -> bytes | None:
        """The same value under the subject's new key; None where it is sealed with that one already."""
        turn, clear = self._opened(sealed, subject, place)
        return self._sealed(clear, subject, place) if turn else None

    def _sealed(self, clear: bytes, subject: str, place: str) -> bytes:
        nonce, key = secrets.token_bytes(NONCE), self._of(subject)
        if not key:
            raise Refused("erased")
        newest = AESGCM(key[:KEY_BYTES])
        return FORMAT + nonce + newest.encrypt(nonce, clear, self._bound(subject, place))

    def _opened(self, sealed: bytes, subject: str, place: str) -> tuple[int, bytes]:
        """Which of the subject's keys opened it, and what was in it."""
        nonce, cipher, keys = sealed[1 : 1 + NONCE], sealed[1 + NONCE :], self._of(subject)
        for turn in range(0, len(keys), KEY_BYTES):
            try:
                key = AESGCM(keys[turn : turn + KEY_BYTES])
                return turn, key.decrypt(nonce, cipher, self._bound(subject, place))
            except (InvalidTag, ValueError):
                continue
        raise DoesNotOpen

    def _of(self, subject: str) -> bytes:
        if subject not in self._keys:
            raise Undeclared(subject.partition("/")[0])
        return self._keys[subject]

    def _bound(self, subject: str, place: str) -> bytes:
        return f"{self._service}|{place}|{subject}".encode()
