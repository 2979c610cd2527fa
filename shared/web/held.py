"""Reference data that a caller has already: an ETag of its content, and 304 instead of sending it again (RFC 9110, 13).

A query declares itself so with `shows(..., reference=True)`. It is run, authorised and audited like any other; only its
answer is not sent again. A thing with a version is none of this: what a reader sees of it may change while it does not.
"""

import hashlib
import re
from collections.abc import Mapping

from fastapi import FastAPI, Request, Response

_TAG = re.compile(r'(?:W/)?("[^"]*")')
KEPT = "private, no-cache"
"""Kept by the caller's own programs alone, and asked about before each use: who may read it is decided here."""


class Held(Exception):
    """The caller has this answer already."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.headers = headers


def held_by(request: Request) -> str:
    """What If-None-Match says, in one line or several."""
    return ",".join(request.headers.getlist("if-none-match"))


def unless_held(content: bytes, held: str) -> Mapping[str, str]:
    """The headers of an answer. Raises Held where the caller has it: `held` is what its request says."""
    headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"', "Cache-Control": KEPT}
    if names(held, headers["ETag"]):
        raise Held(headers)
    return headers


def names(held: str, etag: str) -> bool:
    """Whether If-None-Match names that ETag, be it weakly; `*` names any. What cannot be read names nothing."""
    return held.strip() == "*" or etag in _TAG.findall(held)


def install(app: FastAPI) -> None:
    """Answer 304 to who has it already."""

    @app.exception_handler(Held)
    async def _held(_: Request, held: Held) -> Response:
        return Response(status_code=304, headers=held.headers)
