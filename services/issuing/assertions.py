"""Whether a machine is the client that it says it is: `private_key_jwt` (RFC 7523). No secret is ever shared."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from services.issuing.clients import Client
from shared.auth.dpop import fits
from shared.auth.identity import SIGNATURES, Used
from shared.auth.tokens import LARGEST, LEEWAY

KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = 300
"""Seconds after which an assertion must have ended."""
TYPES = frozenset({"jwt", "client-authentication+jwt"})
HEADERS = frozenset({"alg", "typ", "kid"})
KEPT = timedelta(seconds=LONGEST + 2 * LEEWAY)


class NotProven(Exception):
    """Nobody knows which client this is. Why, is not told."""


class Once:
    """Remembers in memory what was shown, in the order in which it came. A restart forgets it."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    async def first(self, digest: str, now: datetime, until: datetime) -> bool:
        """As `shared.auth.identity.Used` has it."""
        self._until = {name: end for name, end in self._until.items() if end >= now}
        new = digest not in self._until
        self._until[digest] = until
        return new


class Assertions:
    """Recognises clients by what they sign, for an issuer with these names. Each assertion is good once."""

    def __init__(self, names: tuple[str, ...], used: Used, clock: Callable[[], float] = time.time) -> None:
        self._names, self._used, self._clock = names, used, clock

    async def client(self, form: Mapping[str, str], known: Mapping[str, Client]) -> Client:
        """Who asks with this form. Raises NotProven."""
        now, assertion = self._clock(), form.get("client_assertion", "")
        if form.get("client_assertion_type") != KIND or len(assertion) > LARGEST:
            raise NotProven()
        try:
            found, once = _checked(assertion, known, self._names, now)
        except (JoseError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
            raise NotProven() from None
        moment = datetime.fromtimestamp(now, UTC)
        named = form.get("client_id", found.who.key) == found.who.key
        if not named or not await self._used.first(once, moment, moment + KEPT):
            raise NotProven()
        return found


def _checked(assertion: str, known: Mapping[str, Client], names: tuple[str, ...], now: float) -> tuple[Client, str]:
    """The client that an assertion is of, and what to remember it by."""
    outline = jws.extract_compact(assertion.encode("ascii"))
    client = known[json.loads(outline.payload)["sub"]]
    claims = jwt.decode(assertion, _key(client, outline.headers()), algorithms=SIGNATURES).claims
    there: ClaimsOption = {"essential": True}
    same: ClaimsOption = {"essential": True, "value": client.who.key}
    JWTClaimsRegistry(int(now), LEEWAY, iss=same, sub=same, aud=there, exp=there, jti=there).validate(claims)
    if claims["aud"] not in (*names, *([name] for name in names)) or claims["exp"] > now + LONGEST:
        raise ValueError("for somebody else, or good for too long")
    if not isinstance(claims["jti"], str):
        raise ValueError("an id that is no word")
    return client, hashlib.sha256(f"{client.who.key} {claims['jti']}".encode()).hexdigest()


def _key(client: Client, header: Mapping[str, Any]) -> Key:
    """The one key of the client that its assertion can be signed with."""
    if header.keys() - HEADERS or str(header.get("typ", "JWT")).lower() not in TYPES:
        raise ValueError("not the header of an assertion")
    keys = [key for key in client.key_set() if header.get("kid", key.kid) == key.kid]
    (key,) = [key for key in keys if header["alg"] in SIGNATURES and fits(key.as_dict(), header["alg"])]
    return key
