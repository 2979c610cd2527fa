"""A machine of an authority signs in with its own key, and works over HTTP: the whole way, and who is turned back."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from typer.testing import CliRunner

from services import SERVICES
from services.__main__ import app
from services.hosting.embedded import Embedded
from services.issuing.assertions import LONGEST
from shared.auth import Role
from shared.ids import pseudonym
from shared.settings import Settings
from shared.testing import ref
from tests.conftest import Migrated
from tests.support.proving import Machine, asserted

ISSUER = "http://127.0.0.1:8470/issuer"
TOKEN = f"{ISSUER}/token"
HANDOVERS = "http://127.0.0.1:8470/intake/v1/handovers"
HANDOVER = {"ref": ref("handover"), "country": "VN", "gate": "BAVET_MOC_BAI", "planned_day": "2026-11-05"}
LINES = {"lines": [{"number": 1, "as_received": {"full_name": "Nguyễn Văn Thử"}}]}
CANARY = "thary-canary"
KEYS = {"keys": [Machine().key.as_dict(private=False)]}
HMAC = {"alg": "HS256"}
AUTHORITY, PARTNER = "long-an-registry", "shelter-bridge"


@pytest.fixture
def settings(tmp_path: Path, migrated: Migrated) -> Settings:
    for service in SERVICES:
        migrated(service, tmp_path / "data")
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
async def client(settings: Settings, stack: AsyncExitStack) -> AsyncIterator[httpx.AsyncClient]:
    product = Embedded(settings, loops=False, people={})
    await stack.enter_async_context(product.lifespan())
    transport = httpx.ASGITransport(app=product, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8470") as client:
        yield client


def register(settings: Settings, name: str, role: str, keys: Any, **environment: str) -> tuple[int, str]:
    """Carry out the operator's command: its exit status, and what it said."""
    file = settings.data_dir.parent / "keys.json"
    file.write_text(json.dumps(keys))
    asked = ["client", name, "--organisation", "long-an", "--role", role, "--keys", str(file)]
    said = CliRunner().invoke(app, asked, env={"HOMEWARD_DATA_DIR": str(settings.data_dir), **environment})
    return said.exit_code, said.output


@pytest.fixture
def machine(settings: Settings) -> Machine:
    """One that an operator registered for two clients: an authority's, and a partner's that is none."""
    one = Machine()
    keys = {"keys": [one.key.as_dict(private=False)]}
    assert register(settings, AUTHORITY, Role.SENDING_AUTHORITY, keys)[0] == 0
    assert register(settings, PARTNER, Role.SERVICE_PROVIDER, keys)[0] == 0
    return one


def proof(machine: Machine, **other: Any) -> dict[str, str]:
    """The header with which a token is asked for."""
    return {"dpop": machine.proof(None, **({"htm": "POST", "htu": TOKEN} | other))}


async def test_an_authority_s_machine_signs_in_and_works(client: httpx.AsyncClient, machine: Machine) -> None:
    described = (await client.get(f"{ISSUER}/.well-known/openid-configuration")).json()
    assert described["token_endpoint_auth_methods_supported"] == ["none", "private_key_jwt"]
    assert described["grant_types_supported"] == ["authorization_code", "client_credentials"]
    algorithms = ["ES256", "PS256", "Ed25519"]
    assert described["token_endpoint_auth_signing_alg_values_supported"] == algorithms
    assert described["dpop_signing_alg_values_supported"] == algorithms
    resource = (await client.get("/.well-known/oauth-protected-resource")).json()
    assert resource["dpop_signing_alg_values_supported"] == algorithms

    form = asserted(machine, AUTHORITY, described["issuer"])
    given = await client.post(described["token_endpoint"], data=form, headers=proof(machine))
    assert (given.status_code, given.json()["token_type"], given.json()["expires_in"]) == (200, "DPoP", 300)
    assert given.headers["cache-control"] == "no-store"
    token = given.json()["access_token"]
    keys = KeySet.import_key_set((await client.get(described["jwks_uri"])).json())
    said = jwt.decode(token, keys, algorithms=["ES256"]).claims
    assert (said["client_id"], said["cnf"]) == (AUTHORITY, {"jkt": machine.thumbprint})
    assert said["sub"] == pseudonym("client", AUTHORITY) != pseudonym("staff", AUTHORITY)
    assert said["exp"] - said["iat"] == 300

    async def ask(method: str, address: str, proof: str | None = None, **more: Any) -> httpx.Response:
        made = proof or machine.proof(token, htm=method, htu=address)
        shown = {"authorization": f"DPoP {token}", "dpop": made, "idempotency-key": ref(address)}
        return await client.request(method, address, headers=shown, **more)

    told = await ask("POST", HANDOVERS, json=HANDOVER | LINES)
    assert told.status_code == 201, told.text
    there = f"{HANDOVERS}/{HANDOVER['ref']}"
    once = machine.proof(token, htu=there)
    assert [(await ask("GET", there, once)).status_code for _ in range(2)] == [200, 401]
    stolen = await client.get(there, headers={"authorization": f"Bearer {token}"})
    assert (stolen.status_code, stolen.json()["code"]) == (401, "token_bound")
    thief = await ask("GET", there, Machine().proof(token, htu=there))
    assert (thief.status_code, thief.json()["code"]) == (401, "dpop_proof_refused")


async def test_a_partner_s_machine_has_a_plain_token_unless_it_proves_a_key(
    client: httpx.AsyncClient, machine: Machine
) -> None:
    for headers, kind in (({}, "Bearer"), (proof(machine), "DPoP")):
        form = asserted(machine, PARTNER, TOKEN, header={"typ": "client-authentication+jwt"})
        given = (await client.post("/issuer/token", data=form, headers=headers)).json()
        assert given["token_type"] == kind
        shown = {"authorization": f"Bearer {given['access_token']}"}
        answer = await client.get("/referrals/v1/codes", headers=shown)
        assert answer.status_code == (200 if kind == "Bearer" else 401)


def wrong_claims() -> dict[str, dict[str, Any]]:
    """What an assertion may say wrongly, in its claims or its header."""
    now, other = int(time.time()), Machine()
    return {
        "of an unknown client": {"iss": CANARY, "sub": CANARY},
        "of a client as a list": {"iss": [AUTHORITY], "sub": [AUTHORITY]},
        "issued by another": {"iss": PARTNER},
        "of nobody": {"sub": None},
        "for another issuer": {"aud": f"https://elsewhere.example/{CANARY}"},
        "for others too": {"aud": [TOKEN, "https://elsewhere.example"]},
        "for nobody": {"aud": None},
        "without end": {"exp": None},
        "ended": {"exp": now - 60},
        "good for too long": {"exp": now + LONGEST + 60},
        "an end in words": {"exp": CANARY},
        "an end that is no number": {"exp": float("nan")},
        "an end beyond all time": {"exp": 10**400},
        "not yet": {"nbf": now + 120},
        "without an id": {"jti": None},
        "an empty id": {"jti": ""},
        "a number as id": {"jti": 7},
        "half a sign as id": {"jti": "\ud800"},
        "of another type": {"header": {"typ": "at+jwt"}},
        "signed with nothing": {"header": {"alg": "none"}},
        "of another algorithm": {"header": {"alg": "PS256"}},
        "of two algorithms": {"header": {"alg": ["ES256"]}},
        "of an unknown key": {"header": {"kid": CANARY}},
        "with a key of its own": {"header": {"jwk": other.key.as_dict(private=False)}},
        "what must be understood": {"header": {"crit": ["b64"], "b64": False}},
    }


async def test_nobody_else_is_a_client(client: httpx.AsyncClient, machine: Machine) -> None:
    other, again = Machine(), asserted(machine, AUTHORITY, TOKEN)
    assert (await client.post("/issuer/token", data=again, headers=proof(machine))).status_code == 200
    forged: dict[str, dict[str, str]] = {
        "the same again": again,
        "of another kind": asserted(machine, AUTHORITY, TOKEN) | {"client_assertion_type": CANARY},
        "no assertion": {"grant_type": "client_credentials", "client_id": AUTHORITY, "client_secret": CANARY},
        "no token": again | {"client_assertion": CANARY},
        "larger than any": again | {"client_assertion": "A" * 8000},
        "in the name of another client": asserted(machine, AUTHORITY, TOKEN) | {"client_id": PARTNER},
        "another's key": asserted(machine, AUTHORITY, TOKEN, other.key),
        "a secret that is our public key": asserted(machine, AUTHORITY, TOKEN, public_as_secret(machine), header=HMAC),
    }
    forged |= {name: asserted(machine, AUTHORITY, TOKEN, **said) for name, said in wrong_claims().items()}
    for name, form in forged.items():
        answer = await client.post("/issuer/token", data=form, headers=proof(machine))
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"}), name
    large = await client.post("/issuer/token", data=again | {"more": "A" * 10_000})
    assert (large.status_code, large.json()) == (400, {"error": "unsupported_grant_type"})


def public_as_secret(machine: Machine) -> OctKey:
    return OctKey.import_key({"kty": "oct", "k": str(machine.key.as_dict(private=False)["x"])})


async def test_an_authority_has_no_token_without_a_good_proof(client: httpx.AsyncClient, machine: Machine) -> None:
    used = proof(machine)
    for headers, status in (
        ({}, 400),
        (used, 200),
        (used, 400),
        ({"dpop": CANARY}, 400),
        (proof(machine, htm="GET"), 400),
        (proof(machine, htu=f"{ISSUER}/keys"), 400),
        (proof(machine, iat=int(time.time()) - 120), 400),
        ([("dpop", proof(machine)["dpop"]), ("dpop", proof(machine)["dpop"])], 400),
    ):
        answer = await client.post("/issuer/token", data=asserted(machine, AUTHORITY, ISSUER), headers=headers)
        assert answer.status_code == status
        assert status == 200 or answer.json() == {"error": "invalid_dpop_proof"}


def test_only_public_keys_that_are_strong_are_registered(settings: Settings) -> None:
    private = Machine().key.as_dict(private=True)
    several: tuple[Any, ...] = (
        {},
        [],
        {"keys": []},
        {"keys": ["x"]},
        {"keys": [private]},
        {"keys": [OctKey.generate_key(256).as_dict()]},
        {"keys": [ECKey.generate_key("P-384").as_dict(private=False)]},
        {"keys": [*KEYS["keys"], private]},
    )
    for keys in several:
        status, said = register(settings, AUTHORITY, Role.SENDING_AUTHORITY, keys)
        assert (status, "no client" in said) == (2, True), keys
        assert str(private["d"]) not in said
    assert register(settings, AUTHORITY, "SYSTEM", KEYS)[0] == 2
    assert register(settings, AUTHORITY, Role.CONSULAR_OFFICER, KEYS, HOMEWARD_ISSUER="https://login.example")[0] == 2


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_weak_key_is_not_registered(settings: Settings) -> None:
    weak = {"keys": [RSAKey.generate_key(1024).as_dict(private=False)]}
    assert register(settings, PARTNER, Role.SERVICE_PROVIDER, weak)[0] == 2
