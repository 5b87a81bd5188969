"""What is asked of the spans of a whole journey, wherever it was played."""

from collections.abc import Sequence

from shared.runtime.spans import ALLOWED
from tests.support.collector import Collector, Seen

SERVICE = ALLOWED["service"]


def applied_by(spans: Sequence[Seen], service: str) -> list[Seen]:
    return [span for span in spans if span.name == "apply" and span.told[SERVICE] == service]


def begun_over_http(spans: Sequence[Seen], traces: set[str]) -> set[str]:
    """The requests at whose root these traces began."""
    return {
        span.name
        for span in spans
        if span.trace in traces and not span.parent and "http.route" in span.told
    }


def counted_from(spans: Sequence[Seen]) -> set[str]:
    """The requests from which the observatory's applications can be followed to: the trace of a
    contribution is one of its own, and only the sender's spans know the link."""
    traces = {span.trace for span in applied_by(spans, "observatory")}
    apart = [span for span in spans if span.name == "apart" and span.trace in traces]
    assert {span.trace for span in apart} == traces, "each was begun by its sender"
    return begun_over_http(spans, {link for span in apart for link in span.links})


def is_whole(collector: Collector) -> bool:
    """Whether a request's trace reaches the operational services, and the observatory by a link."""
    spans = list(collector.spans)
    for service in ("referral", "assistance", "identification"):
        traces = {span.trace for span in applied_by(spans, service)}
        if not begun_over_http(spans, traces):
            return False
    return bool(counted_from(spans))


def attributes(spans: Sequence[Seen]) -> set[str]:
    return {name for span in spans for name in span.told}
