"""Observes every request: how long it took, how it ended, and its span where traces are on.

A request is named by its route's template. Its path holds refs, and a path without a route is named `none`, so that no
stranger can fill the memory of a metrics store.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from prometheus_client import CollectorRegistry, Histogram
from starlette.types import Scope

from shared.observability.tracing import Tracing

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
ERROR = 500
REQUESTS = "homeward_request_duration_seconds"


@dataclass
class Answered:
    """How a request ended; a failure until somebody answers."""

    status: int = ERROR


class Watching:
    """Observes one service's requests."""

    def __init__(self, service: str, tracing: Tracing) -> None:
        self._service = service
        self._tracing = tracing
        self.registry = CollectorRegistry()
        self._took = Histogram(
            REQUESTS,
            "How long requests took, by route and status.",
            ("service", "method", "route", "status"),
            registry=self.registry,
            buckets=SECONDS,
        )

    @contextmanager
    def request(self, scope: Scope, traceparent: bytes) -> Iterator[Answered]:
        """Around everything that happens to one request. Its context is then in the scope."""
        answered, begun = Answered(), perf_counter()
        with self._tracing.serving(traceparent.decode("latin-1")) as span:
            scope["traceparent"] = span.traceparent
            try:
                yield answered
            finally:
                method = scope["method"] if scope["method"] in METHODS else "other"
                route = getattr(scope.get("route"), "path", "none")
                self._took.labels(self._service, method, route, answered.status).observe(perf_counter() - begun)
                said = {"http.request.method": method, "http.route": route}
                status = {"http.response.status_code": answered.status}
                span.says(f"{method} {route}", said | status, failed=answered.status >= ERROR)
