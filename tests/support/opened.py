"""The body of a record that waits, opened as its own service would."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from shared.bus.bodies import Bodies
from shared.events.record import Record
from shared.runtime import Kept


def opened(kept: Kept, row: Mapping[str, Any]) -> Record:
    """Of a row of `heard`. Nothing of it stands there in clear."""
    found = Bodies(kept.secret).opened(SimpleNamespace(**row), f"{row['source']} {row['subject']} {row['version']}")
    assert row["headers"] == {}
    assert len(found.value) < 8 or found.value not in row["raw"]
    return found
