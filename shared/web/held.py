"""Reference data that a caller has already: an ETag of its content, and 304 instead of sending it again (RFC 9110, 13).

A query declares itself so with `shows(..., reference=True)`. It is run, authorised and audited like any other; only its
answer is not sent twice. A thing with a version is none of this: what a reader sees of it may change while it does not.
"""

import hashlib
import re
from collections.abc import Mapping

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel

_TAG = re.compile(r'(?:W/)?("[^"]*")')
KEPT = "private, no-cache"
"""Kept by the caller's own programs alone, and asked about before each use: who may read it is decided here."""


class Held(Exception):
    """The caller has this answer already."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.headers = headers


def unless_held(answer: object, held: str) -> Mapping[str, str]:
    """The headers of an answer. Raises Held where `held`, the If-None-Match of the request, names its ETag."""
    assert isinstance(answer, BaseModel)
    digest = hashlib.sha256(answer.model_dump_json().encode()).hexdigest()
    headers = {"ETag": f'"{digest[:32]}"', "Cache-Control": KEPT}
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
