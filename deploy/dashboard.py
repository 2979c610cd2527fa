"""`python -m deploy.dashboard`: writes deploy/grafana/homeward.json, a Grafana dashboard, from the list of metrics.

Each metric gets a panel, with its description; requests get three. What a store says is the same in all replicas of a
service, so it is looked at by `max` and never added up; what a process says of itself is added up.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric

from shared.observability.watching import REQUESTS
from shared.settings import Settings
from shared.web.limits import Limits
from shared.web.metrics import COUNTERS, GAUGES

WRITTEN = Path(__file__).parent / "grafana" / "homeward.json"
SOURCE = {"type": "prometheus", "uid": "${source}"}
BY = {"homeward_lag_records": "partition", "homeward_conflicting_records": "source"}
"""A second label that a person wants to see."""
OF_PROCESS = ("homeward_loop_", "homeward_refused_", "homeward_connections", "homeward_requests_")
WIDTH, HEIGHT, COLUMNS = 8, 7, 3


@dataclass(frozen=True)
class Panel:
    """One picture over time."""

    title: str
    expression: str
    unit: str = "short"
    text: str = ""
    legend: str = "{{service}}"


def panels() -> Iterator[Panel]:
    """All of them, requests first."""
    seen = f'{REQUESTS}_count{{route!~".*/metrics|.*/health.*"}}'
    buckets = f'{REQUESTS}_bucket{{route!~".*/metrics|.*/health.*"}}'
    failed = f'{REQUESTS}_count{{status=~"5.."}}'
    yield Panel("Requests", f"sum by (service) (rate({seen}[5m]))", "reqps", "Requests per second, without probes.")
    yield Panel(
        "Requests that failed",
        f"sum by (service) (rate({failed}[5m]))",
        "reqps",
        "Answers of 500 and above, per second.",
    )
    slow = f"histogram_quantile(0.99, sum by (service, le) (rate({buckets}[5m])))"
    yield Panel("The slowest in a hundred requests", slow, "s", "How long it took at least.")
    for metric in _of_limits():
        yield _panel(f"{metric.name}_total" if metric.type == "counter" else metric.name, metric.documentation)
    for name, text in (GAUGES | COUNTERS).items():
        yield _panel(name, text)


def _of_limits() -> Sequence[Metric]:
    registry = CollectorRegistry()
    Limits(Settings()).shown_in(registry, "any")
    return list(registry.collect())


def _panel(name: str, text: str) -> Panel:
    label = BY.get(name, "loop" if "_loop_" in name else "why" if "_refused_" in name else "")
    value = f"rate({name}[5m])" if name.endswith("_total") else name
    how = ("min" if name.endswith("_healthy") else "sum") if name.startswith(OF_PROCESS) else "max"
    how = "min" if name.endswith("_reachable") else how
    title = name.removeprefix("homeward_").removesuffix("_total").replace("_", " ").capitalize()
    labels = f"service, {label}" if label else "service"
    legend = f"{{{{service}}}} {{{{{label}}}}}" if label else "{{service}}"
    unit = "cps" if name.endswith("_total") else "s" if name.endswith("_seconds") else "short"
    return Panel(title, f"{how} by ({labels}) ({value})", unit, text, legend)


def dashboard() -> dict[str, Any]:
    """What Grafana imports. It asks which Prometheus to use."""
    return {
        "uid": "homeward",
        "title": "Homeward",
        "editable": False,
        "schemaVersion": 39,
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "timezone": "browser",
        "templating": {
            "list": [{"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}]
        },
        "panels": [_drawn(number, panel) for number, panel in enumerate(panels())],
    }


def _drawn(number: int, panel: Panel) -> dict[str, Any]:
    place = {"x": number % COLUMNS * WIDTH, "y": number // COLUMNS * HEIGHT, "w": WIDTH, "h": HEIGHT}
    target = {"refId": "A", "datasource": SOURCE, "expr": panel.expression, "legendFormat": panel.legend}
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.text,
        "datasource": SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [target],
    }


def as_text() -> str:
    """The file."""
    return json.dumps(dashboard(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    WRITTEN.parent.mkdir(exist_ok=True)
    WRITTEN.write_text(as_text(), "utf-8")
