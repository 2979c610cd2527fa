"""Access tokens: one good one, and every way in which one can be wrong."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from shared.auth import Caller, CallerUnknown, Purpose, Role
from shared.auth.bearer import MOST, REMEMBERED, of
from shared.auth.holder import Holder
from shared.auth.identity import Ambiguous, Asking, NotHeld, TokenRefused
from shared.auth.tokens import LARGEST, LEEWAY, LONGEST
from shared.errors import HomewardError
from shared.testing import ref
from tests.support.issuing import AUDIENCE, Clock, Issuing, bearer, new_key, shown


def segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def made_by_hand(issuer: Issuing, header: dict[str, Any], secret: bytes = b"") -> str:
    """A token whose signature is a digest with this secret, or nothing."""
    signed = f"{segment(header)}.{segment(issuer.claims())}"
    code = hmac.new(secret, signed.encode(), hashlib.sha256).digest() if secret else b""
    return f"{signed}.{base64.urlsafe_b64encode(code).rstrip(b'=').decode()}"


def changed(token: str, part: int, letter: int = 10) -> str:
    parts = token.split(".")
    old = parts[part]
    parts[part] = old[:letter] + ("A" if old[letter] != "A" else "B") + old[letter + 1 :]
    return ".".join(parts)


STRANGER = new_key()
PUBLIC = "one"


def forgeries(issuer: Issuing) -> dict[str, str]:
    """Tokens that the issuer never signed, or not as access tokens: none of them is told why it is refused."""
    good, ours = issuer.token(), issuer.keys[0]
    hs = {"alg": "HS256", "typ": "at+jwt", "kid": PUBLIC}
    return {
        "nothing": "",
        "no token at all": "nonsense",
        "two dots": "..",
        "four parts": f"{good}.AAAA",
        "an encrypted one": ".".join(["e30"] * 5),
        "not ASCII": f"{good}é",
        "alg none": made_by_hand(issuer, {"alg": "none", "typ": "at+jwt", "kid": PUBLIC}),
        "alg nOnE": made_by_hand(issuer, {"alg": "nOnE", "typ": "at+jwt", "kid": PUBLIC}),
        "HMAC with the public key as PEM": made_by_hand(issuer, hs, ours.as_pem(private=False)),
        "HMAC with the public key as JSON": made_by_hand(issuer, hs, json.dumps(ours.as_dict(private=False)).encode()),
        "HMAC with the empty key": made_by_hand(issuer, hs, b"\0"),
        "no signature": ".".join([*good.split(".")[:2], ""]),
        "a signature of noughts": ".".join([*good.split(".")[:2], base64.urlsafe_b64encode(bytes(64)).decode()[:-2]]),
        "another header": changed(good, 0),
        "other claims": changed(good, 1),
        "another signature": changed(good, 2),
        "another's key under our id": issuer.token(STRANGER),
        "a key that nobody knows": issuer.token(new_key("two")),
        "no key id": issuer.token(header={"kid": None}),
        "its own key beside it": issuer.token(STRANGER, {"jwk": STRANGER.as_dict(private=False)}),
        "an address of its key": issuer.token(header={"jku": f"{issuer.address}/keys"}),
        "a certificate beside it": issuer.token(header={"x5c": ["MII="]}),
        "an unknown crit": made_by_hand(
            issuer, {"alg": "ES256", "typ": "at+jwt", "kid": PUBLIC, "crit": ["moon"], "moon": 1}, b"x"
        ),
        "an identity token": issuer.token(header={"typ": "JWT"}),
        "a proof": issuer.token(header={"typ": "dpop+jwt"}),
        "no type": issuer.token(header={"typ": None}),
        "no claims but a list": f"{segment({'alg': 'ES256', 'typ': 'at+jwt', 'kid': PUBLIC})}.{segment([])}.AAAA",
        "nested without end": f"{segment({'alg': 'ES256', 'typ': 'at+jwt', 'kid': PUBLIC})}.{'W1tb' * 1800}.AAAA",
        "larger than any": f"{good}{'A' * LARGEST}",
        "ten million letters": "A" * 10_000_000,
    }


async def test_a_good_token_names_its_caller(issuer: Issuing) -> None:
    expected = Caller(ref("sok"), ref("bavet"), Role.CASEWORKER, Purpose.PROTECTION)
    one = bearer(issuer)
    assert await one(shown(issuer.token())) == expected
    assert await one(shown(issuer.token(aud=["account", AUDIENCE]))) == expected
    assert await one(shown(issuer.token(header={"typ": "application/AT+jwt"}))) == expected
    now = int(time.time())
    assert await one(shown(issuer.token(exp=now + 200, iat=now - 100))) == expected
    uuid = f"{ref('sok')[:8]}-{ref('sok')[8:12]}-{ref('sok')[12:16]}-{ref('sok')[16:20]}-{ref('sok')[20:]}"
    assert await one(shown(issuer.token(sub=uuid))) == expected


FACTORS: dict[str, tuple[dict[str, Any], bool]] = {
    "a level of two factors": ({"acr": "aal2"}, True),
    "a passkey": ({"acr": "phr"}, True),
    "a method of many": ({"amr": ["pwd", "mfa"]}, True),
    "a password": ({"acr": "1", "amr": ["pwd"]}, False),
    "nothing": ({}, False),
    "a level as a list": ({"acr": ["aal2"]}, False),
    "methods as words": ({"amr": "mfa"}, False),
    "two factors, nobody knows when": ({"acr": "aal2", "auth_time": None}, False),
    "at a time in words": ({"acr": "aal2", "auth_time": "now"}, False),
    "at yes": ({"acr": "aal2", "auth_time": True}, False),
    "beyond all time": ({"acr": "aal2", "auth_time": 10**400}, False),
}


@pytest.mark.parametrize("name", FACTORS)
async def test_a_token_says_when_a_second_factor_was_shown_or_none_counts(issuer: Issuing, name: str) -> None:
    claims, shows = FACTORS[name]
    at = int(time.time()) - 60
    found = await bearer(issuer)(shown(issuer.token(**{"auth_time": at, **claims})))
    assert found.factor_at == (datetime.fromtimestamp(at, UTC) if shows else None)


async def test_no_forgery_is_taken_or_told_why(issuer: Issuing) -> None:
    one, said = bearer(issuer), forgeries(issuer)
    for name, token in said.items():
        with pytest.raises(CallerUnknown) as refused:
            await one(shown(token))
        assert (refused.value.code in {"token_refused", "caller_unknown"}, refused.value.details) == (True, {}), name
    assert len(said) >= 25


def moments(**offsets: int) -> Callable[[], dict[str, Any]]:
    """Claims that many seconds from now, whenever that is."""
    return lambda: {name: int(time.time()) + offset for name, offset in offsets.items()}


CLAIMS: dict[str, tuple[dict[str, Any] | Callable[[], dict[str, Any]], str]] = {
    "another issuer": ({"iss": "https://elsewhere.example"}, "iss"),
    "the issuer as a list": ({"iss": ["x"]}, "iss"),
    "for somebody else": ({"aud": "account"}, "aud"),
    "for nobody": ({"aud": None}, "aud"),
    "for a number": ({"aud": 7}, "aud"),
    "without end": ({"exp": None}, "exp"),
    "an end in words": ({"exp": "tomorrow"}, "exp"),
    "an end that is no number": ({"exp": float("nan")}, "exp"),
    "an end beyond all time": ({"exp": 10**400}, "exp"),
    "living too long": (moments(exp=LONGEST + 60), "exp"),
    "from the future": (moments(iat=600, exp=900), "iat"),
    "without a beginning": ({"iat": None}, "iat"),
    "a beginning before all time": ({"iat": -(10**400)}, "exp"),
    "not yet": (moments(nbf=600), "nbf"),
    "of nobody": ({"sub": None}, "sub"),
    "of a name": ({"sub": "Sok Dara"}, "sub"),
    "of a list": ({"sub": [ref("sok")]}, "sub"),
    "of no client": ({"client_id": None}, "client_id"),
    "without an id": ({"jti": None}, "jti"),
    "of no organisation": ({"organisation": None}, "organisation"),
    "of a named organisation": ({"organisation": "bavet"}, "organisation"),
    "without roles": ({"roles": None}, "roles"),
    "a role that is no list": ({"roles": "CASEWORKER"}, "roles"),
    "roles that are no words": ({"roles": [7]}, "roles"),
    "without purposes": ({"purposes": None}, "purposes"),
}


@pytest.mark.parametrize("what", CLAIMS)
async def test_the_issuers_own_token_is_told_which_claim_is_wrong(issuer: Issuing, what: str) -> None:
    said, claim = CLAIMS[what]
    with pytest.raises(TokenRefused) as refused:
        await bearer(issuer)(shown(issuer.token(**(said() if callable(said) else said))))
    assert (refused.value.code, refused.value.details) == ("token_claim", {"claim": claim})


async def test_an_ended_token_is_told_so_and_a_bound_one_is_not_for_the_bearer(issuer: Issuing) -> None:
    for said, code in (
        (moments(exp=-60, iat=-360)(), "token_expired"),
        ({"cnf": {"jkt": "A" * 43}}, "token_bound"),
    ):
        with pytest.raises(TokenRefused) as refused:
            await bearer(issuer)(shown(issuer.token(**said)))
        assert refused.value.code == code


@pytest.mark.parametrize("header", ["", "Bearer", "Basic c29r", "DPoP", "Bearer\tabc", "Token abc"])
async def test_whoever_shows_no_token_is_nobody(issuer: Issuing, header: str) -> None:
    with pytest.raises(CallerUnknown) as unknown:
        await bearer(issuer)(Asking({"authorization": header, "homeward-caller": "staff=sok"}))
    assert unknown.value.code == "caller_unknown"


async def test_one_role_and_one_purpose_are_chosen_among_those_of_the_token(issuer: Issuing) -> None:
    one = bearer(issuer)
    several = issuer.token(
        roles=["CASEWORKER", "SUPERVISOR", "offline_access", "SYSTEM"], purposes=["PROTECTION", "SCREENING"]
    )
    chosen = {"homeward-role": "SUPERVISOR", "homeward-purpose": "SCREENING"}
    caller = await one(shown(several, **chosen))
    assert (caller.role, caller.purpose) == (Role.SUPERVISOR, Purpose.SCREENING)
    refused: list[tuple[dict[str, str], type[HomewardError], str]] = [
        ({"homeward-purpose": "SCREENING"}, Ambiguous, "role_unsaid"),
        ({"homeward-role": "SUPERVISOR"}, Ambiguous, "purpose_unsaid"),
        (chosen | {"homeward-role": "DISBURSER"}, NotHeld, "role_not_held"),
        (chosen | {"homeward-role": "SYSTEM"}, NotHeld, "role_not_held"),
        (chosen | {"homeward-role": ""}, NotHeld, "role_not_held"),
        (chosen | {"homeward-purpose": "REPORTING"}, NotHeld, "purpose_not_held"),
    ]
    for headers, kind, code in refused:
        with pytest.raises(kind) as said:
            await one(shown(several, **headers))
        assert said.value.code == code
    with pytest.raises(Ambiguous):
        await one(shown(issuer.token(roles=["SYSTEM"])))


async def test_a_checked_token_is_remembered_but_never_beyond_its_end(
    issuer: Issuing, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, checked = Clock(), []
    one = bearer(issuer, clock)
    holder = Holder.of

    def counted(claims: Mapping[str, Any]) -> Holder:
        checked.append(claims)
        return holder(claims)

    monkeypatch.setattr(Holder, "of", counted)
    token = issuer.token(exp=int(clock.now) + 30)
    for _ in range(3):
        await one(shown(token))
    assert len(checked) == 1
    clock.now += 31 + LEEWAY
    with pytest.raises(TokenRefused):
        await one(shown(token))
    longer = issuer.token(iat=int(clock.now), exp=int(clock.now) + 300)
    await one(shown(longer))
    clock.now += REMEMBERED + 1
    await one(shown(longer))
    assert len(checked) == 3


async def test_no_more_tokens_are_remembered_than_fit(issuer: Issuing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.auth.bearer.MOST", 3)
    one = bearer(issuer)
    for number in range(5):
        await one(shown(issuer.token(jti=ref(str(number)))))
    assert len(one._known) == 3 < MOST


async def test_other_kinds_of_key_sign_as_well(issuer: Issuing) -> None:
    issuer.keys = [
        ECKey.generate_key("P-384", {"kid": "es"}),
        RSAKey.generate_key(2048, {"kid": "ps"}),
        OKPKey.generate_key("Ed25519", {"kid": "ed"}),
    ]
    one = of(issuer.address, AUDIENCE)
    for key, alg in zip(issuer.keys, ("ES384", "PS256", "Ed25519"), strict=True):
        assert (await one(shown(issuer.token(key, {"alg": alg})))).role is Role.CASEWORKER
