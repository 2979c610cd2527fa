"""Real tokens for callers that a test names: for products in processes of their own, which know no invented header."""

import secrets
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import httpx
from joserfc import jwt

from services.issuing.kept import kept_issuer
from services.issuing.signing import address_of
from shared.auth import Caller
from shared.settings import Settings
from shared.testing import INVENTED
from tests.support.callers import caller_of
from tests.support.issuing import Issuing

KEPT = 120
"""Seconds for which a token is shown again: half of the time that it lives."""
LIVES = 300


class Signed(httpx.Auth):
    """For a client of httpx: each request goes out with a token of the caller that it names."""

    def __init__(self, sign: Callable[[Caller], str]) -> None:
        self._sign = sign
        self._tokens: dict[str, tuple[float, str]] = {}

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        """As httpx asks for it. What names no caller goes out as it is."""
        said = request.headers.get("authorization", "")
        if said.startswith(INVENTED):
            request.headers["authorization"] = self.shown(said)
        yield request

    def shown(self, said: str) -> str:
        """The header that stands for that caller."""
        until, token = self._tokens.get(said, (0.0, ""))
        if time.monotonic() >= until:
            token = self._sign(caller_of(said))
            self._tokens[said] = time.monotonic() + KEPT, token
        return f"Bearer {token}"


def in_folder(folder: Path, port: int) -> Signed:
    """By the key of the development issuer of whatever runs upon this folder and port."""

    def sign(caller: Caller) -> str:
        settings = Settings(data_dir=folder, port=port)
        kept, begins = kept_issuer(folder, {}), int(time.time())
        life = {"iat": begins, "exp": begins + LIVES, "jti": secrets.token_hex(16), "client_id": "homeward"}
        whole = {"iss": address_of(settings), "aud": settings.audience, **life, **_claims(caller)}
        header = {"alg": "ES256", "typ": "at+jwt", "kid": kept.key.kid}
        return jwt.encode(header, whole, kept.key, default_type=None)

    return Signed(sign)


def by(issuer: Issuing) -> Signed:
    """By an issuer of the test's own."""
    return Signed(lambda caller: issuer.token(**_claims(caller)))


def _claims(caller: Caller) -> dict[str, Any]:
    roles, purposes = [caller.role], [caller.purpose]
    return {"sub": caller.staff_ref, "organisation": caller.organisation_ref, "roles": roles, "purposes": purposes}
