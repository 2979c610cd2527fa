"""Proofs that a caller has the key to which its token is bound: DPoP (RFC 9449), on the side of who receives them.

A proof is a token of its own, signed with that key, for one method and one address, and good once. Use `prove` where a
bound token is shown, and `proof_of` where one is asked for. Every fault is the same refusal: whoever made the proof has
the code that made it, and nobody else shall learn anything.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from shared.auth.identity import Asking, ProofRefused
from shared.auth.tokens import LARGEST, LEEWAY, usable

FORMS: Mapping[str, Mapping[str, str]] = {
    "ES256": {"kty": "EC", "crv": "P-256"},
    "PS256": {"kty": "RSA"},
    "Ed25519": {"kty": "OKP", "crv": "Ed25519"},
}
"""The signatures that are taken, those of FAPI 2.0, and which form of key makes each."""
NUMBERS = {"EC": ("x", "y"), "RSA": ("n", "e"), "OKP": ("x",)}
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
HEADERS = frozenset({"alg", "typ", "jwk", "kid"})
AGE = 60
"""Seconds for which a proof is good after it was made."""
KEPT = timedelta(seconds=300)
"""For how long it is remembered: longer than any replica, however its clock goes, would take it."""
SIZES = jws.JWSRegistry(algorithms=[*FORMS])
"""The library's own bound of a header is too small for one that holds an RSA key."""
SIZES.max_header_length = LARGEST
PORTS = {"http": 80, "https": 443}
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


@dataclass(frozen=True)
class Proof:
    """A good proof: of which key (RFC 7638), and what to remember it by."""

    thumbprint: str
    digest: str


async def prove(asking: Asking, token: str, thumbprint: str, now: float) -> None:
    """Raise ProofRefused unless the request comes from whoever has the key of this token, and comes once."""
    proof = proof_of(asking, now, token)
    if proof.thumbprint != thumbprint or not await fresh(asking, proof, now):
        raise ProofRefused()


async def fresh(asking: Asking, proof: Proof, now: float) -> bool:
    """Whether nobody was shown this proof before. Ask last: from then on it is used."""
    moment = datetime.fromtimestamp(now, UTC)
    return await asking.used.first(proof.digest, moment, moment + KEPT)


def proof_of(asking: Asking, now: float, token: str | None = None) -> Proof:
    """The one proof of a request, if it is made for that and for this token. Raises ProofRefused."""
    try:
        (proof,) = asking.proofs
        key, claims = _verified(proof)
        if _fits(claims, asking, now) and (token is None or claims["ath"] == hash_of(token)):
            thumbprint = key.thumbprint()
            return Proof(thumbprint, hashlib.sha256(f"{thumbprint} {claims['jti']}".encode()).hexdigest())
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        pass
    raise ProofRefused()


def hash_of(token: str) -> str:
    """As `ath` names an access token."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode("ascii")).digest()).rstrip(b"=").decode()


def plain(address: str) -> tuple[str, str, int | None, str]:
    """An address without query, as RFC 3986 compares them: scheme, host, port, path. Raises ValueError."""
    parts = urlsplit(address)
    if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc:
        raise ValueError("not an address of a request")
    path = _ESCAPE.sub(_unescaped, parts.path) or "/"
    return parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], path


def _unescaped(found: re.Match[str]) -> str:
    sign = chr(int(found[1], 16))
    return sign if _UNRESERVED.match(sign) else found[0].upper()


def _verified(proof: str) -> tuple[Key, Mapping[str, Any]]:
    """The key in a proof's header, and what it signed."""
    if len(proof) > LARGEST:
        raise ValueError("larger than any")
    header = jws.extract_compact(proof.encode("ascii"), registry=SIZES).headers()
    if header.keys() - HEADERS or str(header["typ"]).lower() != "dpop+jwt":
        raise ValueError("not the header of a proof")
    key = _public(header["jwk"], header["alg"])
    return key, jwt.decode(proof, key, registry=SIZES).claims


def fits(key: Mapping[str, Any], algorithm: str) -> bool:
    """Whether a key has the form that makes this signature."""
    return all(key.get(name) == value for name, value in FORMS[algorithm].items())


def _public(said: object, algorithm: str) -> Key:
    """The key, of its public members alone: whatever else it says of itself counts for nothing."""
    if not isinstance(said, dict) or said.keys() & PRIVATE or not fits(said, algorithm):
        raise ValueError("not a public key of that form")
    form = FORMS[algorithm]
    key = JWKRegistry.import_key({**form, **{name: said[name] for name in NUMBERS[form["kty"]]}})
    if not usable(key):
        raise ValueError("too weak")
    return key


def _fits(claims: Mapping[str, Any], asking: Asking, now: float) -> bool:
    """Whether a proof was made a moment ago for this method and this address."""
    made, once = claims["iat"], claims["jti"]
    timely = isinstance(made, int | float) and not isinstance(made, bool) and now - AGE <= made <= now + LEEWAY
    named = isinstance(once, str) and bool(once)
    return timely and named and claims["htm"] == asking.method and plain(str(claims["htu"])) == plain(asking.address)
