"""The story's workers sign in as people do: an authorization code with PKCE, at the issuer that the product names.

The development issuer asks nobody for a password. Another one shows a page that asks for it, which is filled in.
"""

import asyncio
import base64
import hashlib
import secrets
import time
from collections import defaultdict
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from story.header import Staff
from story.login_form import filled_in
from story.refusals import Stopped

CLIENT = "homeward"
REDIRECT = "http://127.0.0.1/signed-in"
EARLY = 60
"""Seconds before the end of a token in which the next is asked for."""
RESOURCE = "/.well-known/oauth-protected-resource"


class SigningIn:
    """Gives each worker's token, and a new one in time."""

    def __init__(self, client: httpx.AsyncClient, password: str = "") -> None:
        """`password` is that of all the story's people, where the issuer asks for one."""
        self._client, self._password = client, password
        self._issuer: dict[str, Any] = {}
        self._tokens: dict[str, tuple[float, str]] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def token(self, who: Staff) -> str:
        """An access token of this worker that lives for a while. Raises Stopped."""
        # One signs in and the others wait: a provider takes the same person twice at once for an attack.
        async with self._turns[who.key]:
            until, token = self._tokens.get(who.key, (0.0, ""))
            if time.monotonic() > until:
                answer = await self._asked(who)
                token = str(answer["access_token"])
                self._tokens[who.key] = time.monotonic() + int(answer["expires_in"]) - EARLY, token
        return token

    async def _asked(self, who: Staff) -> dict[str, Any]:
        issuer = await self._described()
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": REDIRECT,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "login_hint": who.key,
        }
        back = await self._answered(issuer["authorization_endpoint"], asked)
        code = parse_qs(urlsplit(back.headers.get("location", "")).query).get("code")
        if not code:
            raise Stopped(f"{who.key} cannot sign in at {issuer['issuer']}, which knows other people")
        form = {
            "grant_type": "authorization_code",
            "code": code[0],
            "client_id": CLIENT,
            "redirect_uri": REDIRECT,
            "code_verifier": verifier,
        }
        answer = await self._client.post(issuer["token_endpoint"], data=form)
        if not answer.is_success:
            raise Stopped(f"{who.key} got no token from {issuer['issuer']}")
        return dict(answer.json())

    async def _answered(self, address: str, asked: dict[str, str]) -> httpx.Response:
        """Where the issuer's pages end. Those who signed in before have left no trace in this browser."""
        if not self._password:
            return await self._client.get(address, params=asked, follow_redirects=False)
        async with httpx.AsyncClient(timeout=self._client.timeout) as browser:
            page = await browser.get(address, params=asked)
            return await filled_in(browser, page, asked["login_hint"], self._password)

    async def _described(self) -> dict[str, Any]:
        """Where to sign in, as the product says (RFC 9728) and its issuer describes itself."""
        if not self._issuer:
            named = (await self._read(RESOURCE))["authorization_servers"][0]
            self._issuer = await self._read(f"{named}/.well-known/openid-configuration")
        return self._issuer

    async def _read(self, address: str) -> dict[str, Any]:
        answer = await self._client.get(address)
        if not answer.is_success:
            raise Stopped(f"GET {address} was answered {answer.status_code}: it should say where to sign in")
        return dict(answer.json())
