"""The OpenAPI file told as it is: every failure is a problem document, not FastAPI's own validation answer."""

from typing import Any

from fastapi import FastAPI

PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "A problem (RFC 9457). `code` is the contract; nothing of the input is echoed.",
    "required": ["type", "title", "status", "code", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "details": {"type": "object"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code"],
                "properties": {"pointer": {"type": "string"}, "code": {"type": "string"}},
            },
        },
        "truncated": {"type": "boolean"},
    },
}
ANSWER = {
    "description": "A problem.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
BEHIND = {
    "description": "The positions asked for that are still missing after the wait. The answer is what is known so far.",
    "schema": {"type": "string"},
}
POSITION = {
    "description": "Where it was written. A read in any service that sends it along waits until that service knows.",
    "schema": {"type": "string"},
}


def _headers(operation: dict[str, Any], method: str) -> None:
    """What an operation that may wait for a position answers beside its body."""
    if any(parameter["name"] == "homeward-position" for parameter in operation.get("parameters", ())):
        found = {"Homeward-Position-Behind": BEHIND}
        for answer in operation["responses"].values():
            answer["headers"] = found if method == "get" else {**found, "Homeward-Position": POSITION}


def install(app: FastAPI) -> None:
    """Replace FastAPI's guess of what failures look like."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            schemas["Problem"] = PROBLEM
            schemas.pop("HTTPValidationError", None)
            schemas.pop("ValidationError", None)
            for path in document["paths"].values():
                for method, operation in path.items():
                    operation["responses"].pop("422", None)
                    operation["responses"]["default"] = dict(ANSWER)
                    _headers(operation, method)
        return document

    app.openapi = openapi  # type: ignore[method-assign]
