"""The development issuer over HTTP, under `/issuer`: discovery, keys, code with PKCE for people, and for machines
client credentials that a signature proves (`private_key_jwt`), with DPoP."""

import time
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc.jwk import Key, KeySet
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from services.issuing.assertions import Assertions, NotProven, Once
from services.issuing.codes import CHALLENGE, Codes
from services.issuing.kept import kept_issuer
from services.issuing.people import STEWARDS, Person
from services.issuing.signing import CLIENT, LIVES, PREFIX, address_of, signed
from shared.auth.bearer import Bearer
from shared.auth.dpop import fresh, proof_of
from shared.auth.identity import SIGNATURES, Asking, ProofRefused, TokenRefused
from shared.auth.tokens import Trust
from shared.hosting import NotStarted
from shared.production import refuse_practice
from shared.settings import Settings

LARGEST = 8192
"""Bytes of a form."""
NOT_KEPT = {"Cache-Control": "no-store"}


class Issuing:
    """One issuer at one address. It also answers for its own keys, so that nobody asks it over HTTP for them."""

    def __init__(self, settings: Settings, people: Mapping[str, Person]) -> None:
        """Raises Unsafe in production, NotStarted where others than this machine could reach it."""
        refuse_practice(settings, "The development issuer")
        if not _is_here(settings.host):
            raise NotStarted("The development issuer is for this machine alone: HOMEWARD_ISSUER names another.")
        self.address, self.audience = address_of(settings), settings.audience
        self._folder = Path(settings.data_dir)
        stewards = {one.key: one for one in STEWARDS}
        self._kept = kept_issuer(self._folder, {**stewards, **people}, self.address)
        self._codes, self._shown = Codes(), Once()
        self._endpoint = f"{self.address}/token"
        self._assertions = Assertions((self.address, self._endpoint), self._shown)
        self._router = Router(
            [
                Route(f"{PREFIX}/.well-known/openid-configuration", self._described),
                Route(f"{PREFIX}/keys", self._keys),
                Route(f"{PREFIX}/authorize", self._authorize),
                Route(f"{PREFIX}/token", self._token, methods=["POST"]),
            ]
        )

    def identify(self) -> Bearer:
        """Recognises callers by the tokens that it signs."""
        return Bearer(self, Trust(self.address, self.audience))

    async def key(self, name: str) -> Key:
        """The key of this id, as `shared.auth.issuer.Issuer` answers it."""
        if name != self._kept.key.kid:
            raise TokenRefused()
        return self._kept.key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._router(scope, receive, send)

    async def _described(self, _request: Request) -> Response:
        said = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": self._endpoint,
            "jwks_uri": f"{self.address}/keys",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": SIGNATURES,
            "dpop_signing_alg_values_supported": SIGNATURES,
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        }
        return JSONResponse(said)

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse(KeySet([self._kept.key]).as_dict())

    async def _authorize(self, request: Request) -> Response:
        """Sign in as one of the people. `login_hint` chooses at once; without it a page asks whom one plays."""
        asked = request.query_params
        redirect, client = asked.get("redirect_uri", ""), asked.get("client_id", "")
        if client != CLIENT or not _on_this_machine(redirect):
            return _wrong("invalid_request")
        proven = (asked.get("code_challenge_method"), len(asked.get("code_challenge", ""))) == ("S256", CHALLENGE)
        if asked.get("response_type") != "code" or not proven:
            return _back(redirect, {"error": "invalid_request"}, asked.get("state"))
        person = self._kept.people.get(asked.get("login_hint", ""))
        if person is None:
            return HTMLResponse(self._choice(request), headers=NOT_KEPT)
        code = self._codes.give(person, client, redirect, asked.get("code_challenge", ""))
        return _back(redirect, {"code": code, "iss": self.address}, asked.get("state"))

    def _choice(self, request: Request) -> str:
        links = (
            f'<li><a href="?{urlencode({**request.query_params, "login_hint": key})}">{key}</a> {person.role}</li>'
            for key, person in sorted(self._kept.people.items())
        )
        return f"<!doctype html><title>Homeward</title><h1>PRACTICE ONLY</h1><ul>{''.join(links)}</ul>"

    async def _token(self, request: Request) -> Response:
        said = await _form(request)
        match said.get("grant_type"):
            case "authorization_code":
                return self._for_a_person(said)
            case "client_credentials":
                return await self._for_a_machine(said, request.headers.getlist("dpop"))
        return _wrong("unsupported_grant_type")

    def _for_a_person(self, said: Mapping[str, str]) -> Response:
        parts = (said.get(name, "") for name in ("code", "client_id", "redirect_uri", "code_verifier"))
        person = self._codes.take(*parts)
        return _wrong("invalid_grant") if person is None else self._granted(person.signed_in(int(time.time())))

    async def _for_a_machine(self, said: Mapping[str, str], proofs: Sequence[str]) -> Response:
        """A token for a client that proves to be itself; bound to its key where it proves to have one."""
        try:
            # Read anew: an operator may have registered it while we run.
            client = await self._assertions.client(said, kept_issuer(self._folder, {}).clients)
            asking, now = Asking({}, "POST", self._endpoint, proofs, self._shown), time.time()
            proof = proof_of(asking, now) if proofs or client.bound else None
            if proof is not None and not await fresh(asking, proof, now):
                raise ProofRefused()
        except NotProven:
            return _wrong("invalid_client", 401)
        except ProofRefused:
            return _wrong("invalid_dpop_proof")
        return self._granted(client.claims, client.who.key, None if proof is None else proof.thumbprint)

    def _granted(self, who: Mapping[str, Any], client: str = CLIENT, bound: str | None = None) -> Response:
        token = signed(self._kept.key, self.address, self.audience, who, client, bound)
        kind = "Bearer" if bound is None else "DPoP"
        return JSONResponse({"access_token": token, "token_type": kind, "expires_in": LIVES}, headers=NOT_KEPT)


async def _form(request: Request) -> Mapping[str, str]:
    """The fields of a small form; none of one that is too large or cannot be read."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > LARGEST:
            return {}
    try:
        return dict(parse_qsl(content.decode("ascii"), max_num_fields=20))
    except ValueError:
        return {}


def _on_this_machine(redirect: str) -> bool:
    url = urlsplit(redirect)
    return url.scheme == "http" and _is_here(url.hostname or "") and not url.fragment


def _is_here(host: str) -> bool:
    """Whether a host is this machine and cannot be another."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _back(redirect: str, said: Mapping[str, str], state: str | None) -> Response:
    more = said if state is None else {**said, "state": state}
    joint = "&" if urlsplit(redirect).query else "?"
    return RedirectResponse(f"{redirect}{joint}{urlencode(more)}", status_code=303, headers=NOT_KEPT)


def _wrong(code: str, status: int = 400) -> Response:
    """As OAuth tells it (RFC 6749, 5.2)."""
    return JSONResponse({"error": code}, status_code=status, headers=NOT_KEPT)
