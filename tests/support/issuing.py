"""An issuer of access tokens on loopback, as any OpenID provider: what it describes, its keys, and tokens it signs."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

from shared.auth import Purpose, Role
from shared.auth.bearer import Bearer
from shared.auth.identity import Asking
from shared.auth.issuer import Issuer
from shared.auth.tokens import Trust
from shared.testing import ref

Pair = ECKey | RSAKey | OKPKey
AUDIENCE = "homeward"
HEADER = {"typ": "at+jwt", "alg": "ES256"}


def new_key(name: str = "one") -> ECKey:
    """A key pair of this id."""
    return ECKey.generate_key("P-256", {"kid": name, "use": "sig"})


class Clock:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@dataclass
class Issuing:
    """One issuer: its address, its keys, and what it was asked."""

    address: str
    keys: list[Pair] = field(default_factory=lambda: [new_key()])
    asked: list[str] = field(default_factory=list)
    away: bool = False
    instead: dict[str, bytes] = field(default_factory=dict)

    def claims(self, **other: Any) -> dict[str, Any]:
        """What a good token says, with this instead; None takes a claim away."""
        now = int(time.time())
        good: dict[str, Any] = {
            "iss": self.address,
            "aud": AUDIENCE,
            "sub": ref("sok"),
            "client_id": "console",
            "organisation": ref("bavet"),
            "roles": [Role.CASEWORKER],
            "purposes": [Purpose.PROTECTION],
            "iat": now,
            "exp": now + 300,
            "jti": ref("token"),
        }
        return {name: value for name, value in (good | other).items() if value is not None}

    def token(self, key: Pair | None = None, header: dict[str, Any] | None = None, **other: Any) -> str:
        """A token of these claims."""
        key = key or self.keys[0]
        said = {
            name: value for name, value in ({**HEADER, "kid": key.kid} | (header or {})).items() if value is not None
        }
        return jwt.encode(said, self.claims(**other), key, algorithms=[said["alg"]], default_type=None)

    def answer(self, path: str) -> bytes | None:
        """What stands at a path."""
        self.asked.append(path)
        if self.away:
            return None
        described = {"issuer": self.address, "jwks_uri": f"{self.address}/keys"}
        there = {
            "/.well-known/openid-configuration": json.dumps(described).encode(),
            "/keys": json.dumps(KeySet([*self.keys]).as_dict()).encode() if self.keys else b'{"keys": []}',
        }
        return (there | self.instead).get(path)


@contextmanager
def issuing() -> Iterator[Issuing]:
    """An issuer that answers until the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    issuer = Issuing(f"http://127.0.0.1:{server.server_port}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = issuer.answer(self.path)
            self.send_response(503 if content is None else 200)
            self.send_header("content-length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def bearer(issuer: Issuing, clock: Callable[[], float] = time.time) -> Bearer:
    return Bearer(Issuer(issuer.address, clock=clock), Trust(issuer.address, AUDIENCE), clock)


@dataclass
class AtHand:
    """The keys of an issuer that need not be asked for, so that no answer depends on how busy a machine is."""

    issuer: Issuing

    async def key(self, name: str) -> Key:
        """The key of this id."""
        return {key.kid: key for key in self.issuer.keys}[name]


def at_hand(issuer: Issuing, clock: Callable[[], float] = time.time) -> Bearer:
    """Recognises callers by tokens of an issuer whose keys are at hand."""
    return Bearer(AtHand(issuer), Trust(issuer.address, AUDIENCE), clock)


def shown(token: str, **headers: str) -> Asking:
    return Asking({"authorization": f"Bearer {token}", **headers})


@pytest.fixture
def issuer() -> Iterator[Issuing]:
    """One for one test."""
    with issuing() as one:
        yield one
