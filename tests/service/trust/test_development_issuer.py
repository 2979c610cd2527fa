"""The development issuer, as a client meets it: discovery, keys, code with PKCE; and nobody whom it does not know."""

import json
import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from typer.testing import CliRunner

from services.__main__ import app
from services.hosting.embedded import Embedded
from services.issuing.kept import FILE
from services.issuing.people import people_in
from shared.hosting import NotStarted
from shared.settings import Settings
from story.desk import Desk
from story.scenario import load
from tests.support.played import STORY
from tests.unit.issuing.test_codes import CHALLENGE, VERIFIER

BACK = "http://127.0.0.1/signed-in"
ASKED = {
    "response_type": "code",
    "client_id": "homeward",
    "redirect_uri": BACK,
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
    "login_hint": "thary-transit",
    "state": "as sent",
}
TAKEN = {"grant_type": "authorization_code", "client_id": "homeward", "redirect_uri": BACK, "code_verifier": VERIFIER}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
async def product(settings: Settings, stack: AsyncExitStack) -> Embedded:
    whole = Embedded(settings, loops=False, people=people_in(STORY))
    await stack.enter_async_context(whole.lifespan())
    return whole


@pytest.fixture
async def client(product: Embedded) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=product)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8470") as client:
        yield client


async def code(client: httpx.AsyncClient, **other: str) -> str:
    answer = await client.get("/issuer/authorize", params=ASKED | other)
    assert answer.status_code == 303, answer.text
    back = urlsplit(answer.headers["location"])
    said = parse_qs(back.query)
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    assert (said["state"], said["iss"]) == (["as sent"], ["http://127.0.0.1:8470/issuer"])
    return said["code"][0]


async def test_the_product_says_where_to_sign_in_and_the_issuer_describes_itself(client: httpx.AsyncClient) -> None:
    named = (await client.get("/.well-known/oauth-protected-resource")).json()["authorization_servers"]
    assert named == ["http://127.0.0.1:8470/issuer"]
    said = (await client.get(f"{named[0]}/.well-known/openid-configuration")).json()
    assert said["issuer"] == named[0]
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        assert said[name].startswith(f"{named[0]}/")
    assert said["code_challenge_methods_supported"] == ["S256"]


async def test_a_token_says_who_somebody_is_and_is_signed_by_the_key_that_stands_there(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post("/issuer/token", data=TAKEN | {"code": await code(client)})
    assert answer.headers["cache-control"] == "no-store"
    keys = (await client.get("/issuer/keys")).json()
    assert all("d" not in key for key in keys["keys"]), "a private key is shown"
    token = jwt.decode(answer.json()["access_token"], KeySet.import_key_set(keys), algorithms=["ES256"])
    story = load(STORY)
    thary = story.staff["thary-transit"]
    assert token.header["typ"] == "at+jwt"
    assert (token.claims["sub"], token.claims["organisation"]) == (
        Desk.staff(thary.key),
        Desk.organisation(thary.organisation),
    )
    assert (token.claims["roles"], token.claims["purposes"]) == ([thary.role], [thary.purpose])
    assert (token.claims["acr"], token.claims["auth_time"]) == ("aal2", token.claims["iat"])
    assert token.claims["exp"] - token.claims["iat"] == answer.json()["expires_in"] == 300
    shown = {"authorization": f"Bearer {answer.json()['access_token']}"}
    assert (await client.get("/intake/v1/handovers", headers=shown)).status_code in {200, 403, 404}
    assert (await client.get("/intake/v1/handovers", headers={"authorization": "Bearer x"})).status_code == 401


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({"redirect_uri": "https://elsewhere.example/"}, 400),
        ({"redirect_uri": "http://127.0.0.1.elsewhere.example/"}, 400),
        ({"redirect_uri": f"{BACK}#part"}, 400),
        ({"redirect_uri": ""}, 400),
        ({"client_id": "another"}, 400),
        ({"response_type": "token"}, 303),
        ({"code_challenge_method": "plain"}, 303),
        ({"code_challenge_method": ""}, 303),
        ({"code_challenge": ""}, 303),
    ],
)
async def test_nobody_is_sent_anywhere_else_and_nobody_signs_in_without_a_proof(
    client: httpx.AsyncClient, other: dict[str, str], status: int
) -> None:
    answer = await client.get("/issuer/authorize", params=ASKED | other)
    assert answer.status_code == status
    assert "code=" not in answer.headers.get("location", "")


@pytest.mark.parametrize(
    "other",
    [
        {"code": "x"},
        {"code": ""},
        {"grant_type": "password"},
        {"grant_type": ""},
        {"code_verifier": "w" * 43},
        {"client_id": "another"},
        {"redirect_uri": f"{BACK}/"},
        {"padding": "x" * 10_000},
    ],
)
async def test_no_token_for_anything_else(client: httpx.AsyncClient, other: dict[str, str]) -> None:
    answer = await client.post("/issuer/token", data=TAKEN | {"code": await code(client)} | other)
    assert (answer.status_code, "access_token" in answer.text) == (400, False)
    assert set(answer.json()) == {"error"}


async def test_without_a_name_a_page_asks_whom_one_plays(client: httpx.AsyncClient) -> None:
    page = await client.get("/issuer/authorize", params=ASKED | {"login_hint": "", "state": '"><script>'})
    assert (page.status_code, "PRACTICE ONLY" in page.text) == (200, True)
    assert all(f"login_hint={key}" in page.text for key in people_in(STORY))
    assert "<script" not in page.text


async def test_the_key_is_the_owner_s_alone_and_stays(product: Embedded, settings: Settings) -> None:
    file = settings.data_dir / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    key = json.loads(file.read_text())["key"]
    assert product.issuer is not None
    assert (await product.issuer.key(key["kid"])).as_dict(private=True) == key


@pytest.mark.parametrize("host", ["10.0.0.5", "0.0.0.0"])  # noqa: S104 -- to be refused
def test_it_is_on_loopback_alone(tmp_path: Path, host: str) -> None:
    with pytest.raises(NotStarted, match="HOMEWARD_ISSUER"):
        Embedded(Settings(data_dir=tmp_path / "data", host=host, network="private"))


async def test_the_command_prints_a_token_that_the_product_takes(client: httpx.AsyncClient, settings: Settings) -> None:
    environment = {"HOMEWARD_DATA_DIR": str(settings.data_dir)}
    said = CliRunner().invoke(app, ["token", "--as", "minh-officer"], env=environment)
    assert said.exit_code == 0, said.output
    shown = {"authorization": f"Bearer {said.stdout.splitlines()[-1]}"}
    assert (await client.get("/intake/v1/handovers", headers=shown)).status_code == 200


def test_the_command_knows_nobody_else(settings: Settings) -> None:
    environment = {"HOMEWARD_DATA_DIR": str(settings.data_dir)}
    said = CliRunner().invoke(app, ["token", "--as", "nobody"], env=environment)
    assert said.exit_code == 2, said.output
    assert "token" not in said.stdout
    named = CliRunner().invoke(
        app, ["token", "--as", "x"], env=environment | {"HOMEWARD_ISSUER": "https://login.example"}
    )
    assert named.exit_code == 2
