"""Signs access tokens as RFC 9068 has them, for the people that the development issuer knows."""

import secrets
import time
from collections.abc import Callable
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

from services.issuing.kept import FILE, kept_issuer
from services.issuing.people import Person
from shared.settings import Settings

LIVES = 300
"""Seconds that a token lives."""
PREFIX = "/issuer"
CLIENT = "homeward"
"""The one public client: whatever runs on this machine."""


class Unknown(Exception):
    """The development issuer knows nobody of that name."""


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


def address_of(settings: Settings) -> str:
    """Where the development issuer of a product with these settings is."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}{PREFIX}"


def signed_for(settings: Settings, name: str) -> str:
    """A token of whoever has that name, signed with what is kept in the data folder. Raises Unknown."""
    folder = Path(settings.data_dir)
    kept = kept_issuer(folder, {}) if (folder / FILE).exists() else None
    if kept is None or name not in kept.people:
        raise Unknown(name)
    return signed(kept.key, kept.address or address_of(settings), settings.audience, kept.people[name])
