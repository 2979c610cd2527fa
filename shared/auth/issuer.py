"""The keys of the issuer: found where its own description says, kept, and asked for again politely.

A key that nobody knows makes us ask at most once a minute, so that no stranger can make us flood the issuer. While it
is away the keys that we have go on for an hour; after that, or where there are none yet, the answer is 503.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from shared.auth.identity import TokenRefused
from shared.auth.tokens import usable
from shared.errors import Unavailable
from shared.outgoing import AWAY, Outgoing

FRESH, OLDEST = 300, 3600
"""Seconds after which keys are asked for again, and after which they are used no more."""
SELDOM, AGAIN = 60, 2
"""Seconds between two questions for a key that nobody knows, and after one that failed."""

log = logging.getLogger(__name__)


class IssuerAway(Unavailable):
    """The keys of the issuer cannot be had, so nobody can be recognised."""

    code = "issuer_away"


class Issuer:
    """Answers which key has an id. Safe for many requests at a time: one asks, the others wait or go on."""

    def __init__(
        self, address: str, ca_file: Path | None = None, clock: Callable[[], float] = time.monotonic, at: str = ""
    ) -> None:
        """`at` is where it is asked, if not at its own address."""
        self._address, self._at, self._clock = address, at or address, clock
        self._server = Outgoing(self._at, ca_file)
        self._keys: Mapping[str, Key] = {}
        self._since = self._asked = float("-inf")
        self._asking = asyncio.Lock()

    async def key(self, name: str) -> Key:
        """The issuer's key of this id. Raises TokenRefused where it has none, IssuerAway where it cannot be asked."""
        # One asks; whoever comes meanwhile goes on with the key there is.
        if self._wants(name) and not (self._asking.locked() and name in self._keys):
            async with self._asking:
                if self._wants(name):
                    await self._ask()
        if self._clock() - self._since > OLDEST:
            raise IssuerAway()
        if name not in self._keys:
            raise TokenRefused()
        return self._keys[name]

    def _wants(self, name: str) -> bool:
        age, silent = self._clock() - self._since, self._clock() - self._asked
        if age > FRESH:
            return silent > AGAIN
        return name not in self._keys and silent > SELDOM

    async def _ask(self) -> None:
        self._asked = self._clock()
        try:
            async with self._server.asked() as read:
                # A slash at the end belongs to its name, and not to the place of its description.
                described = await read(f"{self._at.removesuffix('/')}/.well-known/openid-configuration")
                if described["issuer"] != self._address:
                    raise ValueError("the issuer calls itself otherwise")
                found = KeySet.import_key_set(await read(described["jwks_uri"]))
        except (*AWAY, JoseError, ValueError, KeyError, TypeError) as trouble:
            log.warning("the keys of the issuer cannot be had", extra={"kind": type(trouble).__name__})
            return
        self._keys, self._since = {key.kid: key for key in found if key.kid and usable(key)}, self._clock()
