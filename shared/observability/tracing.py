"""Trace contexts: which request an event comes from, through all four services. Off unless an endpoint is set.

The context is stored in the journal with the event, because the relay that publishes it later belongs to no request.
While it is off, nothing that records or sends is imported: only `shared.observability.spans` knows it.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import Protocol

from shared.settings import Settings

_CONTEXT = re.compile(r"(?!ff)[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class Span(Protocol):
    """One piece of work, from its begin to its end."""

    @property
    def traceparent(self) -> str | None:
        """The W3C Trace Context for events that come of it; None when nothing is recorded."""
        ...

    def says(self, name: str, attributes: Mapping[str, str | int], *, failed: bool) -> None:
        """Name it, once the name is known. Templates, codes and counts only: never a ref, a query or a message."""
        ...


class Tracing(Protocol):
    """Where spans of one service go."""

    def serving(self, parent: str | None) -> AbstractContextManager[Span]:
        """A request, as part of the caller's trace where it brought one."""
        ...

    def hearing(self, causes: Iterable[str]) -> AbstractContextManager[Span]:
        """A batch being applied: a trace of its own that links to its causes. A replay never extends an old one."""
        ...

    def doing(self, name: str, parent: str | None) -> AbstractContextManager[Span]:
        """A to-do, as part of the trace of the event it answers to."""
        ...

    def close(self) -> None:
        """Send what is left."""
        ...


class _Nothing:
    traceparent = None

    def says(self, name: str, attributes: Mapping[str, str | int], *, failed: bool) -> None:
        pass


class Untraced:
    """Tracing that is off: every call is a no-op."""

    _span: AbstractContextManager[Span] = nullcontext(_Nothing())

    def serving(self, parent: str | None) -> AbstractContextManager[Span]:
        return self._span

    def hearing(self, causes: Iterable[str]) -> AbstractContextManager[Span]:
        return self._span

    def doing(self, name: str, parent: str | None) -> AbstractContextManager[Span]:
        return self._span

    def close(self) -> None:
        pass


def context(value: str | None) -> str | None:
    """A trace context as it came, with whatever flags; None for what is none. It is never a reason to refuse."""
    return value if value is not None and _CONTEXT.fullmatch(value) else None


def tracing_for(settings: Settings, service: str) -> Tracing:
    """Where this service's spans go by its settings."""
    if not settings.otlp_endpoint:
        return Untraced()
    spans = import_module("shared.observability.spans")
    traced: Tracing = spans.Traced(service, spans.exporter_to(settings.otlp_endpoint))
    return traced
