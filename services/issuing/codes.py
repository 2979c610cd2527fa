"""Authorization codes with PKCE (RFC 7636): each is for one person, one client and one address, once, for a minute."""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from services.issuing.people import Person

LIVES = 60
MOST = 1000
CHALLENGE = 43
"""Symbols of a challenge: a SHA-256 in base64."""


@dataclass(frozen=True)
class Asked:
    """What a code was asked for with."""

    person: Person
    client: str
    redirect: str
    challenge: str
    until: float


class Codes:
    """The codes that were given out and not yet taken. A restart forgets them: whoever signs in begins anew."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._given: dict[str, Asked] = {}

    def give(self, person: Person, client: str, redirect: str, challenge: str) -> str:
        """A new code."""
        code = secrets.token_urlsafe(32)
        self._given[code] = Asked(person, client, redirect, challenge, self._clock() + LIVES)
        while len(self._given) > MOST:
            del self._given[next(iter(self._given))]
        return code

    def take(self, code: str, client: str, redirect: str, verifier: str) -> Person | None:
        """Whom the code is for, and never again; None where it fits not in every part."""
        asked = self._given.pop(code, None)
        if asked is None or asked.until < self._clock():
            return None
        proves = hmac.compare_digest(_challenge(verifier).encode(), asked.challenge.encode())
        return asked.person if proves and (client, redirect) == (asked.client, asked.redirect) else None


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
