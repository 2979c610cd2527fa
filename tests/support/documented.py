"""The ids that each operation of an API document takes: in its address, as filters, and in its body."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Operation:
    """One operation of a document, and the ids that it takes."""

    name: str
    method: str
    path: str
    inside: tuple[str, ...]
    filters: tuple[str, ...]
    body: frozenset[str]


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """All of them, as the document says."""
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            at: dict[str, list[str]] = {"path": [], "query": []}
            for one in said.get("parameters", ()):
                at.setdefault(one["in"], []).append(one["name"])
            filters = tuple(name for name in at["query"] if name.endswith("_ref"))
            form = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            body = frozenset(_refs(document, form, ())) - {"/ref"}
            yield Operation(said["operationId"], method, path, tuple(at["path"]), filters, body)


def _refs(document: Mapping[str, Any], form: Mapping[str, Any], seen: tuple[str, ...], at: str = "") -> Iterator[str]:
    """Where a body has ids."""
    name = str(form.get("$ref", "")).rpartition("/")[2]
    if name and name not in seen:
        yield from _refs(document, document["components"]["schemas"][name], (*seen, name), at)
    for part in (*form.get("anyOf", ()), *form.get("oneOf", ()), *form.get("allOf", ())):
        yield from _refs(document, part, seen, at)
    if "items" in form:
        yield from _refs(document, form["items"], seen, at)
    for field, inner in form.get("properties", {}).items():
        if field == "ref" or field.endswith("_ref"):
            yield f"{at}/{field}"
        else:
            yield from _refs(document, inner, seen, f"{at}/{field}")
