"""Problem answers (RFC 9457): a stable code, a title in the reader's language, and nothing of the input.

The sentences lie in the `problems.toml` of each service and of this package, one per code; the same code may not say
two things.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from inspect import signature
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.auth.identity import SIGNATURES, ProofRefused
from shared.errors import HomewardError, Invalid, TooMany, Unavailable
from shared.model import Model
from shared.web.refused import entered

LANGUAGES = ("km", "vi", "en")
MEDIA_TYPE = "application/problem+json"
SERVER_ERROR = 500
UNAVAILABLE = 503
MOST_ERRORS = 20
"""Named in one problem; where there are more it says `truncated`."""

Titles = Mapping[str, Mapping[str, str]]


def merged(parts: Iterable[Titles]) -> Titles:
    """The sentences of several files as one table; a code with two different ones is an error."""
    found: dict[str, Mapping[str, str]] = {}
    for part in parts:
        for code, sentence in part.items():
            if found.setdefault(code, sentence) != sentence:
                raise ValueError(f"{code} has two different titles")
    return found


def titles_of(package: str) -> Titles:
    """The sentences of a package, from its `problems.toml`."""
    return tomllib.loads(files(package).joinpath("problems.toml").read_text("utf-8"))


TITLES = titles_of(__package__)
"""What any service may answer. A service adds its own sentences: `app.state.titles` holds both."""


def language_of(header: str | None) -> str:
    """The first of km, vi, en that Accept-Language names; English when it names none."""
    for part in (header or "").lower().split(","):
        tag = part.partition(";")[0].strip().partition("-")[0]
        if tag in LANGUAGES:
            return tag
    return "en"


def title(code: str, status: int, language: str, titles: Titles = TITLES) -> str:
    """The sentence for a code; a plain one for an answer of the framework that we never foresaw."""
    return titles.get(code, TITLES["internal" if status >= SERVER_ERROR else "http_400"])[language]


def _titles(request: Request) -> Titles:
    """The sentences of the service that answers; the shared ones where no service was reached."""
    app = request.scope.get("app")
    titles: Titles = getattr(getattr(app, "state", None), "titles", TITLES)
    return titles


_ALGS = f'algs="{" ".join(SIGNATURES)}"'
_HEADERS: Mapping[int | str, Mapping[str, str]] = {
    401: {"WWW-Authenticate": f"Bearer, DPoP {_ALGS}"},
    ProofRefused.code: {"WWW-Authenticate": f'DPoP error="invalid_dpop_proof", {_ALGS}'},
    UNAVAILABLE: {"Retry-After": "1"},
}
"""What goes with an answer of this status, or of this code (RFC 6750, RFC 9449, RFC 9110)."""


def problem(request: Request, status: int, code: str, **extra: object) -> JSONResponse:
    """One problem answer."""
    body = {
        "type": f"urn:homeward:problem:{code}",
        "title": title(code, status, language_of(request.headers.get("accept-language")), _titles(request)),
        "status": status,
        "code": code,
        "request_id": request.scope.get("request_id", ""),
    }
    kept = {name: value for name, value in extra.items() if value is not None}
    headers = _HEADERS.get(code, _HEADERS.get(status))
    return JSONResponse(body | kept, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def refusal_of(request: Request, error: HomewardError) -> JSONResponse:
    """The answer to an error of ours; to one that is over with time, with the seconds until then."""
    answer = problem(request, error.status, error.code, details=error.details or None)
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def install(app: FastAPI) -> None:
    """Answer every kind of failure with a problem."""
    declared = _declared_names(app)

    @app.exception_handler(HomewardError)
    async def _ours(request: Request, error: HomewardError) -> JSONResponse:
        if isinstance(error, TooMany):
            app.state.limits.refused[error.bound] += 1
        return refusal_of(request, await entered(request, error))

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        found = error.errors()
        errors = [{"pointer": _pointer(e["loc"], declared()), "code": e["type"]} for e in found[:MOST_ERRORS]]
        if isinstance(away := await entered(request, Invalid()), Unavailable):
            return refusal_of(request, away)
        return problem(request, 422, "invalid", errors=errors, truncated=len(found) > MOST_ERRORS or None)

    @app.exception_handler(HTTPException)
    async def _plain(request: Request, error: HTTPException) -> JSONResponse:
        answer = problem(request, error.status_code, f"http_{error.status_code}")
        answer.headers.update(error.headers or {})
        if answer.headers.get("allow") == "GET":
            answer.headers["allow"] = "GET, HEAD"
        return answer

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, _error: Exception) -> JSONResponse:
        return problem(request, 500, "internal")


def _pointer(loc: tuple[Any, ...], declared: frozenset[str]) -> str:
    """Where the fault is. A key the caller made up is shown as `?`: even names of fields can be private."""
    parts = [str(part) if isinstance(part, int) or part in declared else "?" for part in loc]
    return "/" + "/".join(parts)


def _declared_names(app: FastAPI) -> Callable[[], frozenset[str]]:
    @cache
    def names() -> frozenset[str]:
        found = {"body", "query", "path", "header", "limit", "cursor"}
        for route in app.routes:
            found.update(signature(getattr(route, "endpoint", names)).parameters)
        return frozenset(found | _fields_of(Model))

    return names


def _fields_of(model: type[Model]) -> set[str]:
    """The field names of a model and of all that derive from it: names from our code, never from a caller."""
    return set(model.model_fields).union(*(_fields_of(derived) for derived in model.__subclasses__()))
