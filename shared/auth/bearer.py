"""Callers who show an access token: `Authorization: Bearer …`. An adapter of `shared.auth.identity.Identify`."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from joserfc.jwk import Key

from shared.auth.caller import Caller
from shared.auth.holder import Holder
from shared.auth.identity import CallerUnknown, TokenRefused
from shared.auth.issuer import Issuer
from shared.auth.tokens import Trust, claims_of, key_id

REMEMBERED = 60
"""Seconds for which a token that was checked is not checked again; never longer than it lives."""
MOST = 4096
"""Tokens remembered."""


def of(issuer: str, audience: str, ca_file: Path | None = None) -> "Bearer":
    """For tokens of this issuer, made out for this audience."""
    return Bearer(Issuer(issuer, ca_file), Trust(issuer, audience))


class Keys(Protocol):
    """Answers which key of an issuer has an id. Raises TokenRefused where it has none."""

    async def key(self, name: str) -> Key: ...


class Bearer:
    """Says who holds a token. A token is remembered by its digest alone."""

    def __init__(self, issuer: Keys, trust: Trust, clock: Callable[[], float] = time.time) -> None:
        self._issuer, self._trust, self._clock = issuer, trust, clock
        self._known: OrderedDict[bytes, tuple[float, Holder]] = OrderedDict()

    async def __call__(self, headers: Mapping[str, str]) -> Caller:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise CallerUnknown()
        return (await self._holder(token)).caller(headers)

    async def _holder(self, token: str) -> Holder:
        digest, now = hashlib.sha256(token.encode("utf-8", "replace")).digest(), self._clock()
        until, holder = self._known.get(digest, (now, None))
        # A clock that was set back makes nothing live longer.
        if holder is not None and now < until <= now + REMEMBERED:
            return holder
        key = await self._issuer.key(key_id(token))
        claims = claims_of(token, key, self._trust, now)
        if "cnf" in claims:
            # Bound to a key (RFC 9449), which a plain bearer does not prove to have.
            raise TokenRefused("token_bound")
        holder = Holder.of(claims)
        self._remember(digest, min(now + REMEMBERED, claims["exp"]), holder)
        return holder

    def _remember(self, digest: bytes, until: float, holder: Holder) -> None:
        self._known[digest] = until, holder
        while len(self._known) > MOST:
            self._known.popitem(last=False)
