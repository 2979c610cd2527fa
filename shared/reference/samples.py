"""One golden sample per version of an event: the record as it stands on the topic, key, headers and payload.

Everything in it is invented from the names of its fields, so the same version always gives the same sample. A sample
never changes once written, and every later reader must understand it.
"""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

from shared.codes.lists import lookup
from shared.columns import canonical
from shared.contracts.catalogue import producer, subject_of
from shared.contracts.kinds import PATTERNS
from shared.events.envelope import Envelope, encode
from shared.model import Event
from shared.reference.schemas import Schema, schema_of

DAY = date(2015, 11, 4)
Sample = dict[str, Any]


def sample_of(event: type[Event]) -> Sample:
    """The record of an invented event that fills every field: `key`, `headers`, and the payload as `data`."""
    schema = schema_of(event)
    fact = event.model_validate({name: _invented(name, part) for name, part in schema["properties"].items()})
    record = encode(
        Envelope(
            source=producer(event),
            subject=subject_of(fact),
            version=1,
            event_id=_ref(event.type),
            type=event.type,
            effective=datetime(2015, 11, 3, 9, 30, tzinfo=UTC),
            recorded=datetime(2015, 11, 4, 3, 0, 0, 250_000, tzinfo=UTC),
            correlation=_ref("correlation"),
            causation=_ref("causation"),
            traceparent=f"00-{_ref('trace')}-{_ref('span')[:16]}-01",
            data=canonical(fact),
        )
    )
    return {"key": record.key, "headers": dict(record.headers), "data": json.loads(record.value)}


def _invented(name: str, part: Schema) -> Any:
    """A value that such a field may hold; the same for the same name."""
    match part:
        case {"anyOf": choices}:
            return _invented(name, next(choice for choice in choices if choice != {"type": "null"}))
        case {"x-code-list": codes}:
            return next(iter(lookup(codes).codes))
        case {"enum": [first, *_]} | {"const": first}:
            return first
        case {"type": "array", "items": items}:
            return [_invented(name, items)]
        case {"type": "boolean"}:
            return True
        case {"type": "integer"}:
            return 3
        case {"format": "date"}:
            return DAY.isoformat()
        case {"pattern": pattern}:
            return _ref(name) if PATTERNS[pattern] == "ref" else f"{DAY:%Y-%m}"
    raise TypeError(f"nobody knows how to invent {name}")


def _ref(name: str) -> str:
    return hashlib.sha256(f"sample:{name}".encode()).hexdigest()[:32]
