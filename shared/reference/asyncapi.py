"""docs/asyncapi.json: the topic as AsyncAPI 3.1 describes it, for tools that read that.

Payloads are not described again: each message points to the schema that is kept under docs/events/, so the two cannot
differ. A service's two operations follow from its contract and its journey.
"""

from collections.abc import Iterable, Mapping
from inspect import cleandoc
from typing import Any

from shared.bus.embedded import KEEP
from shared.contracts.catalogue import producer, today
from shared.journey import Journey
from shared.model import Event
from shared.settings import Settings

Part = dict[str, Any]
CHANNEL = "caseEvents"
BINDING = "0.5.0"
TOPIC, PARTITIONS = (Settings.model_fields[f"kafka_{name}"].default for name in ("topic", "partitions"))
MOMENT = {"type": "string", "format": "date-time"}
ATTRIBUTES: Part = {
    "content-type": {"const": "application/json"},
    "ce_specversion": {"const": "1.0"},
    "ce_id": {"type": "string", "description": "The same however often the event is published."},
    "ce_source": {"type": "string", "description": "The service that publishes it."},
    "ce_type": {"type": "string", "description": "service.thing.fact.version"},
    "ce_subject": {"type": "string", "description": "The stream: what the event is about."},
    "ce_time": {**MOMENT, "description": "When it was recorded."},
    "ce_sequence": {
        "type": "string",
        "pattern": "^[1-9][0-9]{0,8}$",
        "description": "Its place in the stream, counted 1, 2, 3 ... per source and subject.",
    },
    "ce_partitionkey": {"type": "string", "description": "The record's key: the subject."},
    "ce_effectivetime": {**MOMENT, "description": "When it was true there."},
    "ce_correlationid": {"type": "string", "description": "The request behind it."},
    "ce_causationid": {"type": "string", "description": "The event or command that led to it."},
    "traceparent": {"type": "string", "description": "The trace behind it (W3C), where traces are kept."},
    "ce_generation": {
        "type": "string",
        "pattern": "^[1-9][0-9]{0,8}\\.[0-9a-f]{16}$",
        "description": "In which life of its store it was told; absent in the first. The higher one holds.",
    },
    "ce_restored": {
        "type": "string",
        "pattern": "^[1-9][0-9]{0,8}$",
        "description": "How long the stream was when its generation began: take it over once so much has come.",
    },
}
OPTIONAL = {"ce_causationid", "traceparent", "ce_generation", "ce_restored"}


def asyncapi(every: Mapping[str, type[Event]], journeys: Iterable[Journey]) -> Part:
    """The whole document. `every` holds the versions published today and those that are only read."""
    operations: Part = {}
    for journey in sorted(journeys, key=lambda journey: journey.source):
        told = [name for name, event in every.items() if producer(event) == journey.source and event.becomes is None]
        heard = [name for name, event in every.items() if today(event) in journey.hears]
        others = [name for name in heard if producer(every[name]) != journey.source]
        operations |= _operations(journey.source, told, others)
    return {
        "asyncapi": "3.1.0",
        "id": "urn:homeward:events",
        "info": {
            "title": "Homeward: events that its services publish",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 in binary mode: refs, codes, days, months, counts, bands, yes or no.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {CHANNEL: _channel(every)},
        "operations": operations,
        "components": {
            "messages": {name: _message(event) for name, event in every.items()},
            "schemas": {"attributes": _attributes()},
        },
    }


def _channel(every: Iterable[str]) -> Part:
    kept = int(KEEP.total_seconds() * 1000)
    return {
        "address": TOPIC,
        "description": "The one topic. The key is the subject, so a subject's events stay in order.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in every},
        "bindings": {
            "kafka": {
                "partitions": PARTITIONS,
                "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": kept},
                "bindingVersion": BINDING,
            }
        },
    }


def _operations(service: str, told: Iterable[str], heard: Iterable[str]) -> Part:
    group = {"groupId": {"type": "string", "const": service}, "bindingVersion": BINDING}
    return {
        f"{service}Tells": _operation("send", f"What {service} publishes", told),
        f"{service}Hears": _operation("receive", f"What {service} receives", heard) | {"bindings": {"kafka": group}},
    }


def _operation(action: str, title: str, messages: Iterable[str]) -> Part:
    channel = f"#/channels/{CHANNEL}"
    return {
        "action": action,
        "title": title,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in messages],
    }


def _message(event: type[Event]) -> Part:
    subject = {"type": "string", "pattern": f"^{event.stream}/[0-9a-f]{{32}}$"}
    own = {"ce_type": {"const": event.type}, "ce_source": {"const": f"/{producer(event)}"}, "ce_subject": subject}
    old = {} if event.becomes is None else {"deprecated": True}
    return old | {
        "name": event.type,
        "summary": cleandoc(event.__doc__ or ""),
        "headers": {"allOf": [{"$ref": "#/components/schemas/attributes"}, {"properties": own}]},
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"events/schemas/{event.type}.json"},
        },
        "bindings": {"kafka": {"key": subject, "bindingVersion": BINDING}},
    }


def _attributes() -> Part:
    return {"type": "object", "properties": ATTRIBUTES, "required": [n for n in ATTRIBUTES if n not in OPTIONAL]}
