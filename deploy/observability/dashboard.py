"""Writes Grafana's dashboard: python deploy/observability/dashboard.py

What an operator asks first stands first: does anything wait, then how much happens, then how fast.
"""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "grafana" / "dashboards" / "staffetta.json"
_SOURCE = {"type": "prometheus", "uid": "prometheus"}
_HEIGHT, _WIDTH, _ACROSS = 8, 8, 24

# title, unit, {legend: query}, and from where on it is trouble (None: no such limit)
PANELS: list[tuple[str, str, dict[str, str], float | None]] = [
    (
        "Services that do not answer",
        "none",
        {"away": 'count(up{job="staffetta"} == 0) or vector(0)'},
        1,
    ),
    (
        "Messages parked",
        "none",
        {"{{service}} of {{sender}}": "max by (service, sender) (staffetta_parked)"},
        1,
    ),
    ("Timers overdue", "none", {"{{service}}": "max by (service) (staffetta_timers_overdue)"}, 1),
    (
        "Outbox: rows not yet relayed",
        "none",
        {"{{topic}}": "sum by (topic) (max by (topic, lane) (staffetta_outbox_depth))"},
        None,
    ),
    (
        "Outbox: the first waits",
        "s",
        {"{{topic}} {{lane}}": "max by (topic, lane) (staffetta_outbox_waiting_seconds)"},
        60,
    ),
    (
        "Lag: messages not applied",
        "none",
        {
            "{{service}} of {{topic}} {{lane}}": "max by (service, topic, lane) (staffetta_lag_messages)"
        },
        None,
    ),
    (
        "Lag: the first waits",
        "s",
        {
            "{{service}} of {{topic}} {{lane}}": "max by (service, topic, lane) (staffetta_lag_seconds)"
        },
        120,
    ),
    (
        "Gaps healed",
        "none",
        {
            "{{service}} of {{sender}}": "sum by (service, sender) (increase(staffetta_gaps_healed_total[$__rate_interval]))"
        },
        1,
    ),
    (
        "Messages fetched from senders",
        "none",
        {
            "{{service}} of {{sender}}": "sum by (service, sender) (increase(staffetta_messages_fetched_total[$__rate_interval]))"
        },
        None,
    ),
    (
        "Commands",
        "ops",
        {
            "{{service}} {{outcome}}": "sum by (service, outcome) (rate(staffetta_commands_total[$__rate_interval]))"
        },
        None,
    ),
    (
        "Commands by name",
        "ops",
        {
            "{{command}}": "topk(10, sum by (command) (rate(staffetta_commands_total[$__rate_interval])))"
        },
        None,
    ),
    (
        "Refusals by rule",
        "ops",
        {"{{rule}}": "topk(10, sum by (rule) (rate(staffetta_refusals_total[$__rate_interval])))"},
        None,
    ),
    (
        "Append",
        "s",
        {
            f"{{{{service}}}} {share:.0%}": f"histogram_quantile({share}, sum by (le, service) (rate(staffetta_append_seconds_bucket[$__rate_interval])))"
            for share in (0.5, 0.99)
        },
        None,
    ),
    (
        "Strangers at the door",
        "ops",
        {"{{service}}": "sum by (service) (rate(staffetta_strangers_total[$__rate_interval]))"},
        1,
    ),
    (
        "Memory of the processes",
        "bytes",
        {"{{instance}}": 'process_resident_memory_bytes{job="staffetta"}'},
        None,
    ),
]


def dashboard() -> dict[str, Any]:
    """The dashboard as Grafana keeps it."""
    return {
        "uid": "staffetta",
        "title": "Staffetta",
        "tags": ["staffetta"],
        "schemaVersion": 41,
        "editable": False,
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "panels": [_panel(number, *panel) for number, panel in enumerate(PANELS)],
    }


def _panel(
    number: int, title: str, unit: str, queries: dict[str, str], trouble: float | None
) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if trouble is not None:
        steps.append({"color": "red", "value": trouble})
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": title,
        "datasource": _SOURCE,
        "gridPos": {
            "h": _HEIGHT,
            "w": _WIDTH,
            "x": number * _WIDTH % _ACROSS,
            "y": number * _WIDTH // _ACROSS * _HEIGHT,
        },
        "fieldConfig": {
            "defaults": {
                "unit": unit,
                "min": 0,
                "thresholds": {"mode": "absolute", "steps": steps},
                "custom": {"thresholdsStyle": {"mode": "dashed" if trouble else "off"}},
            },
            "overrides": [],
        },
        "targets": [
            {
                "refId": chr(ord("A") + place),
                "datasource": _SOURCE,
                "expr": expr,
                "legendFormat": legend,
            }
            for place, (legend, expr) in enumerate(queries.items())
        ],
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(dashboard(), indent=2) + "\n")
