"""The OpenAPI document of a service, complete enough for tools.

FastAPI writes the outline; this completes it: names, examples, refusals, headers, who may ask. That takes a second or
two, so it is done on the first request, in a thread beside the event loop, and then kept as bytes.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from inspect import cleandoc
from sys import modules

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute, iter_route_contexts

from shared.codes import Lists
from shared.web.examples import Examples
from shared.web.held import held_by, unless_held
from shared.web.names import rename
from shared.web.operations import ANSWERED, Json, Route, tell, told
from shared.web.requests import KNOWN
from shared.web.sources import forget, handler_in

PROBLEM: Json = {
    "type": "object",
    "description": "A problem (RFC 9457). `code` is the contract; nothing of the input is echoed.",
    "required": ["type", "title", "status", "code", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "details": {"type": "object"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
        "truncated": {"type": "boolean"},
    },
}
FAULT: Json = {
    "type": "object",
    "description": "One thing in a request that cannot be: where, and why.",
    "required": ["pointer", "code"],
    "properties": {"pointer": {"type": "string"}, "code": {"type": "string"}},
}
SCHEMES = {
    "bearerToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "at+jwt",
        "description": "An access token (RFC 9068) of the OpenID provider that this installation names. It says `sub`, "
        "`organisation`, `roles` and `purposes`.",
    },
    "boundToken": {
        "type": "http",
        "scheme": "DPoP",
        "description": "An access token that is bound to a key of the machine that asks (RFC 9449), as authorities "
        "have. Each request carries a proof of its own in the header `DPoP`; as a plain bearer the token is refused.",
    },
}
LICENCE = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
SERVERS = [{"url": "/", "description": "Wherever this document was read: paths are the same behind every host."}]


def install(app: FastAPI, name: str, *, to_all: bool) -> None:
    """Answer `GET /{name}/openapi.json`, to all or to known callers alone, and let `app.openapi()` be that document."""
    outline = app.openapi

    @cache
    def openapi() -> Json:
        return completed(outline(), app)

    @cache
    def written() -> bytes:
        return json.dumps(app.openapi(), ensure_ascii=False, separators=(",", ":")).encode()

    # No coroutine: it runs on a thread of its own, and nobody else waits.
    @app.get(f"/{name}/openapi.json", include_in_schema=False, dependencies=[] if to_all else [KNOWN])
    def document(request: Request) -> Response:
        content = written()
        return Response(content, headers=unless_held(content, held_by(request)), media_type="application/json")

    app.openapi = openapi  # type: ignore[method-assign]


def completed(document: Json, app: FastAPI) -> Json:
    """FastAPI's outline, completed."""
    components = document["components"]
    for theirs in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(theirs, None)
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    components["schemas"] |= deepcopy({"Problem": PROBLEM, "Fault": FAULT})
    lists: Lists = app.state.lists
    rename(document, lists)
    components["headers"] = told(ANSWERED)
    components["securitySchemes"] = SCHEMES
    document |= {"servers": SERVERS, "security": [{name: []} for name in SCHEMES], "tags": list(_tags(app))}
    document["info"]["license"] = LICENCE
    examples = Examples(components["schemas"], lists)
    for route in _routes(app):
        for method in (method.lower() for method in route.methods or ()):
            operation = document["paths"][route.path_format].get(method)
            if operation is not None:
                tell(operation, Route(method, route.endpoint, route.dependant), examples, app.state.kept.policy)
    forget()
    return document


def _routes(app: FastAPI) -> Iterator[APIRoute]:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and route.include_in_schema:
            yield route


def _tags(app: FastAPI) -> Iterator[dict[str, str]]:
    """The things of a service, each with the first words of its package."""
    told = set[str]()
    for route in _routes(app):
        tag, endpoint = str(route.tags[0]), route.endpoint
        if tag not in told:
            told.add(tag)
            of_a_thing = endpoint.__module__.endswith(".routes")
            described = modules[endpoint.__module__.rpartition(".")[0]] if of_a_thing else handler_in(endpoint)
            yield {"name": tag, "description": cleandoc(described.__doc__ or tag).partition("\n\n")[0]}
