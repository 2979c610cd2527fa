"""The real Keycloak: whom it signs in by its own pages is who our services say asks, and nobody else is."""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local import keycloak
from deploy.local.realm import realm_of
from services.hosting.embedded import Embedded
from shared.auth import Purpose, Role
from shared.auth.bearer import Bearer
from shared.auth.issuer import FRESH, SELDOM, Issuer
from shared.auth.tokens import Trust, key_id
from shared.clock import system_clock
from shared.settings import Settings
from shared.testing import ref
from story import signing_in
from story.header import Staff
from story.refusals import Stopped
from story.signing_in import SigningIn
from tests.support.composed import ROOT
from tests.support.factors import WithCode, claims_in, code_of, generator
from tests.support.issuing import Clock
from tests.support.parts import FOLDER, without

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

STORY = ROOT / "examples/long-an-33"
PASSWORD = "one for this test alone"
OFFICER = Staff(key="minh-officer", organisation="x", role=Role.ANALYST)
"""Who they are, Keycloak says, and not who asks for them."""
HANDOVER = {
    "ref": ref("handover"),
    "country": "VN",
    "gate": "BAVET_MOC_BAI",
    "planned_day": "2026-11-05",
    "lines": [{"number": 1, "as_received": {"full_name": "Nguyễn Văn Thử"}}],
}

WITH_GENERATOR = ("nary-night", "bopha-night", "kanha-night")
"""People of one centre who set up a code generator. A code is good once, so each is for one test."""
CENTRE = (*WITH_GENERATOR, "dara-password")
WORDS = {"reason": "IMMINENT_DANGER", "words": "Her aunt says he waits at the school"}


def _account(name: str, generates: bool) -> dict[str, Any]:
    claims = {"organisation": [ref("bavet")], "roles": ["CASEWORKER"], "purposes": ["PROTECTION"]}
    return {
        "username": name,
        "enabled": True,
        "attributes": claims,
        "credentials": [{"type": "password", "value": PASSWORD}, *([generator()] if generates else [])],
        "requiredActions": [],
    }


@pytest.fixture(scope="module")
def provider() -> Iterator[keycloak.Keycloak]:
    """Keycloak with the people of the story, and a second client whose tokens are made out for somebody else."""
    if todo := keycloak.missing():
        without(f"Keycloak: {todo}")
    realm = realm_of(STORY, PASSWORD)
    realm["users"] += [_account(name, name in WITH_GENERATOR) for name in CENTRE]
    ours = realm["clients"][0]
    others = [mapper for mapper in ours["protocolMappers"] if mapper["name"] != "audience"]
    realm["clients"].append(ours | {"clientId": "elsewhere", "protocolMappers": others})
    running = keycloak.Keycloak(Path(tempfile.mkdtemp(dir=os.environ[FOLDER])), realm)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass
class Later:
    """The time of the services, which a test lets pass. Tokens are judged by a clock of their own."""

    by: timedelta = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self.by


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
async def browser(
    provider: keycloak.Keycloak, clock: Clock, later: Later, tmp_path: Path, stack: AsyncExitStack
) -> AsyncIterator[httpx.AsyncClient]:
    """What reaches a product that takes Keycloak's tokens, and everything else over the network."""
    settings = Settings(data_dir=tmp_path, issuer=provider.issuer)
    bearer = Bearer(Issuer(provider.issuer, clock=clock), Trust(provider.issuer, settings.audience))
    product = Embedded(settings, clock=later, loops=False, identify=bearer)
    await stack.enter_async_context(product.lifespan())
    here = {"http://localhost": httpx.ASGITransport(app=product)}
    yield await stack.enter_async_context(httpx.AsyncClient(base_url="http://localhost", mounts=here, timeout=60))


@pytest.fixture
async def administrator(provider: keycloak.Keycloak) -> AsyncIterator[httpx.AsyncClient]:
    """What an administrator's console says to Keycloak."""
    form = {"grant_type": "password", "client_id": "admin-cli", "username": keycloak.ADMINISTRATOR}
    async with httpx.AsyncClient(base_url=f"{provider.base}/admin/realms/homeward/", timeout=60) as client:
        asked = form | {"password": provider.administrator}
        answer = await client.post(f"{provider.base}/realms/master/protocol/openid-connect/token", data=asked)
        client.headers["authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
        yield client


async def token(browser: httpx.AsyncClient, who: Staff = OFFICER, password: str = PASSWORD) -> str:
    """A new token of theirs, got by signing in. Raises Stopped."""
    return await SigningIn(browser, password).token(who)


async def shown(browser: httpx.AsyncClient) -> dict[str, str]:
    """A header that shows a new token of the officer's."""
    return {"authorization": f"Bearer {await token(browser)}"}


async def answered(browser: httpx.AsyncClient, headers: dict[str, str]) -> tuple[int, Any]:
    answer = await browser.get("/intake/v1/codes", headers=headers)
    return answer.status_code, answer.json().get("code") if answer.is_error else None


async def test_who_signs_in_there_asks_here_in_their_role_and_for_their_purpose(browser: httpx.AsyncClient) -> None:
    officer = await shown(browser)
    told = await browser.post("/intake/v1/handovers", headers=officer | {"idempotency-key": ref("key")}, json=HANDOVER)
    assert told.status_code == 201, told.text
    assert (await browser.get(f"/intake/v1/handovers/{HANDOVER['ref']}", headers=officer)).status_code == 200
    for header, held, not_held in (
        ("homeward-role", Role.SENDING_AUTHORITY, Role.SUPERVISOR),
        ("homeward-purpose", Purpose.REPATRIATION, Purpose.GRANTS),
    ):
        assert await answered(browser, officer | {header: held}) == (200, None)
        assert await answered(browser, officer | {header: not_held}) == (403, f"{header.partition('-')[2]}_not_held")


async def test_a_token_made_out_for_another_application_is_refused(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "CLIENT", "elsewhere")
    assert await answered(browser, await shown(browser)) == (401, "token_claim")


async def test_a_new_key_is_followed_and_one_that_was_taken_away_opens_nothing(
    browser: httpx.AsyncClient, administrator: httpx.AsyncClient, clock: Clock
) -> None:
    old, never_shown = await shown(browser), await shown(browser)
    assert await answered(browser, old) == (200, None)
    kind = {"type": "org.keycloak.keys.KeyProvider", "name": "signs-tokens"}
    signing = (await administrator.get("components", params=kind)).json()[0]
    newer = {name: signing[name] for name in ("providerId", "providerType", "parentId")}
    newer |= {"name": "signs-tokens-now", "config": signing["config"] | {"priority": ["200"]}}
    (await administrator.post("components", json=newer)).raise_for_status()
    clock.now += SELDOM + 1
    assert key_id(await token(browser)) != key_id(old["authorization"].partition(" ")[2])
    assert await answered(browser, await shown(browser)) == (200, None)
    assert await answered(browser, old) == (200, None), "what it signed before lives to its end"
    (await administrator.delete(f"components/{signing['id']}")).raise_for_status()
    clock.now += FRESH + 1
    assert await answered(browser, await shown(browser)) == (200, None)
    assert await answered(browser, never_shown) == (401, "token_refused")


async def test_whoever_has_no_second_factor_yet_gets_no_token(
    browser: httpx.AsyncClient, administrator: httpx.AsyncClient
) -> None:
    """An account as an administrator makes it for a real person."""
    claims = {"organisation": [ref("bavet")], "roles": ["CASEWORKER"], "purposes": ["PROTECTION"]}
    account = {
        "username": "dara",
        "enabled": True,
        "attributes": claims,
        "credentials": [{"type": "password", "value": PASSWORD}],
    }
    (await administrator.post("users", json=account)).raise_for_status()
    made = (await administrator.get("users", params={"username": "dara", "exact": True})).json()[0]
    assert {"CONFIGURE_TOTP", "webauthn-register-passwordless"} <= set(made["requiredActions"])
    dara = Staff(key="dara", organisation="bavet", role=Role.CASEWORKER)
    with pytest.raises(Stopped):
        await token(browser, dara)
    (await administrator.put(f"users/{made['id']}", json=made | {"requiredActions": []})).raise_for_status()
    assert await token(browser, dara), "only that stood between"
    made_up = account | {"username": "sok", "attributes": claims | {"roles": ["GOD"]}}
    assert (await administrator.post("users", json=made_up)).status_code == 400, "only roles that there are"


async def test_whoever_guesses_passwords_is_locked_out(browser: httpx.AsyncClient) -> None:
    guessed = Staff(key="rith-decider", organisation="x", role=Role.ANALYST)
    assert await token(browser, guessed)
    for _ in range(5):
        with pytest.raises(Stopped):
            await token(browser, guessed, "a wrong one, again")
    with pytest.raises(Stopped):
        await token(browser, guessed)


def _centre(name: str) -> Staff:
    return Staff(key=name, organisation="bavet", role=Role.CASEWORKER)


async def _case(browser: httpx.AsyncClient, token: str) -> str:
    """A case that the centre opened."""
    names = [{"full_name": "Sok Thử", "script": "LATIN", "order": "FAMILY_FIRST"}]
    person = {"ref": ref("person"), "identity": {"names": names}}
    case = {"ref": ref("case"), "person_ref": ref("person"), "country": "VN"}
    for path, body in (("persons", person), ("cases", case)):
        (await _posted(browser, token, path, body)).raise_for_status()
    return case["ref"]


async def _posted(browser: httpx.AsyncClient, token: str, path: str, body: dict[str, Any]) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}", "idempotency-key": ref(f"{path} {body['ref']}")}
    return await browser.post(f"/intake/v1/{path}", headers=headers, json=body)


async def _breaks(browser: httpx.AsyncClient, token: str, case: str, name: str) -> tuple[int, str | None]:
    """What somebody who breaks the glass of a case is answered."""
    answer = await _posted(browser, token, f"cases/{case}/break-glass", WORDS | {"ref": ref(name)})
    return answer.status_code, answer.json().get("code")


async def test_whoever_shows_a_code_breaks_the_glass_within_ten_minutes_and_nobody_by_a_password_alone(
    browser: httpx.AsyncClient, later: Later
) -> None:
    alone = await token(browser, _centre("dara-password"))
    assert claims_in(alone)["acr"] == "aal1"
    case = await _case(browser, alone)
    assert await _breaks(browser, alone, case, "one") == (403, "second_factor_missing")
    coded = await WithCode(browser, PASSWORD).token(_centre("nary-night"))
    said = claims_in(coded)
    assert said["acr"] == "aal2"
    assert 0 <= time.time() - said["auth_time"] < 60
    assert await _breaks(browser, coded, case, "two") == (201, None)
    later.by = timedelta(minutes=10, seconds=1)
    assert await _breaks(browser, coded, case, "three") == (403, "second_factor_too_old")


async def test_no_level_that_is_asked_for_saves_whoever_has_a_generator_the_code(browser: httpx.AsyncClient) -> None:
    for asked in ({}, {"acr_values": "aal1"}, {"acr_values": "0"}, {"acr_values": "phr"}):
        with pytest.raises(Stopped):
            await WithCode(browser, PASSWORD, secret="", **asked).token(_centre("bopha-night"))
    low = await WithCode(browser, PASSWORD, acr_values="aal1").token(_centre("bopha-night"))
    assert claims_in(low)["acr"] == "aal1", "and who asks for the lower level has that"


@pytest.mark.parametrize("asked", ["aal2", "phr"])
async def test_no_level_that_is_asked_for_is_had_by_a_password(browser: httpx.AsyncClient, asked: str) -> None:
    higher = await WithCode(browser, PASSWORD, acr_values=asked).token(_centre("dara-password"))
    assert claims_in(higher)["acr"] == "aal1"


async def test_a_token_that_is_renewed_says_when_the_code_was_shown(browser: httpx.AsyncClient) -> None:
    signing = WithCode(browser, PASSWORD)
    first = await signing.answer(_centre("kanha-night"))
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], "client_id": signing_in.CLIENT}
    address = (await signing.described())["token_endpoint"]
    await asyncio.sleep(1.1)  # a token says whole seconds
    renewed = (await browser.post(address, data=form)).raise_for_status().json()
    before, after = claims_in(first["access_token"]), claims_in(renewed["access_token"])
    assert after["iat"] > before["iat"]
    assert {name: after[name] for name in ("acr", "auth_time")} == {name: before[name] for name in ("acr", "auth_time")}


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, the last six digits."""
    for at, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert code_of("12345678901234567890", at) == code
