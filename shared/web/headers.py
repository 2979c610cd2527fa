"""The headers that every answer has, whoever gives it: nobody keeps it, frames it, guesses its kind, or runs it.

An answer that says one of them itself keeps its own: reference data may be kept, the API page runs its two scripts.
"""

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.settings import Settings

Headers = list[tuple[bytes, bytes]]

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""What a browser may load for an answer, run on it, or show it in."""
STRICT: Headers = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", NOTHING.encode()),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]
ONLY_TLS = (b"strict-transport-security", b"max-age=63072000")
"""Said over TLS alone: elsewhere it means nothing (RFC 6797, 7.2)."""

SENT = (
    "Authorization",
    "Content-Type",
    "DPoP",
    "Homeward-Position",
    "Homeward-Purpose",
    "Homeward-Role",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Request-Id",
    "traceparent",
)
"""What a front end of another origin may send."""
TOLD = (
    "DPoP-Nonce",
    "ETag",
    "Homeward-Position",
    "Homeward-Position-Behind",
    "Link",
    "Location",
    "Request-Id",
    "Retry-After",
    "WWW-Authenticate",
)
"""What it may read of an answer."""
ASKED_AGAIN = 600
"""Seconds for which a browser need not ask whether it may."""


def complete(headers: Headers, *, tls: bool = False) -> Headers:
    """These headers, and every strict one that is not among them."""
    there = {name for name, _ in headers}
    wanted = [*STRICT, ONLY_TLS] if tls else STRICT
    return [*headers, *(pair for pair in wanted if pair[0] not in there)]


class Outermost:
    """Around everything that one address answers. Origins that are not named are told nothing (Fetch, CORS)."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        origins, self._tls = settings.origins, settings.tls_in_front
        self._app = (
            CORSMiddleware(
                app,
                allow_origins=origins,
                allow_methods=("GET", "HEAD", "POST"),
                allow_headers=SENT,
                expose_headers=TOLD,
                max_age=ASKED_AGAIN,
            )
            if origins
            else app
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tls = self._tls or scope.get("scheme") == "https"

        async def strict(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": complete(list(message.get("headers", ())), tls=tls)}
            await send(message)

        await self._app(scope, receive, strict)
