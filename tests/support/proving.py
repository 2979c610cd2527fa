"""A machine with a key of its own: it proves that it has it, well or badly, and signs itself in."""

import base64
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, Key

from services.issuing.assertions import KIND
from shared.auth.dpop import hash_of
from shared.auth.identity import Asking

ADDRESS = "https://homeward.example/intake/v1/codes"
FITTING = {"EC": "ES256", "RSA": "PS256", "OKP": "Ed25519", "oct": "HS256"}


def machine_key() -> ECKey:
    """A new key pair, as an authority's machine makes one at first start."""
    return ECKey.generate_key("P-256")


@dataclass
class Machine:
    """Has a key, and makes proofs with it."""

    key: Key = field(default_factory=machine_key)
    algorithm: str = "ES256"

    @property
    def thumbprint(self) -> str:
        """As `cnf` names its key."""
        return self.key.thumbprint()

    def header(self, **other: Any) -> dict[str, Any]:
        """The header of a good proof, with this instead; None takes a member away."""
        good = {"typ": "dpop+jwt", "alg": self.algorithm, "jwk": self.key.as_dict(private=False)}
        return {name: value for name, value in (good | other).items() if value is not None}

    def claims(self, token: str | None, **other: Any) -> dict[str, Any]:
        """What a good proof says, with this instead."""
        good = {"htm": "GET", "htu": ADDRESS, "iat": int(time.time()), "jti": secrets.token_hex(16)}
        named = {} if token is None else {"ath": hash_of(token)}
        return {name: value for name, value in (good | named | other).items() if value is not None}

    def proof(self, token: str | None, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """A proof for this token."""
        said = json.dumps(self.claims(token, **claims)).encode()
        return signed(self.key, self.header(**(header or {})), said)


def asserted(machine: Machine, client: str, audience: str, key: Key | None = None, **other: Any) -> dict[str, str]:
    """The form with which a machine asks for a token as this client; `header` and claims may say something else."""
    now, header = int(time.time()), {"alg": machine.algorithm, **other.pop("header", {})}
    good = {"iss": client, "sub": client, "aud": audience, "iat": now, "exp": now + 60, "jti": secrets.token_hex(16)}
    said = {name: value for name, value in (good | other).items() if value is not None}
    assertion = signed(key or machine.key, header, json.dumps(said).encode())
    return {"grant_type": "client_credentials", "client_assertion_type": KIND, "client_assertion": assertion}


def signed(key: Key, header: Mapping[str, Any], content: bytes, algorithm: str = "") -> str:
    """A signature over whatever is said, also where a library would refuse to make it."""
    first = f"{part(json.dumps(header).encode())}.{part(content)}"
    made = jws.JWSRegistry.algorithms[algorithm or FITTING[key.key_type]].sign(first.encode(), key)
    return f"{first}.{part(made)}"


def part(content: bytes) -> str:
    """One of the three parts of a token."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Remembering:
    """Remembers proofs in memory, as the table of a service does."""

    def __init__(self) -> None:
        self.shown: dict[str, datetime] = {}

    async def first(self, digest: str, _now: datetime, until: datetime) -> bool:
        """Whether this one is shown for the first time."""
        new = digest not in self.shown
        self.shown[digest] = until
        return new


def asked_with(token: str, *proofs: str, **other: Any) -> Asking:
    """A request that shows a bound token, and these proofs."""
    return Asking({"authorization": f"DPoP {token}"}, **({"address": ADDRESS, "proofs": proofs} | other))
