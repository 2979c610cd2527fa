"""The JSON Schema of an event's payload, as it is stored under docs/events/ for everybody who reads the topic.

The schema is open, although our models are closed: a reader ignores fields that it does not know, so a newer producer
may add one. A code is shown by its list, not by its members, because lists grow without a new version of the event.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shared.codes.lists import lookup
from shared.model import Event

DIALECT = "https://json-schema.org/draft/2020-12/schema"
CODE = "^[A-Za-z][A-Za-z0-9_-]{0,39}$"

Schema = dict[str, Any]


def schema_of(event: type[Event]) -> Schema:
    """The schema of one event version: its fields, by shape only. What they mean stands in docs/events.md."""
    made = event.model_json_schema(mode="validation")
    named = made.get("$defs", {})
    return {
        "$schema": DIALECT,
        "title": event.type,
        "type": "object",
        "properties": {name: _plain(part, named) for name, part in made["properties"].items()},
        "required": made["required"],
    }


def code_lists(events: Iterable[type[Event]]) -> Mapping[str, list[str]]:
    """Every code that an event may carry today, by list, both sorted."""
    used = {name for event in events for part in schema_of(event)["properties"].values() for name in _lists(part)}
    return {name: sorted(lookup(name).codes) for name in sorted(used)}


def _plain(part: Schema, named: Mapping[str, Schema]) -> Schema:
    """The same without names for people, without references, and with enums in one order."""
    if "$ref" in part:
        part = {**_closed(named[part["$ref"].rpartition("/")[2]]), **part}
    kept = {key: value for key, value in part.items() if key not in {"$ref", "title", "description"}}
    if "x-code-list" in kept:
        del kept["enum"]
        kept["pattern"] = CODE
    if "enum" in kept:
        kept["enum"] = sorted(kept["enum"])
    if "items" in kept:
        kept["items"] = _plain(kept["items"], named)
    if "anyOf" in kept:
        kept["anyOf"] = [_plain(choice, named) for choice in kept["anyOf"]]
    return kept


def _closed(enum: Schema) -> Schema:
    """An enum is shown by its members, wherever their labels are: a new member is a new version of the event."""
    return {key: value for key, value in enum.items() if key != "x-code-list"}


def _lists(part: Schema) -> Iterator[str]:
    if "x-code-list" in part:
        yield part["x-code-list"]
    for inner in (*part.get("anyOf", ()), part.get("items", {})):
        if inner:
            yield from _lists(inner)
