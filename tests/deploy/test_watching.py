"""What Prometheus and Grafana are given: every service is found, and every figure that is looked at exists."""

import re

import pytest
import yaml

from deploy.dashboard import WRITTEN, Panel, as_text, dashboard, panels
from services import SERVICES
from shared.observability.watching import REQUESTS
from shared.web.metrics import COUNTERS, GAUGES
from tests.support.composed import ROOT, containers, filled

OF_REQUESTS = {f"{REQUESTS}_{part}" for part in ("bucket", "count", "sum")}
OF_LIMITS = {"homeward_refused_total", "homeward_connections", "homeward_requests_at_work"}
KNOWN = GAUGES.keys() | COUNTERS.keys() | OF_REQUESTS | OF_LIMITS


def test_the_dashboard_is_fresh() -> None:
    assert WRITTEN.read_text("utf-8") == as_text(), "deploy/grafana/homeward.json is old; run `make docs`"


@pytest.mark.parametrize("panel", list(panels()), ids=lambda panel: panel.title)
def test_a_panel_shows_what_exists(panel: Panel) -> None:
    named = set(re.findall(r"homeward_\w+", panel.expression))
    assert len(named) == 1
    assert named <= KNOWN
    assert panel.expression.count("(") == panel.expression.count(")")
    assert panel.text


def test_every_metric_has_a_panel() -> None:
    shown = {name for panel in panels() for name in re.findall(r"homeward_\w+", panel.expression)}
    assert shown == KNOWN - {f"{REQUESTS}_sum"}


def test_no_panel_covers_another() -> None:
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in dashboard()["panels"]]
    assert len(set(places)) == len(places) == len({panel["id"] for panel in dashboard()["panels"]})


def test_prometheus_finds_every_service_under_a_name_that_it_answers_to() -> None:
    said = yaml.safe_load((ROOT / "deploy/prometheus.yml").read_text("utf-8"))
    found = {job["job_name"]: (job["metrics_path"], job["static_configs"]) for job in said["scrape_configs"]}
    assert found == {name: (f"/{name}/metrics", [{"targets": [f"{name}:8470"]}]) for name in SERVICES}
    assert [(ROOT / "deploy" / name).is_file() for name in said["rule_files"]] == [True]
    allowed = containers(filled())["intake"].environment["HOMEWARD_ALLOWED_HOSTS"]
    assert set(SERVICES) <= set(allowed.split(","))
