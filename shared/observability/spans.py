"""Spans by OpenTelemetry, sent in the background over OTLP. Imported only where an endpoint is set.

No instrumentation is automatic. An error is recorded by its kind alone, since its message may hold input, and no span
has an address, a query or a ref.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Link, SpanKind, Status, StatusCode, get_current_span, set_span_in_context
from opentelemetry.trace import Span as Recorded
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from requests import Session

from shared.observability.tracing import Span, context

CAUSES = 500
"""Links of one span at most: as many as a batch has facts."""
_PROPAGATOR = TraceContextTextMapPropagator()


def exporter_to(endpoint: str) -> SpanExporter:
    """An exporter to a collector, by its base address, and to nobody else: it follows no redirect and no proxy."""
    session = Session()
    session.max_redirects, session.trust_env = 0, False
    return OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", session=session)


class _Span:
    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded

    @property
    def traceparent(self) -> str | None:
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier, set_span_in_context(self._recorded, Context()))
        return carrier.get("traceparent")

    def says(self, name: str, attributes: Mapping[str, str | int], *, failed: bool) -> None:
        self._recorded.update_name(name)
        self._recorded.set_attributes(attributes)
        if failed:
            self._recorded.set_status(Status(StatusCode.ERROR))


class Traced:
    """The spans of one service."""

    def __init__(self, service: str, exporter: SpanExporter) -> None:
        resource = Resource({"service.name": service, "service.namespace": "homeward"})
        self._provider = TracerProvider(
            resource=resource, span_limits=SpanLimits(max_links=CAUSES), shutdown_on_exit=False
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("homeward")

    def serving(self, parent: str | None) -> AbstractContextManager[Span]:
        return self._span("request", SpanKind.SERVER, parent=parent)

    def hearing(self, causes: Iterable[str]) -> AbstractContextManager[Span]:
        return self._span("hear", SpanKind.CONSUMER, causes=causes)

    def doing(self, name: str, parent: str | None) -> AbstractContextManager[Span]:
        return self._span(name, SpanKind.INTERNAL, parent=parent)

    def flush(self) -> bool:
        """Send what has ended so far; whether that went well."""
        return self._provider.force_flush()

    def close(self) -> None:
        self._provider.shutdown()

    @contextmanager
    def _span(
        self, name: str, kind: SpanKind, *, parent: str | None = None, causes: Iterable[str] = ()
    ) -> Iterator[Span]:
        links = [Link(get_current_span(_remote(cause)).get_span_context()) for cause in dict.fromkeys(causes)]
        recorded = self._tracer.start_span(name, _remote(parent), kind, links=links)
        try:
            yield _Span(recorded)
        except BaseException as error:
            recorded.set_attribute("error.type", type(error).__name__)
            recorded.set_status(Status(StatusCode.ERROR))
            raise
        finally:
            recorded.end()


def _remote(traceparent: str | None) -> Context:
    """The context behind a traceparent; an empty one, so that whatever is current never becomes a parent."""
    known = context(traceparent)
    return _PROPAGATOR.extract({"traceparent": known}, Context()) if known else Context()
