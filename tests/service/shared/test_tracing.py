"""One request can be followed through services, and no span says anything about anybody."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from shared.auth import Role
from shared.events.record import Record
from shared.observability.spans import Traced
from shared.observability.tracing import Untraced, tracing_for
from shared.observability.watching import Watching
from shared.settings import Settings
from shared.testing import caller, ref
from tests.conftest import Migrated
from tests.support.traced import SERVICES, Traces, traced

OFFICER = caller("srey-intake", Role.INTAKE_OFFICER)
TRACE = "5bd7f11c5a3b4d0fa1e2c3d4e5f60718"
CASE = ref("case")


@pytest.fixture
async def traces(tmp_path: Path, migrated: Migrated) -> AsyncIterator[Traces]:
    for service in SERVICES:
        migrated(service, tmp_path)
    async with traced(tmp_path) as found:
        yield found


async def open_case(traces: Traces, traceparent: str = f"00-{TRACE}-00f067aa0ba902b7-03") -> None:
    """A person and a case, by a caller with a trace of their own; then everything comes to rest."""
    async with traces.world.client() as client:
        headers = {"Authorization": OFFICER, "traceparent": traceparent}
        person = {
            "ref": ref("person"),
            "sex": "FEMALE",
            "identity": {"names": [{"full_name": "Sok Dara", "script": "LATIN"}]},
        }
        for path, body in (
            ("persons", person),
            ("cases", {"ref": CASE, "person_ref": ref("person"), "country": "VN"}),
        ):
            answer = await client.post(
                f"/intake/v1/{path}", json=body, headers=headers | {"Idempotency-Key": f"key-{path}"}
            )
            assert answer.status_code == 201, answer.text
    await traces.world.settle()


def trace_of(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"{span.context.trace_id:032x}"


def named(traces: Traces, name: str) -> list[ReadableSpan]:
    return [span for span in traces.spans() if span.name == name]


@pytest.mark.parametrize("flags", ["00", "01", "02", "03", "ff"])
async def test_a_fact_carries_the_trace_of_the_request_that_told_it(traces: Traces, flags: str) -> None:
    await open_case(traces, f"00-{TRACE}-00f067aa0ba902b7-{flags}")
    told = await traces.world.rows("intake", "journal")
    assert {row["traceparent"].split("-")[1] for row in told} == {TRACE}


async def test_every_applied_fact_leads_to_the_request_that_caused_it(traces: Traces) -> None:
    await open_case(traces)
    told = {row["event_id"]: row for row in await traces.world.rows("intake", "journal")}
    heard = await traces.world.rows("referrals", "heard")
    assert {row["event_id"] for row in heard} == told.keys()
    asked = {row["request_id"] for row in await traces.world.rows("intake", "audit")}
    for row in heard:
        cause = told[row["event_id"]]
        assert (row["correlation"], row["traceparent"]) == (cause["correlation"], cause["traceparent"])
        assert row["correlation"] in asked


async def test_what_follows_of_itself_belongs_to_the_same_trace(traces: Traces) -> None:
    await open_case(traces)
    (request,), (reaction,) = named(traces, "POST /intake/v1/cases"), named(traces, "open_plan")
    assert trace_of(request) == trace_of(reaction) == TRACE
    plans = await traces.world.rows("referrals", "journal")
    assert plans
    assert {row["traceparent"].split("-")[1] for row in plans} == {TRACE}
    assert {row["correlation"] for row in plans} <= {
        row["request_id"] for row in await traces.world.rows("intake", "audit")
    }


async def test_hearing_links_to_its_causes_and_a_replay_extends_no_trace(traces: Traces) -> None:
    await open_case(traces)
    consumer = traces.world.running["referrals"].consumer
    await traces.world.running["referrals"].kept.database.write(
        lambda conn: conn.execute(traces.world.running["referrals"].service.ledger.bus_offset.update().values(next=0))
    )
    await consumer.close()
    while await consumer.step():
        pass
    hears = [span for span in named(traces, "hear") if span.links]
    assert len(hears) > 1
    assert {f"{link.context.trace_id:032x}" for span in hears for link in span.links} == {TRACE}
    assert TRACE not in {trace_of(span) for span in hears}
    assert all(span.parent is None for span in hears)
    assert len(named(traces, "open_plan")) == 1


async def test_no_span_says_anything_about_anybody(traces: Traces) -> None:
    await open_case(traces)
    async with traces.world.client() as client:
        headers = {"Authorization": OFFICER}
        await client.get(f"/intake/v1/persons/{ref('person')}", headers=headers)
        await client.get("/intake/v1/SokDara?name=Sok", headers=headers)
        await client.get("/intake/v1/persons?cursor=SokDara", headers=headers)
        await client.request("SOKDARA", "/intake/v1/persons", headers=headers)
        await client.get(f"/intake/v1/persons/{ref('nobody')}", headers=headers)
    spans = traces.spans()
    text = "".join(span.to_json() for span in spans)
    for private in ("Sok", "SOK", ref("person"), CASE, ref("nobody"), "srey", "?"):
        assert private not in text
    names = {span.name for span in spans}
    assert {"GET /intake/v1/persons/{ref}", "GET none", "other /intake/v1/persons"} <= names
    keys = {key for span in spans for key in span.attributes or ()}
    assert keys == {"http.request.method", "http.route", "http.response.status_code"}


@pytest.mark.parametrize("given", ["", "SokDara", "00-SokDara", f"00-{'0' * 32}-00f067aa0ba902b7-01", "\xff" * 55])
async def test_a_context_that_is_none_begins_a_new_trace(traces: Traces, given: str) -> None:
    async with traces.world.client() as client:
        headers = [(b"Authorization", OFFICER.encode()), (b"traceparent", given.encode("latin-1"))]
        assert (await client.get("/intake/v1/persons", headers=headers)).status_code == 200
    (span,) = traces.spans()
    assert span.parent is None


async def test_a_broken_context_parks_nothing(traces: Traces) -> None:
    await open_case(traces)
    bus, records = traces.world.bus, []
    subscription = await bus.subscribe("look", lambda _: _zero())
    while found := await subscription.batch(100, 0):
        records += [delivered.record for delivered in found]
    await subscription.close()
    case = [record for record in records if (record.key, record.headers["ce_source"]) == (f"case/{CASE}", "/intake")]
    last = max(case, key=lambda record: int(record.headers["ce_sequence"]))
    version = int(last.headers["ce_sequence"]) + 1
    headers = {**last.headers, "ce_sequence": str(version), "ce_id": ref("new"), "traceparent": "Sok\x00Dara"}
    await bus.publish([Record(last.key, headers, last.value)])
    await traces.world.settle()
    rows = [row for row in await traces.world.rows("referrals", "heard") if row["event_id"] == ref("new")]
    assert [(row["status"], row["traceparent"]) for row in rows] == [("applied", None)]


async def _zero() -> int:
    return 0


async def test_an_error_is_its_kind_alone(traces: Traces) -> None:
    watching = Watching("intake", traces.world.running["intake"].kept.tracing)
    with pytest.raises(ValueError, match="Sok"), watching.request({"method": "GET"}, b""):
        raise ValueError("Sok Dara")
    (span,) = traces.spans()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert (span.attributes or {})["error.type"] == "ValueError"
    assert span.events == ()


def test_off_nothing_of_it_is_imported() -> None:
    others = ("opentelemetry.sdk", "opentelemetry.exporter", "google.protobuf", "shared.observability.spans")
    code = f"import sys, services.hosting.embedded; print([name for name in sys.modules if name.startswith({others})])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.strip() == "[]"


async def test_the_framework_records_nothing_by_itself(traces: Traces, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would, to whatever provider the process has, with the messages of errors."""
    provider, seen = TracerProvider(shutdown_on_exit=False), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(seen))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    async with traces.world.client() as client:
        assert (await client.get("/intake/v1/persons", headers={"Authorization": OFFICER})).status_code == 200
    assert seen.get_finished_spans() == ()
    assert trace.get_tracer_provider() is provider


def test_a_collector_is_named_by_its_base_address(tmp_path: Path) -> None:
    assert isinstance(tracing_for(Settings(data_dir=tmp_path), "intake"), Untraced)
    made = tracing_for(Settings(data_dir=tmp_path, otlp_endpoint="http://127.0.0.1:9"), "intake")
    assert isinstance(made, Traced)
    made.close()
