"""Machines of partner agencies that the development issuer knows: each by a name, and by the public keys it gave us."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from services.issuing.people import Person
from shared.auth import Role
from shared.auth.dpop import fits
from shared.auth.identity import SIGNATURES
from shared.auth.tokens import usable
from shared.ids import pseudonym

AUTHORITIES = frozenset({Role.SENDING_AUTHORITY, Role.RECEIVING_AUTHORITY, Role.CONSULAR_OFFICER, Role.SOCIAL_AFFAIRS})
"""Whose machines have tokens only that are bound to a key."""


class Unusable(ValueError):
    """This cannot be a client: it would be the system, or has no keys, or one that is private, weak or not taken."""


@dataclass(frozen=True)
class Client:
    """One machine: whom it acts for, in which role and for which purpose, and its public JWK set."""

    who: Person
    keys: Mapping[str, Any]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """From what was kept or is to be. Raises Unusable, or ValueError or KeyError for what is no client."""
        found = cls(Person.of(row), row["keys"])
        if found.who.role is Role.SYSTEM:
            raise Unusable("nobody is the system")
        if not all(_public(key) for key in found.key_set()):
            raise Unusable("a key is private, weak or of no form that is taken")
        return found

    @property
    def row(self) -> dict[str, Any]:
        """As it is kept."""
        return {**vars(self.who), "keys": self.keys}

    @property
    def bound(self) -> bool:
        """Whether its tokens must be bound to a key."""
        return self.who.role in AUTHORITIES

    @property
    def claims(self) -> dict[str, Any]:
        """What a token says of it. No person has its ref, whatever they are called."""
        return {**self.who.claims, "sub": pseudonym("client", self.who.key)}

    def key_set(self) -> list[Key]:
        """Its keys. Raises Unusable where they are none."""
        try:
            return [*KeySet.import_key_set({"keys": [*self.keys["keys"]]})]
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            raise Unusable("not a set of keys") from None


def _public(key: Key) -> bool:
    return usable(key) and not key.is_private and any(fits(key.as_dict(), name) for name in SIGNATURES)
