"""Sealing of private values: one key per subject and service, values bound to their place.

A value moved to another row, column or subject does not open. Keys are obtained before a unit begins and held for its
length; inside, sealing and opening are local arithmetic.
"""

import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import Unavailable
from shared.model import Model

FORMAT = b"\x01"
NONCE = 12


class KeyStore(Protocol):
    """Holds every subject's data key, wrapped. Destroying one makes its subject unreadable for ever."""

    async def obtain(self, service: str, subjects: Iterable[str], *, create: bool) -> Mapping[str, bytes]: ...

    def secret(self, service: str) -> bytes: ...

    async def close(self) -> None: ...


class Undeclared(Exception):
    """Code tried to open or seal for a subject that its handler did not declare. Always a bug."""


class Keys:
    """The keys a unit holds, and nothing beyond them."""

    def __init__(self, service: str, keys: Mapping[str, bytes]) -> None:
        self._service = service
        self._keys = keys

    def seal(self, value: Model, *, subject: str, place: str) -> bytes:
        """Seal a model for `subject`, bound to `place` (table/column/ref)."""
        nonce = secrets.token_bytes(NONCE)
        clear = value.model_dump_json().encode()
        return FORMAT + nonce + self._cipher(subject).encrypt(nonce, clear, self._bound(subject, place))

    def open(self, model: type[Model], sealed: bytes, *, subject: str, place: str) -> Model:
        """Open what was sealed for `subject` at `place`. Moved or changed bytes do not open."""
        nonce, cipher = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
        try:
            clear = self._cipher(subject).decrypt(nonce, cipher, self._bound(subject, place))
        except InvalidTag:
            raise Unavailable("sealed_value_damaged") from None
        return model.model_validate(json.loads(clear))

    def _cipher(self, subject: str) -> AESGCM:
        if subject not in self._keys:
            raise Undeclared(subject.partition("/")[0])
        return AESGCM(self._keys[subject])

    def _bound(self, subject: str, place: str) -> bytes:
        return f"{self._service}|{place}|{subject}".encode()
