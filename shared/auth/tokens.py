"""Access tokens of one issuer, as RFC 9068 has them: signature, type, issuer, audience and time.

Pure: keys are given, and so is the time. Nothing that a token says of its own key (`jwk`, `jku`, `x5c`) is ever used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from shared.auth.identity import TokenRefused

ALGORITHMS = ("ES256", "ES384", "PS256", "PS384", "PS512", "RS256", "Ed25519", "EdDSA")
"""Signatures with two keys alone: whoever can check one cannot make one. `none` and HMAC are not among them."""
TYPES = frozenset({"at+jwt", "application/at+jwt"})
HEADERS = frozenset({"alg", "typ", "kid", "x5t", "x5t#S256"})
LEEWAY = 10
"""Seconds by which the clocks of issuer and service may differ."""
LONGEST = 600
"""Seconds that a token may live. People's live for five minutes, so that a right ends soon after the issuer ends it."""
SMALLEST_RSA = 2048
LARGEST = 8192
"""Characters of a token."""


@dataclass(frozen=True)
class Trust:
    """Whose tokens are taken, and for whom they must be made out."""

    issuer: str
    audience: str

    def registry(self, now: int) -> JWTClaimsRegistry:
        """What every token must say."""
        there: ClaimsOption = {"essential": True}
        mine: dict[str, ClaimsOption] = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.audience},
        }
        return JWTClaimsRegistry(now, LEEWAY, exp=there, iat=there, sub=there, jti=there, client_id=there, **mine)


def key_id(token: str) -> str:
    """Which of the issuer's keys a token names. Raises TokenRefused for what cannot be a token of ours."""
    try:
        header = jws.extract_compact(token.encode("ascii")).headers() if len(token) <= LARGEST else {}
    except (JoseError, ValueError, RecursionError):
        raise TokenRefused() from None
    typ, kid = header.get("typ"), header.get("kid")
    if not isinstance(typ, str) or typ.lower() not in TYPES or not isinstance(kid, str) or header.keys() - HEADERS:
        raise TokenRefused()
    return kid


def usable(key: Key) -> bool:
    """Whether a key of the issuer's key set may check tokens: one of a pair, for signatures, strong enough."""
    weak = isinstance(key, RSAKey) and key.public_key.key_size < SMALLEST_RSA
    return isinstance(key, ECKey | OKPKey | RSAKey) and not weak and key.get("use") in (None, "sig")


def claims_of(token: str, key: Key, trust: Trust, now: float) -> Mapping[str, Any]:
    """The claims of a token that this key signed. Raises TokenRefused, with a reason once the signature is proven."""
    try:
        claims = jwt.decode(token, key, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, RecursionError):
        raise TokenRefused() from None
    try:
        trust.registry(int(now)).validate(claims)
        lives = claims["exp"] - claims["iat"]
    except ExpiredTokenError:
        raise TokenRefused("token_expired") from None
    except ClaimError as wrong:
        # The library names its claims, never what a token says.
        raise TokenRefused("token_claim", claim=wrong.claim.partition(",")[0]) from None
    except OverflowError:
        raise TokenRefused("token_claim", claim="exp") from None
    if not 0 < lives <= LONGEST:
        raise TokenRefused("token_claim", claim="exp")
    return claims
