"""Whether an event's schema may change within its version: old and new readers must live with old and new events.

Run as `python -m tests.support.evolution` (`make schemas`) it takes such changes into docs/events/schemas.

jsoncompat treats schemas as open and reports even a new optional field as breaking. Closing the *old* schema when
asking whether the new one reads old events, and the *new* one for the other way, gives the right answers; a table in
tests/contract/test_evolution.py proves it.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import jsoncompat

from shared.contracts.catalogue import EVERY
from shared.model import Event
from shared.reference.kept import as_text, schema_path
from shared.reference.schemas import Schema, schema_of

KEPT = Path(__file__).parents[2] / "docs" / "events"


def new_reads_old(old: Schema, new: Schema) -> bool:
    """Everything that was told in the old form is understood by whoever knows the new one."""
    return _compatible(_closed(old), new, "deserializer")


def old_reads_new(old: Schema, new: Schema) -> bool:
    """Everything that is told in the new form is understood by whoever knows the old one."""
    return _compatible(old, _closed(new), "serializer")


def faults(old: Schema, new: Schema) -> Iterator[str]:
    """Why the change needs a new version; nothing, when it needs none."""
    if not new_reads_old(old, new):
        yield "a new reader does not understand an old fact"
    if not old_reads_new(old, new):
        yield "an old reader does not understand a new fact"
    # What was there stays word for word: the judge sees neither defaults, formats and code lists nor a field that went.
    for name, was in old["properties"].items():
        if name not in new["properties"]:
            yield f"{name} has gone"
        elif new["properties"][name] != was:
            yield f"{name} is not what it was"


def renew(folder: Path, events: Iterable[type[Event]]) -> Iterator[str]:
    """Take what may change into the kept schemas; what may not, in words."""
    for event in events:
        path, new = schema_path(folder, event), schema_of(event)
        old = json.loads(path.read_text("utf-8"))
        found = list(faults(old, new))
        if not found and old != new:
            path.write_text(as_text(new), "utf-8")
        yield from (f"{event.type}: {fault}; make it the next version" for fault in found)


def _compatible(old: Schema, new: Schema, role: Literal["serializer", "deserializer"]) -> bool:
    return jsoncompat.check_compat(json.dumps(old), json.dumps(new), role)


def _closed(schema: Schema) -> Schema:
    return {**schema, "additionalProperties": False}


if __name__ == "__main__":
    sys.exit("\n".join(renew(KEPT, EVERY.values())) or None)
