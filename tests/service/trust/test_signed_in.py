"""With an issuer named, a token says who is asking, and nothing else does."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from services.hosting.embedded import Embedded
from shared.auth import Role
from shared.settings import Settings
from shared.testing import CountedIds, Harness, TickingClock, caller, harness_of, ref
from tests.support.issuing import Issuing, new_key

HANDOVER = {"ref": ref("handover"), "country": "VN", "gate": "BAVET_MOC_BAI", "planned_day": "2026-11-05"}
CHALLENGE = 'Bearer, DPoP algs="ES256 PS256 Ed25519"'
LINES = {"lines": [{"number": 1, "as_received": {"full_name": "Nguyễn Văn Thử"}}]}


@pytest.fixture
async def world(issuer: Issuing, tmp_path: Path, stack: AsyncExitStack) -> AsyncIterator[Harness]:
    clock, draw = TickingClock(), CountedIds("signed-in")
    product = Embedded(Settings(data_dir=tmp_path, issuer=issuer.address), clock=clock, draw=draw, loops=False)
    await stack.enter_async_context(product.lifespan())
    yield harness_of(product.apps.values(), product, product.bus, clock, draw)


async def ask(world: Harness, path: str, token: str, **headers: str) -> httpx.Response:
    async with world.client() as client:
        return await client.get(path, headers={"authorization": f"Bearer {token}", **headers})


async def test_whoever_holds_a_token_writes_and_reads_as_whom_it_names(world: Harness, issuer: Issuing) -> None:
    sender = issuer.token(roles=[Role.SENDING_AUTHORITY], organisation=ref("sender"))
    signed = {"authorization": f"Bearer {sender}", "idempotency-key": ref("key")}
    async with world.client() as client:
        told = await client.post("/intake/v1/handovers", headers=signed, json=HANDOVER | LINES)
    assert told.status_code == 201, told.text
    there = f"/intake/v1/handovers/{HANDOVER['ref']}"
    assert (await ask(world, there, sender)).status_code == 200
    other = issuer.token(roles=[Role.SENDING_AUTHORITY], organisation=ref("another"), sub=ref("dara"))
    assert (await ask(world, there, other)).status_code == 404


@pytest.mark.parametrize("service", ["intake", "screening", "referrals", "grants"])
async def test_what_is_not_taken_says_how_to_sign_in(world: Harness, issuer: Issuing, service: str) -> None:
    path, both = f"/{service}/v1/codes", issuer.token(roles=[Role.CASEWORKER, Role.SUPERVISOR])
    for token, headers, expected in (
        (issuer.token(), {}, (200, None, None)),
        (both, {"homeward-role": "SUPERVISOR"}, (200, None, None)),
        ("", {}, (401, "caller_unknown", CHALLENGE)),
        (issuer.token(new_key()), {}, (401, "token_refused", CHALLENGE)),
        (issuer.token(organisation=None), {}, (401, "token_claim", CHALLENGE)),
        (both, {}, (400, "role_unsaid", None)),
        (both, {"homeward-role": "DISBURSER"}, (403, "role_not_held", None)),
        (issuer.token(), {"homeward-purpose": "REPORTING"}, (403, "purpose_not_held", None)),
    ):
        answer = await ask(world, path, token, **headers)
        said = answer.json().get("code") if answer.is_error else None
        assert (answer.status_code, said, answer.headers.get("www-authenticate")) == expected


async def test_the_header_of_the_development_identity_names_nobody(world: Harness) -> None:
    async with world.client() as client:
        answer = await client.get("/intake/v1/codes", headers={"authorization": caller("sok", Role.CASEWORKER)})
    assert (answer.status_code, answer.json()["code"]) == (401, "caller_unknown")


async def test_two_roles_at_once_are_refused(world: Harness, issuer: Issuing) -> None:
    token = issuer.token(roles=[Role.CASEWORKER, Role.SUPERVISOR])
    headers = [("authorization", f"Bearer {token}"), ("homeward-role", "CASEWORKER"), ("homeward-role", "SUPERVISOR")]
    async with world.client() as client:
        answer = await client.get("/intake/v1/codes", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "header_twice")


async def test_an_issuer_that_is_away_is_a_quick_refusal_and_is_found_again(world: Harness, issuer: Issuing) -> None:
    issuer.away = True
    try:
        answer = await ask(world, "/intake/v1/codes", issuer.token())
        assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "issuer_away", "1")
    finally:
        issuer.away = False


@pytest.mark.parametrize(
    "address",
    [
        "http://login.example",
        "ftp://login.example",
        "https://",
        "login.example",
        "https://a:b@c.example",
        "https://c/?a",
    ],
)
def test_an_address_whose_keys_could_be_anybodys_is_no_issuer(address: str) -> None:
    with pytest.raises(ValueError, match="https"):
        Settings(issuer=address)
