"""Callers who show an access token. An adapter of `shared.auth.identity.Identify`.

People show it as `Authorization: Bearer …`. A machine's token that is bound to a key comes as `Authorization: DPoP …`
with a proof (`shared.auth.dpop`), and neither is taken as the other.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from joserfc.jwk import Key

from shared.auth.caller import Caller
from shared.auth.dpop import prove
from shared.auth.holder import Holder
from shared.auth.identity import Asking, CallerUnknown, TokenRefused
from shared.auth.issuer import Issuer
from shared.auth.tokens import Trust, claims_of, key_id

REMEMBERED = 60
"""Seconds for which a token that was checked is not checked again; never longer than it lives."""
MOST = 4096
"""Tokens remembered."""


def of(issuer: str, audience: str, ca_file: Path | None = None, at: str = "") -> "Bearer":
    """For tokens of this issuer, made out for this audience; its keys are asked for `at` another address, if given."""
    return Bearer(Issuer(issuer, ca_file, at=at), Trust(issuer, audience))


class Keys(Protocol):
    """Answers which key of an issuer has an id. Raises TokenRefused where it has none."""

    async def key(self, name: str) -> Key: ...


@dataclass(frozen=True)
class Shown:
    """What a token that was checked says: who holds it, and the thumbprint of the key that it is bound to.

    None where it is bound to nothing; empty where it is bound to something else than a key.
    """

    holder: Holder
    bound: str | None


class Bearer:
    """Says who holds a token. A token is remembered by its digest alone."""

    def __init__(self, issuer: Keys, trust: Trust, clock: Callable[[], float] = time.time) -> None:
        self._issuer, self._trust, self._clock = issuer, trust, clock
        self._known: OrderedDict[bytes, tuple[float, Shown]] = OrderedDict()

    async def __call__(self, asking: Asking) -> Caller:
        scheme, _, token = asking.headers.get("authorization", "").partition(" ")
        proven = scheme.lower() == "dpop"
        if not token or not (proven or scheme.lower() == "bearer"):
            raise CallerUnknown()
        shown = await self._shown(token)
        if not proven and shown.bound is not None:
            # Bound to a key (RFC 9449), which a plain bearer does not prove to have.
            raise TokenRefused("token_bound")
        if proven:
            if not shown.bound:
                raise TokenRefused("token_claim", claim="cnf")
            await prove(asking, token, shown.bound, self._clock())
        return shown.holder.caller(asking.headers)

    async def _shown(self, token: str) -> Shown:
        digest, now = hashlib.sha256(token.encode("utf-8", "replace")).digest(), self._clock()
        until, shown = self._known.get(digest, (now, None))
        # A clock that was set back makes nothing live longer.
        if shown is not None and now < until <= now + REMEMBERED:
            return shown
        key = await self._issuer.key(key_id(token))
        claims = claims_of(token, key, self._trust, now)
        shown = Shown(Holder.of(claims), _bound(claims))
        self._remember(digest, min(now + REMEMBERED, claims["exp"]), shown)
        return shown

    def _remember(self, digest: bytes, until: float, shown: Shown) -> None:
        self._known[digest] = until, shown
        while len(self._known) > MOST:
            self._known.popitem(last=False)


def _bound(claims: Mapping[str, Any]) -> str | None:
    """The thumbprint of the key in `cnf`."""
    if "cnf" not in claims:
        return None
    named = claims["cnf"].get("jkt") if isinstance(claims["cnf"], dict) else None
    return named if isinstance(named, str) else ""
