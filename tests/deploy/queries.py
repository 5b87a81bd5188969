"""The queries of the dashboard and the alerts, read by a PromQL parser, and what a scrape holds."""

import importlib.util
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import promql_parser
import yaml
from prometheus_client.parser import text_string_to_metric_families

OBSERVABILITY = Path(__file__).parents[2] / "deploy" / "observability"
# Prometheus itself adds these to what it scrapes.
_ITS_OWN_SERIES, _ITS_OWN_LABELS = {"up"}, {"job", "instance", "le"}
Series = dict[str, set[str]]


def generator() -> ModuleType:
    """The script that writes the dashboard."""
    spec = importlib.util.spec_from_file_location("dashboard", OBSERVABILITY / "dashboard.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def expressions() -> Mapping[str, str]:
    """Every query: of a panel by its title, of an alert by its name."""
    dashboard = json.loads(generator().FILE.read_text())
    found = {
        f"{panel['title']}, {target['refId']}": target["expr"].replace("$__rate_interval", "5m")
        for panel in dashboard["panels"]
        for target in panel["targets"]
    }
    alerts = yaml.safe_load((OBSERVABILITY / "alerts.yml").read_text())
    return found | {
        rule["alert"]: rule["expr"] for group in alerts["groups"] for rule in group["rules"]
    }


def asked_for(expression: str) -> Iterator[tuple[str, set[str]]]:
    """Each series of a query, with the labels by which it is chosen or summed."""
    names: list[str] = []
    labels: set[str] = set()

    def visit(part: Any) -> bool:
        selector = getattr(part, "vector_selector", part)
        if isinstance(selector, promql_parser.VectorSelector):
            names.append(str(selector.name))
            labels.update(matcher.name for matcher in selector.matchers.matchers)
        if isinstance(part, promql_parser.AggregateExpr) and part.modifier:
            labels.update(part.modifier.labels)
        return True

    promql_parser.walk(promql_parser.parse(expression), visit)
    assert names, "a query asks for something"
    yield from ((name, labels) for name in dict.fromkeys(names))


def missing(scraped: Series) -> list[str]:
    """What the queries ask for and the scrape does not hold."""
    return [
        f"{title}: {name} {sorted(labels)}"
        for title, expression in expressions().items()
        for name, labels in asked_for(expression)
        if name not in _ITS_OWN_SERIES
        and (name not in scraped or labels - scraped[name] - _ITS_OWN_LABELS)
    ]


def series(text: str) -> Series:
    """Each series of a scrape with its labels."""
    found: Series = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def told(text: str) -> set[str]:
    """Every value of a label of ours in a scrape."""
    return {
        value
        for family in text_string_to_metric_families(text)
        if family.name.startswith("staffetta_")
        for sample in family.samples
        for name, value in sample.labels.items()
        if name != "le"
    }
