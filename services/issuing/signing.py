"""Signs access tokens as RFC 9068 has them, for the people that the development issuer knows."""

import secrets
import time
from collections.abc import Callable

from joserfc import jwt
from joserfc.jwk import ECKey

from services.issuing.people import Person

LIVES = 300
"""Seconds that a token lives."""
CLIENT = "homeward"
"""The one public client: whatever runs on this machine."""


def signed(
    key: ECKey, issuer: str, audience: str, person: Person, client: str = CLIENT, now: Callable[[], float] = time.time
) -> str:
    """A token with which its bearer is this person for five minutes."""
    begins = int(now())
    claims = {
        "iss": issuer,
        "aud": audience,
        "client_id": client,
        "iat": begins,
        "exp": begins + LIVES,
        "jti": secrets.token_hex(16),
        **person.claims,
    }
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": key.kid}, claims, key, default_type=None)
