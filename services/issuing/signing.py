"""Signs access tokens as RFC 9068 has them, for the people and machines that the development issuer knows."""

import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from services.issuing.kept import FILE, kept_issuer
from shared.settings import Settings

LIVES = 300
"""Seconds that a token lives."""
PREFIX = "/issuer"
CLIENT = "homeward"
"""The one public client: whatever runs on this machine."""


class Unknown(Exception):
    """The development issuer knows nobody of that name."""


def signed(
    key: ECKey, issuer: str, audience: str, who: Mapping[str, Any], client: str = CLIENT, bound: str | None = None
) -> str:
    """A token with which its bearer is `who` these claims say, for five minutes.

    `bound` is the thumbprint of a key (RFC 7638): then whoever bears it must prove to have that (RFC 9449).
    """
    begins = int(time.time())
    claims = {
        "iss": issuer,
        "aud": audience,
        "client_id": client,
        "iat": begins,
        "exp": begins + LIVES,
        "jti": secrets.token_hex(16),
        **who,
        **({} if bound is None else {"cnf": {"jkt": bound}}),
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
    who = kept.people[name].signed_in(int(time.time()))
    return signed(kept.key, kept.address or address_of(settings), settings.audience, who)
