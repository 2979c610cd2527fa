"""Signing in by Keycloak's pages with a code of a generator (RFC 6238), computed here instead of read off a phone."""

import base64
import hashlib
import hmac
import json
import struct
import time
from typing import Any
from urllib.parse import urljoin

import httpx

from story.header import Staff
from story.login_form import Form, filled_in
from story.signing_in import SigningIn

DIGITS, PERIOD = 6, 30
GENERATOR = "a secret of this test"


def code_of(secret: str, at: float) -> str:
    """What a code generator with this secret shows at this time."""
    mac = hmac.new(secret.encode(), struct.pack(">Q", int(at) // PERIOD), hashlib.sha1).digest()
    start = mac[-1] & 15
    number = struct.unpack(">I", mac[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def generator() -> dict[str, Any]:
    """The credential of an account whose person set up this generator, as a realm file has it."""
    kind = {"subType": "totp", "digits": DIGITS, "period": PERIOD, "algorithm": "HmacSHA1", "counter": 0}
    return {"type": "otp", "secretData": json.dumps({"value": GENERATOR}), "credentialData": json.dumps(kind)}


def claims_in(token: str) -> dict[str, Any]:
    """What a token says, unchecked."""
    body = token.split(".")[1]
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return said


class WithCode(SigningIn):
    """Signs in by password and then by code; without a secret, no further than to the page that asks for one.

    `asked_for` are further parameters of what is asked at first.
    """

    def __init__(self, client: httpx.AsyncClient, password: str, secret: str = GENERATOR, **asked_for: str) -> None:
        super().__init__(client, password)
        self._secret, self._asked_for = secret, asked_for

    async def answer(self, who: Staff) -> dict[str, Any]:
        """All that the issuer gives them, the token to renew it with too."""
        return await self._asked(who)

    async def described(self) -> dict[str, Any]:
        """How the issuer describes itself."""
        return await self._described()

    async def _answered(self, address: str, asked: dict[str, str]) -> httpx.Response:
        async with httpx.AsyncClient(timeout=60) as browser:
            page = await browser.get(address, params=asked | self._asked_for)
            page = await filled_in(browser, page, asked["login_hint"], self._password)
            form = Form(page.text)
            if not self._secret or "otp" not in form.fields:
                return page
            # By hand, as for the password: the cookies are for TLS, which this machine does without.
            cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)
            said = form.fields | {"otp": code_of(self._secret, time.time())}
            return await browser.post(urljoin(str(page.url), form.action), data=said, headers={"cookie": cookies})
