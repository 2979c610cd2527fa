"""The keys of an issuer: asked for politely, used while it is away, never taken from where they could be anybody's."""

import base64
import json

import pytest
from joserfc.jwk import OctKey

from shared.auth import Role
from shared.auth.bearer import of
from shared.auth.identity import TokenRefused
from shared.auth.issuer import FRESH, OLDEST, SELDOM, Issuer, IssuerAway
from shared.testing import ref
from tests.support.issuing import AUDIENCE, Clock, Issuing, bearer, new_key, shown


def weak_rsa() -> bytes:
    """A key set whose only key is half as long as it must be."""
    modulus = base64.urlsafe_b64encode((1 << 1023 | 1).to_bytes(128, "big")).rstrip(b"=").decode()
    return json.dumps({"keys": [{"kty": "RSA", "kid": "one", "n": modulus, "e": "AQAB"}]}).encode()


async def test_keys_are_asked_for_once_and_a_new_one_is_found(issuer: Issuing) -> None:
    clock = Clock()
    one = bearer(issuer, clock)
    for number in range(5):
        await one(shown(issuer.token(jti=ref(str(number)))))
    assert issuer.asked.count("/keys") == 1
    issuer.keys.append(new_key("two"))
    clock.now += SELDOM + 1
    assert (await one(shown(issuer.token(issuer.keys[1])))).role is Role.CASEWORKER
    assert issuer.asked.count("/keys") == 2


async def test_an_issuer_is_asked_under_an_inner_name_and_must_still_be_itself(issuer: Issuing) -> None:
    named = "https://login.example/realms/homeward"
    described = {"issuer": named, "jwks_uri": f"{issuer.address}/keys"}
    inside = Issuer(named, at=issuer.address)
    issuer.instead["/.well-known/openid-configuration"] = json.dumps(described).encode()
    assert (await inside.key("one")).kid == "one"
    issuer.instead["/.well-known/openid-configuration"] = json.dumps(described | {"issuer": issuer.address}).encode()
    with pytest.raises(IssuerAway):
        await Issuer(named, at=issuer.address).key("one")


async def test_keys_are_asked_for_again_so_that_one_taken_back_opens_nothing(issuer: Issuing) -> None:
    clock = Clock()
    one, old = bearer(issuer, clock), issuer.keys[0]
    await one(shown(issuer.token()))
    issuer.keys = [new_key("two")]
    clock.now += FRESH + 1
    with pytest.raises(TokenRefused):
        await one(shown(issuer.token(old, iat=int(clock.now), exp=int(clock.now) + 300)))


async def test_an_issuer_whose_own_name_ends_in_a_slash_is_accepted_under_exactly_that_name(issuer: Issuing) -> None:
    plain = issuer.address
    issuer.address = f"{plain}/realm/"
    said = {"issuer": issuer.address, "jwks_uri": f"{plain}/keys"}
    issuer.instead = {"/realm/.well-known/openid-configuration": json.dumps(said).encode()}
    one = of(issuer.address, AUDIENCE)
    assert (await one(shown(issuer.token()))).role is Role.CASEWORKER
    with pytest.raises(TokenRefused):
        await one(shown(issuer.token(iss=f"{plain}/realm")))
    assert issuer.asked == ["/realm/.well-known/openid-configuration", "/keys"]
    with pytest.raises(IssuerAway):
        await of(f"{plain}/realm", AUDIENCE)(shown(issuer.token(iss=f"{plain}/realm")))


async def test_tokens_with_unknown_keys_flood_no_issuer(issuer: Issuing) -> None:
    one = bearer(issuer)
    await one(shown(issuer.token()))
    for number in range(20):
        with pytest.raises(TokenRefused):
            await one(shown(issuer.token(new_key(f"unknown {number}"))))
    assert issuer.asked.count("/keys") == 1


async def test_while_the_issuer_is_away_known_keys_go_on_for_an_hour(issuer: Issuing) -> None:
    clock = Clock()
    one = bearer(issuer, clock)
    await one(shown(issuer.token()))
    issuer.away = True
    clock.now += FRESH + 1
    living = issuer.token(iat=int(clock.now), exp=int(clock.now) + 300)
    assert (await one(shown(living))).role is Role.CASEWORKER
    clock.now += OLDEST
    later = issuer.token(iat=int(clock.now), exp=int(clock.now) + 300)
    with pytest.raises(IssuerAway):
        await one(shown(later))
    issuer.away = False
    clock.now += 3
    assert (await one(shown(later))).role is Role.CASEWORKER
    assert issuer.asked.count("/keys") == 2


@pytest.mark.filterwarnings("ignore:Key size should be")
@pytest.mark.parametrize(
    "instead",
    [
        {"/keys": b"not JSON"},
        {"/keys": b"{}"},
        {"/keys": b'{"keys": 7}'},
        {"/keys": b"[" * 300_000},
        {"/keys": b"[" * 200_000},
        {"/keys": json.dumps({"keys": [OctKey.generate_key(256).as_dict(kid="one")]}).encode()},
        {"/keys": weak_rsa()},
        {"/keys": json.dumps({"keys": [new_key().as_dict(use="enc", private=False)]}).encode()},
        {"/.well-known/openid-configuration": b'{"issuer": "https://elsewhere.example", "jwks_uri": "x"}'},
        {"/.well-known/openid-configuration": b"[]"},
    ],
)
async def test_keys_that_cannot_be_trusted_open_nothing(issuer: Issuing, instead: dict[str, bytes]) -> None:
    issuer.instead = instead
    with pytest.raises((TokenRefused, IssuerAway)):
        await bearer(issuer)(shown(issuer.token()))
