"""What a platform is told of a service, and what an operator can measure: red where something is wrong, only there."""

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection, Executable, delete, insert, select, update

from shared.auth import Role
from shared.errors import Unavailable
from shared.observability.watching import REQUESTS
from shared.running import Running
from shared.testing import Harness, caller, ref
from shared.web import metrics, probes
from shared.web.metrics import COUNTERS, GAUGES
from tests.support.eventually import REST

ROOT = Path(__file__).parents[3]
OFFICER = caller("srey-intake", Role.INTAKE_OFFICER)
SUBJECT = f"case/{ref('case')}"
SERVICES = ("intake", "screening", "referrals", "grants")


async def ask(world: Harness, path: str) -> httpx.Response:
    async with world.client() as client:
        return await client.get(path)


async def ready(world: Harness, service: str = "intake") -> tuple[int, dict[str, bool]]:
    answer = await ask(world, f"/{service}/health/ready")
    checks: dict[str, bool] = answer.json()["checks"]
    return answer.status_code, checks


async def measured(world: Harness, service: str = "intake") -> dict[str, float]:
    """Every sample of a service by its name and labels but the service."""
    answer = await ask(world, f"/{service}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    found = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            labels = {name: value for name, value in sample.labels.items() if name != "service"}
            assert sample.labels["service"] == service
            found[sample.name + (str(labels) if labels else "")] = sample.value
    return found


def intake(world: Harness) -> Running:
    return world.running["intake"]


async def change(running: Running, *statements: Executable) -> None:
    def work(conn: Connection) -> None:
        for statement in statements:
            conn.execute(statement)

    await running.kept.database.write(work)


async def open_case(world: Harness) -> None:
    await world.post("/intake/v1/persons", OFFICER, {"ref": ref("person"), "sex": "FEMALE", "identity": {}})
    case = {"ref": ref("case"), "person_ref": ref("person"), "country": "VN"}
    assert (await world.post("/intake/v1/cases", OFFICER, case)).status_code == 201


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_that_runs_well_is_green(world: Harness, service: str) -> None:
    for probe in ("live", "startup", "ready"):
        answer = await ask(world, f"/{service}/health/{probe}")
        assert answer.status_code == 200, answer.text
        assert all(answer.json()["checks"].values())
    assert (await ask(world, f"/{service}/health")).json()["service"] == service


async def test_before_its_start_it_is_alive_and_not_ready(start: Callable[[str], Any]) -> None:
    world = await start("intake")
    assert (await ask(world, "/intake/health/live")).status_code == 200
    assert (await ask(world, "/intake/health/startup")).status_code == 503
    assert (await ready(world))[0] == 503


async def test_without_its_store_it_is_not_ready_and_still_measured(
    world: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(_work: object) -> None:
        raise Unavailable("store_unavailable")

    monkeypatch.setattr(intake(world).kept.database, "read", gone)
    assert await ready(world) == (503, {"started": True, "store": False})
    found = await measured(world)
    assert found["homeward_store_reachable"] == 0
    assert "homeward_pending_facts" not in found
    assert (await ask(world, "/intake/health/live")).status_code == 200


async def test_a_store_that_hangs_is_a_store_that_is_away(world: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_work: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(intake(world).kept.database, "read", hang)
    monkeypatch.setattr(probes, "STORE_PATIENCE", 0.05)
    monkeypatch.setattr(metrics, "STORE_PATIENCE", 0.05)
    assert (await ready(world))[0] == 503
    assert (await measured(world))["homeward_store_reachable"] == 0


@pytest.mark.parametrize(("revision", "well"), [("0001", False), ("9999", True)])
async def test_an_older_store_is_red_and_a_newer_one_is_not(world: Harness, revision: str, well: bool) -> None:
    """While a new version is rolled out, the store is ahead of the replicas that still serve."""
    database = intake(world).kept.database
    await database.write(lambda conn: conn.exec_driver_sql(f"update alembic_version set version_num = '{revision}'"))
    status, checks = await ready(world)
    assert (status, checks["migrations"]) == (200 if well else 503, well)


async def test_a_loop_in_trouble_is_red_unless_the_bus_is_away(world: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    running = intake(world)
    failed = asyncio.Event()

    async def failing(_beat: object) -> None:
        failed.set()
        raise ConnectionError

    running.supervisor.start("consumer", failing)
    await asyncio.wait_for(failed.wait(), REST)
    status, checks = await ready(world)
    assert (status, checks["loops"]) == (503, False)
    found = await measured(world)
    assert found["homeward_loop_healthy{'loop': 'consumer'}"] == 0
    assert found["homeward_loop_restarts_total{'loop': 'consumer'}"] >= 1

    async def away() -> Mapping[int, int]:
        raise ConnectionError

    monkeypatch.setattr(world.bus, "ends", away)
    assert (await ready(world))[0] == 200
    monkeypatch.setattr(probes, "PATIENCE", -1.0)
    assert (await ready(world))[0] == 503


async def test_a_fact_that_nobody_hears_of_turns_it_red_in_time(world: Harness) -> None:
    running = intake(world)
    ledger = running.service.ledger
    await open_case(world)
    unpublished = select(ledger.journal.c.id)
    await change(running, insert(ledger.pending).from_select(["journal_id"], unpublished))
    world.clock.advance(minutes=10)
    assert (await ready(world))[0] == 200
    found = await measured(world)
    assert found["homeward_pending_facts"] == 3
    assert 600 <= found["homeward_pending_age_seconds"] < 700
    world.clock.advance(minutes=10)
    status, checks = await ready(world)
    assert (status, checks["bus"]) == (503, False)


async def test_what_is_told_and_read_is_counted_by_the_store(world: Harness) -> None:
    before = await measured(world)
    await open_case(world)
    found = await measured(world)
    assert before["homeward_published_facts_total"] == 0
    assert found["homeward_published_facts_total"] == 3
    assert found["homeward_read_records_total"] == sum((await world.bus.ends()).values()) > 3  # type: ignore[attr-defined]
    assert sum(value for name, value in found.items() if name.startswith("homeward_lag_records")) == 0
    assert found["homeward_pending_facts"] == 0
    offsets = intake(world).service.ledger.bus_offset
    await change(intake(world), update(offsets).values(next=0))
    behind = await measured(world)
    assert sum(value for name, value in behind.items() if name.startswith("homeward_lag_records")) > 3


@pytest.mark.parametrize(
    ("status", "source", "name"),
    [
        ("held", "screening", "homeward_held_facts"),
        ("parked", "screening", "homeward_parked_facts"),
        ("parked", "unreadable", "homeward_unreadable_records"),
    ],
)
async def test_what_waits_is_measured(world: Harness, status: str, source: str, name: str) -> None:
    row = {
        "source": source,
        "subject": f"case/{ref('case')}",
        "version": 2,
        "status": status,
        "raw": b"",
        "headers": {},
    }
    await change(intake(world), insert(intake(world).service.ledger.heard).values(**row, heard_at=world.clock()))
    assert (await measured(world))[name] == 1


async def test_to_dos_and_attention_are_measured(world: Harness) -> None:
    ledger, now = intake(world).service.ledger, world.clock()
    todo = {
        "reaction": "consent_expires",
        "subject": f"case/{ref('case')}",
        "attempts": 0,
        "not_before": None,
        "data": "{}",
    }
    row = {"ref": ref("one"), "version": 1, "status": "open", "recorded_at": now, "updated_at": now}
    row |= {"subject": SUBJECT, "cause": "c", "reaction": "close_case", "code": "not_allowed_in_status", "at": now}
    await change(
        intake(world),
        insert(ledger.todo).values(**todo, cause="a", due_at=now - timedelta(hours=1)),
        insert(ledger.todo).values(**{**todo, "attempts": 3}, cause="b", due_at=now + timedelta(hours=1)),
        insert(ledger.attention).values([row, row | {"ref": ref("gone"), "status": "dismissed"}]),
    )
    found = await measured(world)
    assert (found["homeward_todos_due"], found["homeward_todos_failing"], found["homeward_attention_rows"]) == (1, 1, 1)
    assert 3600 <= found["homeward_todos_age_seconds"] < 3700
    await change(intake(world), delete(ledger.todo))


async def test_requests_are_timed_by_route_and_nothing_private_is_a_label(world: Harness) -> None:
    await open_case(world)
    async with world.client() as client:
        headers = {"Authorization": OFFICER}
        await client.get(f"/intake/v1/persons/{ref('person')}", headers=headers)
        await client.get("/intake/v1/SokDara", headers=headers)
        await client.get("/intake/v1/SokSothea", headers=headers)
        await client.request("SOKDARA", "/intake/v1/persons", headers=headers)
    found = await measured(world)
    one = "{'method': 'GET', 'route': '/intake/v1/persons/{ref}', 'status': '200'}"
    none = "{'method': 'GET', 'route': 'none', 'status': '404'}"
    other = "{'method': 'other', 'route': '/intake/v1/persons', 'status': '405'}"
    assert [found[f"{REQUESTS}_count{labels}"] for labels in (one, none, other)] == [1, 2, 1]
    page = (await ask(world, "/intake/metrics")).text
    for private in ("Sok", "SOK", ref("person"), ref("case"), "srey", "bavet"):
        assert private not in page


async def test_four_services_in_one_process_keep_their_figures_apart(world: Harness) -> None:
    await ask(world, "/grants/v1/programmes")
    assert any(name.startswith(REQUESTS) and "programmes" in name for name in await measured(world, "grants"))
    assert not any("programmes" in name for name in await measured(world, "intake"))


async def test_probes_and_metrics_stand_in_no_api_page(world: Harness) -> None:
    paths = (await ask(world, "/intake/openapi.json")).json()["paths"]
    assert not [path for path in paths if "health" in path or "metrics" in path]


async def test_every_metric_that_is_described_is_there(world: Harness) -> None:
    running = intake(world)
    running.supervisor.start("relay", running.relay.run)
    await open_case(world)
    found = await measured(world)
    names = {re.split(r"[{]", name)[0] for name in found}
    assert names >= GAUGES.keys() | COUNTERS.keys() | {f"{REQUESTS}_{part}" for part in ("bucket", "count", "sum")}


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_speaks_of_what_exists_and_says_what_to_do(rule: Mapping[str, Any]) -> None:
    known = GAUGES.keys() | COUNTERS.keys() | {f"{REQUESTS}_{part}" for part in ("bucket", "count", "sum")}
    named = set(re.findall(r"homeward_\w+", rule["expr"]))
    assert named
    assert named <= known | {"homeward_refused_total"}
    page, anchor = rule["annotations"]["runbook_url"].split("#")
    headings = re.findall(r"^## (\w+)$", (ROOT / page).read_text("utf-8"), flags=re.M)
    assert anchor == rule["alert"].lower()
    assert rule["alert"] in headings


def test_nothing_stands_in_the_runbook_that_no_alert_leads_to() -> None:
    headings = re.findall(r"^## (\w+)$", (ROOT / "docs/runbooks/alerts.md").read_text("utf-8"), flags=re.M)
    assert headings == [rule["alert"] for rule in rules()]
