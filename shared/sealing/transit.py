"""A master key that never leaves its key service: the transit engine of HashiCorp Vault or OpenBao, over HTTPS.

The service wraps and opens for whoever shows the right token, each home service with its own key and token. What was
opened stays in memory for a while, so that work with the same people asks nobody. A key is bound to its place twice: by
the context (which a key made with `derived=true` mixes in), and by a digest that is wrapped with it.
"""

import base64
import binascii
import hashlib
import hmac
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from shared.errors import Unavailable
from shared.outgoing import AWAY, Posting
from shared.sealing.remembered import Remembered
from shared.sealing.vault_token import Token
from shared.sealing.wrapping import Bound, KeyServiceAway, KeyServiceRefuses, Opened

BATCH = 500
"""How many keys one call is about."""
PAUSE = 1.0
"""Seconds after a call that nobody answered in which nobody calls again: requests are refused at once meanwhile."""
DIGEST = 16
_VERSION = re.compile(rb"vault:v([0-9]+):")
_FORBIDDEN, _TOO_MANY = 403, 429

Results = list[dict[str, Any]]


@dataclass(frozen=True)
class Place:
    """Where the key is: the server's address, the engine's mount, and the key's name."""

    address: str
    mount: str
    key: str


class Transit:
    """One key of a transit engine, used with one token."""

    adapter = "transit"
    local = False

    def __init__(
        self, place: Place, token: Token, posting: Posting, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.in_use = f"transit:{place.mount}/{place.key}"
        self.where = f"the key {place.mount}/{place.key} of {place.address}"
        self._place, self._token, self._posting, self._clock = place, token, posting, clock
        self._known = Remembered(clock)
        self._quiet_until = -PAUSE
        self._pausing = threading.Lock()

    def coming(self) -> str:
        """Itself: the key service makes its next version, and wraps anew under that."""
        return self.in_use

    def holds(self, master: str) -> bool:
        """Whether it is this key."""
        return master == self.in_use

    def look(self) -> None:
        """A key service needs no other look: it knows all versions of its key."""

    def finish(self, master: str) -> None:
        """Nothing lies anywhere that would have to change places."""

    def wrap(self, master: str, keys: Sequence[Bound]) -> list[bytes]:
        """Wrap keys under the newest version of this key."""
        if not self.holds(master):
            raise Unavailable("store_unavailable")
        given = [{"plaintext": _text(_tag(bound) + key), "context": _text(bound.encode())} for key, bound in keys]
        wrapped = [_needed(one, "ciphertext").encode() for one in self._all("encrypt", given)]
        for one, (key, bound) in zip(wrapped, keys, strict=True):
            self._known.keep((one, bound), key)
        return wrapped

    def opened(self, wrapped: Sequence[Bound]) -> list[Opened | None]:
        """What each of these holds; None where this key does not open it."""
        known = {one: self._known.get(one) for one in wrapped}
        asked = [one for one, key in known.items() if key is None and _VERSION.match(one[0])]
        given = [{"ciphertext": one.decode("ascii", "replace"), "context": _text(b.encode())} for one, b in asked]
        for one, answer in zip(asked, self._all("decrypt", given), strict=True):
            known[one] = _key_in(answer, one[1])
            if (key := known[one]) is not None:
                self._known.keep(one, key)
        return [(self.in_use, key) if (key := known[one]) is not None else None for one in wrapped]

    def rewrap(self, master: str, wrapped: Sequence[Bound]) -> list[bytes | None]:
        """Each under the newest version of this key, without its content coming here; the same bytes where it is."""
        newest = _version(self.wrap(master, [(b"", "newest")])[0]) if wrapped else 0
        older = [one for one in wrapped if _version(one[0]) != newest]
        given = [{"ciphertext": one.decode("ascii", "replace"), "context": _text(b.encode())} for one, b in older]
        anew = {one: answer.get("ciphertext") for one, answer in zip(older, self._all("rewrap", given), strict=True)}
        return [_bytes(anew[one]) if one in anew else one[0] for one in wrapped]

    def _all(self, what: str, given: Sequence[dict[str, str]]) -> Results:
        return [one for portion in _portions(given) for one in self._asked(what, portion)]

    def _asked(self, what: str, portion: Sequence[dict[str, str]]) -> Results:
        if self._clock() < self._quiet_until:
            raise KeyServiceAway
        address = f"{self._place.address.rstrip('/')}/v1/{self._place.mount}/{what}/{self._place.key}"
        try:
            status, answer = self._posting.post(address, {"batch_input": list(portion)}, self._token.headers())
            if status == _FORBIDDEN:
                # It may have ended, and another lies in its place.
                headers = self._token.headers(again=True)
                status, answer = self._posting.post(address, {"batch_input": list(portion)}, headers)
        except AWAY as error:
            self._pause()
            raise KeyServiceAway from error
        return self._results(status, answer, len(portion))

    def _results(self, status: int, answer: Any, many: int) -> Results:
        if status == _FORBIDDEN:
            raise KeyServiceRefuses
        data = answer.get("data") if isinstance(answer, dict) else None
        results = data.get("batch_results") if isinstance(data, dict) else None
        # Of many questions some may have no answer: the status is 400 then, and the results stand there all the same.
        if not _sound(results, many) or status >= 500 or status == _TOO_MANY:
            self._pause()
            raise KeyServiceAway
        assert isinstance(results, list)
        return results

    def _pause(self) -> None:
        with self._pausing:
            self._quiet_until = self._clock() + PAUSE


def _portions(given: Sequence[dict[str, str]]) -> Iterator[Sequence[dict[str, str]]]:
    return (given[start : start + BATCH] for start in range(0, len(given), BATCH))


def _sound(results: object, many: int) -> bool:
    return isinstance(results, list) and len(results) == many and all(isinstance(one, dict) for one in results)


def _needed(answer: dict[str, Any], name: str) -> str:
    found = answer.get(name)
    if not isinstance(found, str) or not _VERSION.match(found.encode()):
        raise KeyServiceAway
    return found


def _key_in(answer: dict[str, Any], bound: str) -> bytes | None:
    """The key in an opened answer; None where it did not open, or belongs to another place."""
    try:
        clear = base64.b64decode(str(answer.get("plaintext") or ""), validate=True)
    except binascii.Error:
        return None
    fits = hmac.compare_digest(clear[:DIGEST], _tag(bound))
    return clear[DIGEST:] if fits else None


def _version(wrapped: bytes) -> int:
    found = _VERSION.match(wrapped)
    return int(found.group(1)) if found else 0


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode()


def _tag(bound: str) -> bytes:
    return hashlib.sha256(bound.encode()).digest()[:DIGEST]


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
