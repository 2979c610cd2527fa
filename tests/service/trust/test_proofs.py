"""A machine's token is bound to its key, over HTTP: whoever cannot prove to have it gets nothing, not even a why."""

import hashlib
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from services import SERVICES
from services.hosting.embedded import Embedded
from shared.auth.dpop import AGE, hash_of
from shared.auth.tokens import LARGEST
from shared.errors import Unavailable
from shared.settings import Settings
from shared.testing import CountedIds, Harness, TickingClock, harness_of
from tests.conftest import Migrated
from tests.support.issuing import Issuing, at_hand
from tests.support.proving import Machine, part, signed

PATH = "/intake/v1/codes"
ADDRESS = f"http://localhost{PATH}"
CANARY = "thary-canary"
"""Stands in every part of a proof that can hold a word of its maker."""
REFUSED = (401, "dpop_proof_refused", 'DPoP error="invalid_dpop_proof", algs="ES256 PS256 Ed25519"')


@pytest.fixture
async def world(issuer: Issuing, tmp_path: Path, stack: AsyncExitStack, migrated: Migrated) -> AsyncIterator[Harness]:
    for service in SERVICES:
        migrated(service, tmp_path)
    clock, draw = TickingClock(), CountedIds("proofs")
    product = Embedded(Settings(data_dir=tmp_path), clock=clock, draw=draw, loops=False, identify=at_hand(issuer))
    await stack.enter_async_context(product.lifespan())
    yield harness_of(product.apps.values(), product, product.bus, clock, draw)


async def ask(
    world: Harness, token: str, *proofs: str, method: str = "GET", path: str = PATH, host: str = "localhost"
) -> httpx.Response:
    told = [("authorization", f"DPoP {token}"), ("host", host), *(("dpop", proof) for proof in proofs)]
    shown = [(name.encode(), value.encode()) for name, value in told]
    async with world.client() as client:
        return await client.request(method, path, headers=shown)


def said(answer: httpx.Response) -> tuple[int, str | None, str | None]:
    code = answer.json().get("code") if answer.is_error else None
    return answer.status_code, code, answer.headers.get("www-authenticate")


def forgeries(machine: Machine, token: str) -> dict[str, tuple[str, ...]]:
    """Every way in which a proof can be wrong, by what is wrong with it."""

    def proof(header: dict[str, object] | None = None, **claims: object) -> str:
        own = {"htu": ADDRESS, "jti": f"{CANARY} {secrets.token_hex(8)}"}
        return machine.proof(token, header=header, **(own | claims))

    return {
        "none": (),
        "two": (proof(), proof()),
        "the same one twice": (proof(),) * 2,
    } | {
        name: (made,)
        for name, made in (_by_form(machine, token) | _by_header(machine, token) | _by_claim(proof)).items()
    }


def _by_form(machine: Machine, token: str) -> dict[str, str]:
    first, content, signature = machine.proof(token, htu=ADDRESS).split(".")
    return {
        "empty": "",
        "no token": CANARY,
        "two parts": f"{first}.{content}",
        "not signed": f"{first}.{content}.",
        "signed by nobody": f"{first}.{content}.{part(b'A' * 64)}",
        "other words under the signature": f"{first}.{part(json.dumps(machine.claims(token)).encode())}.{signature}",
        "not base64": f"{first}.{content}.%%%",
        "no text": f"{first}.{part(bytes(range(128, 160)))}.{signature}",
        "other letters": f"{first}.{content}.សុខ",
        "a list": signed(machine.key, machine.header(), b"[]"),
        "nested without end": signed(machine.key, machine.header(), b"[" * 3000),
        "half a sign": signed(
            machine.key, machine.header(), json.dumps(machine.claims(token, htu=ADDRESS, jti="\ud800")).encode()
        ),
        "larger than any": f"{first}.{content}.{'A' * LARGEST}",
        "the access token itself": token,
    }


def _by_header(machine: Machine, token: str) -> dict[str, str]:
    """Signed by the machine's key, with a header that says something else."""
    public, private = machine.key.as_dict(private=False), machine.key.as_dict(private=True)
    other = Machine()
    headers: dict[str, dict[str, object]] = {
        "of another type": {"typ": "at+jwt"},
        "of no type": {"typ": None},
        "of a type that is a number": {"typ": 7},
        "signed with nothing": {"alg": "none"},
        "of an unknown algorithm": {"alg": CANARY},
        "of two algorithms": {"alg": ["ES256"]},
        "of an algorithm of another key": {"alg": "PS256"},
        "without a key": {"jwk": None},
        "the key by its name alone": {"jwk": None, "kid": machine.thumbprint},
        "the key from elsewhere": {"jwk": None, "jku": "https://elsewhere.example/keys"},
        "the private key": {"jwk": private},
        "a key that is a word": {"jwk": CANARY},
        "a key without a form": {"jwk": {**public, "kty": None}},
        "a key of numbers": {"jwk": {**public, "x": 1, "y": 2}},
        "a key that is no point": {"jwk": {**public, "x": part(b"x" * 32)}},
        "a key of nothing": {"jwk": {**public, "x": ""}},
        "somebody else's key": {"jwk": other.key.as_dict(private=False)},
        "what must be understood": {"crit": ["b64"], "b64": False},
        "a header of its own": {CANARY: CANARY},
    }
    forged = {name: machine.proof(token, header=header, htu=ADDRESS) for name, header in headers.items()}
    return forged | _by_key(machine, token)


def _by_key(machine: Machine, token: str) -> dict[str, str]:
    """Signed by keys of other forms."""
    weak, curve, agreeing = RSAKey.generate_key(1024), ECKey.generate_key("P-384"), OKPKey.generate_key("X25519")
    shared, forged = OctKey.generate_key(256), dict[str, str]()
    for name, key, algorithm in (
        ("a weak key", weak, "PS256"),
        ("another curve", curve, "ES384"),
        ("another curve under our name", curve, "ES256"),
        ("a shared secret", shared, "HS256"),
        ("a key for agreeing", agreeing, "Ed25519"),
    ):
        secret = {"k": part(b"secret"), "kty": "oct"} if key is shared else key.as_dict(private=False)
        made = machine.header(jwk=secret, alg=algorithm)
        by = machine.key if key is agreeing else key
        forged[name] = signed(
            by, made, json.dumps(machine.claims(token, htu=ADDRESS)).encode(), "ES384" if key is curve else ""
        )
    return forged


def _by_claim(proof: Callable[..., str]) -> dict[str, str]:
    now = int(time.time())
    claims: dict[str, dict[str, object]] = {
        "for another method": {"htm": "POST"},
        "for the method in small letters": {"htm": "get"},
        "for no method": {"htm": None},
        "for another path": {"htu": f"http://localhost/intake/v1/persons/{CANARY}"},
        "for another service": {"htu": "http://localhost/grants/v1/codes"},
        "for another host": {"htu": f"http://elsewhere.example{PATH}"},
        "for another port": {"htu": f"http://localhost:8471{PATH}"},
        "for another scheme": {"htu": f"https://localhost{PATH}"},
        "for a path alone": {"htu": PATH},
        "for no address": {"htu": None},
        "for an address that is a number": {"htu": 7},
        "for an address that is none": {"htu": "http://[::1"},
        "made too long ago": {"iat": now - AGE - 30},
        "made in the future": {"iat": now + 60},
        "made at no time": {"iat": None},
        "made in words": {"iat": "now"},
        "made at a truth": {"iat": True},
        "made at no number": {"iat": float("nan")},
        "made after all time": {"iat": 10**400},
        "without an id": {"jti": None},
        "with an empty id": {"jti": ""},
        "with a number as id": {"jti": 7},
        "for another token": {"ath": hash_of("another")},
        "for no token": {"ath": None},
        "for a token in hexadecimal": {"ath": hashlib.sha256(b"x").hexdigest()},
    }
    return {name: proof(**said) for name, said in claims.items()}


@pytest.mark.filterwarnings("ignore:Key size")
async def test_no_forged_proof_is_taken_or_told_why(world: Harness, issuer: Issuing) -> None:
    machine = Machine()
    token = issuer.token(cnf={"jkt": machine.thumbprint})
    assert said(await ask(world, token, machine.proof(token, htu=ADDRESS)))[0] == 200
    forged, bodies = forgeries(machine, token), set()
    for name, proofs in forged.items():
        answer = await ask(world, token, *proofs)
        assert said(answer) == REFUSED, name
        assert CANARY not in answer.text + str(answer.headers), name
        bodies.add(json.dumps(answer.json() | {"request_id": ""}))
    assert (len(bodies), len(forged) >= 25) == (1, True)
    # A token that was stolen is worth nothing without its key.
    assert said(await ask(world, token, Machine().proof(token, htu=ADDRESS))) == REFUSED
    async with world.client() as client:
        plain = await client.get(PATH, headers={"authorization": f"Bearer {token}"})
    assert said(plain)[:2] == (401, "token_bound")


async def test_a_proof_that_was_seen_on_the_way_is_good_nowhere_and_never_again(
    world: Harness, issuer: Issuing
) -> None:
    machine = Machine()
    token = issuer.token(cnf={"jkt": machine.thumbprint})
    proof = machine.proof(token, htu=ADDRESS)
    assert said(await ask(world, token, proof, path="/grants/v1/codes")) == REFUSED
    assert said(await ask(world, token, proof))[0] == 200
    assert said(await ask(world, token, proof)) == REFUSED
    assert (await ask(world, token, proof, method="HEAD")).status_code == 401


async def test_a_proof_is_for_the_request_as_the_caller_sent_it(
    world: Harness, issuer: Issuing, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine()
    token = issuer.token(cnf={"jkt": machine.thumbprint})
    for method, path, host in (
        ("HEAD", PATH, "localhost"),
        ("GET", "/intake/v1/cases?limit=5", "localhost"),
        ("GET", PATH, "LOCALHOST:80"),
        ("GET", PATH, "127.0.0.1:8470"),
    ):
        proof = machine.proof(token, htm=method, htu=f"http://{host}{path}")
        assert (await ask(world, token, proof, method=method, path=path, host=host)).status_code == 200, (path, host)
    used = world.running["intake"].kept.database

    async def away(*_: object) -> object:
        raise Unavailable("store_unavailable")

    # Where it cannot be known whether a proof was shown before, none is good.
    monkeypatch.setattr(used, "write", away)
    assert said(await ask(world, token, machine.proof(token, htu=ADDRESS)))[:2] == (503, "store_unavailable")
