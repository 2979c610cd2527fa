"""Proofs of a key: the examples of RFC 9449, what an address is compared by, and what is good once."""

import time
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from shared.auth import Role
from shared.auth.dpop import AGE, FORMS, KEPT, hash_of, plain, proof_of
from shared.auth.identity import SIGNATURES, Asking, ProofRefused, TokenRefused
from shared.auth.tokens import LEEWAY
from shared.errors import HomewardError
from tests.support.issuing import Clock, Issuing, at_hand
from tests.support.proving import ADDRESS, Machine, Remembering, asked_with

THEIRS = (
    "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJo"
    "RjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19."
)
THUMBPRINT = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
"""RFC 9449, 4.1 and 6.1: the key of its examples."""
AT_THE_ISSUER = THEIRS + (
    "eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0"
    "IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
)
AT_A_RESOURCE = THEIRS + (
    "eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRy"
    "ZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9."
    "2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
)
TOKEN = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"


def test_the_examples_of_the_standard() -> None:
    issuer, resource = "https://server.example.com/token", "https://resource.example.org/protectedresource"
    one = proof_of(Asking({}, "POST", issuer, (AT_THE_ISSUER,)), 1562262616)
    two = proof_of(Asking({}, "GET", f"{resource}?page=2", (AT_A_RESOURCE,)), 1562262618, TOKEN)
    assert one.thumbprint == two.thumbprint == THUMBPRINT
    assert one.digest != two.digest
    assert hash_of(TOKEN) == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"
    for method, address, token in (("POST", resource, TOKEN), ("GET", issuer, TOKEN), ("GET", resource, TOKEN[:-1])):
        with pytest.raises(ProofRefused):
            proof_of(Asking({}, method, address, (AT_A_RESOURCE,)), 1562262618, token)


def test_thumbprints_are_those_of_the_standards() -> None:
    """RFC 8037, A.3; the others by what they say of themselves besides, which does not count."""
    known: dict[str, str | list[str]] = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }
    assert OKPKey.import_key(known).thumbprint() == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    for machine in machines():
        said = machine.key.as_dict(private=False) | {"kid": "mine", "use": "sig", "alg": "none", "x5u": "https://x"}
        asking = asked_with(TOKEN, machine.proof(TOKEN, header={"jwk": said, "kid": "mine"}))
        assert proof_of(asking, time.time(), TOKEN).thumbprint == machine.thumbprint


def machines() -> list[Machine]:
    return [Machine(), Machine(RSAKey.generate_key(2048), "PS256"), Machine(OKPKey.generate_key("Ed25519"), "Ed25519")]


def test_every_signature_that_is_announced_is_taken() -> None:
    assert tuple(FORMS) == SIGNATURES == tuple(machine.algorithm for machine in machines())


def test_addresses_are_compared_as_they_are_meant() -> None:
    there = plain("https://homeward.example/intake/v1/codes")
    for same in (
        "HTTPS://Homeward.EXAMPLE:443/intake/v1/codes",
        "https://homeward.example/intake/v1/codes?limit=5#end",
        "https://homeward.example/%69ntake/v1/c%6Fdes",
    ):
        assert plain(same) == there
    for other in (
        "http://homeward.example/intake/v1/codes",
        "https://homeward.example:8443/intake/v1/codes",
        "https://homeward.example.elsewhere/intake/v1/codes",
        "https://homeward.example/intake/v1/codes/",
        "https://homeward.example/intake/v1/Codes",
        "https://homeward.example/intake%2Fv1/codes",
        "https://homeward.example/grants/../intake/v1/codes",
    ):
        assert plain(other) != there
    assert plain("http://homeward.example") == plain("http://homeward.example:80/")
    assert plain("https://x/%e1%9e%80") == plain("https://x/%E1%9E%80")
    for none in (
        "",
        "/intake",
        "homeward.example/intake",
        "ftp://x/",
        "https://a@x/",
        "https://x:99999/",
        "https://[x/",
    ):
        with pytest.raises(ValueError, match=r"address|Port|IPv6"):
            plain(none)


async def test_who_proves_to_have_the_key_is_whom_the_token_names(issuer: Issuing) -> None:
    machine, used, one = Machine(), Remembering(), at_hand(issuer)
    token = issuer.token(cnf={"jkt": machine.thumbprint})
    for _ in range(2):  # The second time the token is remembered; its proof must be another all the same.
        caller = await one(asked_with(token, machine.proof(token), used=used))
        assert caller.role is Role.CASEWORKER
    assert len(used.shown) == 2


async def test_a_proof_is_good_once_however_it_is_written(issuer: Issuing) -> None:
    machine, used, one = Machine(), Remembering(), at_hand(issuer)
    token = issuer.token(cnf={"jkt": machine.thumbprint})
    again: dict[str, Any] = {"jti": "the same", "iat": int(time.time())}
    await one(asked_with(token, machine.proof(token, **again), used=used))
    for header, claims in (({}, {}), ({"typ": "DPoP+JWT"}, {}), ({"kid": "other"}, {"iat": again["iat"] - 1})):
        with pytest.raises(ProofRefused):
            await one(asked_with(token, machine.proof(token, header=header, **(again | claims)), used=used))
    # Another machine may say the same word.
    other = Machine()
    bound = issuer.token(cnf={"jkt": other.thumbprint})
    await one(asked_with(bound, other.proof(bound, **again), used=used))


async def test_what_was_refused_for_another_reason_is_not_used(issuer: Issuing) -> None:
    machine, used, one = Machine(), Remembering(), at_hand(issuer)
    token = issuer.token(cnf={"jkt": machine.thumbprint})
    proof = machine.proof(token)
    with pytest.raises(ProofRefused):
        await one(asked_with(token, proof, method="POST", used=used))
    await one(asked_with(token, proof, used=used))


async def test_a_proof_is_good_for_a_minute_and_remembered_for_longer(issuer: Issuing) -> None:
    clock, machine, used = Clock(), Machine(), Remembering()
    one, made = at_hand(issuer, clock), int(clock.now)
    token = issuer.token(cnf={"jkt": machine.thumbprint}, iat=made - 60, exp=made + 300)
    for offset, good in ((-LEEWAY - 2, False), (-LEEWAY + 2, True), (AGE - 2, True), (AGE + 2, False)):
        clock.now = made + offset
        asking = asked_with(token, machine.proof(token, iat=made), used=used)
        if good:
            await one(asking)
        else:
            with pytest.raises(ProofRefused):
                await one(asking)
    assert KEPT.total_seconds() > 2 * (AGE + LEEWAY)


@pytest.mark.parametrize(
    ("scheme", "said", "code"),
    [
        ("Bearer", {"cnf": {"jkt": THUMBPRINT}}, "token_bound"),
        ("Bearer", {"cnf": {"x5t#S256": THUMBPRINT}}, "token_bound"),
        ("Bearer", {"cnf": "x"}, "token_bound"),
        ("DPoP", {}, "token_claim"),
        ("DPoP", {"cnf": {"x5t#S256": THUMBPRINT}}, "token_claim"),
        ("DPoP", {"cnf": {"jkt": 7}}, "token_claim"),
        ("DPoP", {"cnf": {"jkt": ""}}, "token_claim"),
        ("DPoP", {"cnf": [THUMBPRINT]}, "token_claim"),
    ],
)
async def test_a_token_is_shown_as_what_it_is(issuer: Issuing, scheme: str, said: dict[str, Any], code: str) -> None:
    machine, token = Machine(), issuer.token(**said)
    headers = {"authorization": f"{scheme} {token}"}
    with pytest.raises(TokenRefused) as refused:
        await at_hand(issuer)(Asking(headers, "GET", ADDRESS, (machine.proof(token),), Remembering()))
    assert refused.value.code == code


async def test_where_nothing_is_remembered_no_proof_is_good(issuer: Issuing) -> None:
    machine = Machine()
    token = issuer.token(cnf={"jkt": machine.thumbprint})
    with pytest.raises(HomewardError) as refused:
        await at_hand(issuer)(asked_with(token, machine.proof(token)))
    assert refused.value.code == "dpop_proof_refused"


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_key_that_anybody_could_break_or_that_signs_otherwise_proves_nothing() -> None:
    """Each proof is good but for its key, which is the one that the token is bound to."""
    for key, algorithm in ((RSAKey.generate_key(1024), "PS256"), (ECKey.generate_key("P-384"), "ES256")):
        machine = Machine(key, algorithm)
        with pytest.raises(ProofRefused):
            proof_of(asked_with(TOKEN, machine.proof(TOKEN)), time.time(), TOKEN)
