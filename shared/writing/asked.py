"""The input of a unit of work, and the ways in which it ends other than by a refusal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import Refused


class Replayed(Exception):
    """Ends a unit whose request was answered before: a no-op."""

    def __init__(self, thing: str | None, ref: str | None, lines: object, version: int | None, status: str | None):
        self.thing, self.ref, self.lines, self.version, self.status = thing, ref, lines, version, status
        super().__init__()


@dataclass(frozen=True)
class Asked:
    """What came with the request besides its body."""

    request_id: str
    operation: str = ""
    key: str | None = None
    digest: str = ""
    if_match: int | None = None
    needs_match: bool = False
    causation: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True)
class Done:
    """How a unit ended: what was written, the streams' new versions, the handler's own answer, or a replay.

    `next` is what the caller may ask after it.
    """

    thing: str | None
    ref: str | None
    version: int | None
    status: str | None
    positions: Mapping[str, int]
    lines: Any = None
    replayed: bool = False
    next: tuple[str, ...] = ()


class Moved(Refused):
    """A link changed between reading and locking: the unit runs again."""

    code = "moved"
