"""Spans for OpenTelemetry, where somebody asked for them; otherwise nothing, at no cost.

An attribute that is not named here is never written, and no exception speaks for itself: its text
may hold what a person told us. A trace begins at our own door and with our own random id.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.runtime.facts import Refused


class Provider(Protocol):
    """OpenTelemetry's SDK, of which the runtime knows only this much."""

    def get_tracer(self, name: str) -> Tracer: ...

    def shutdown(self) -> None: ...


# What we call it -> what OpenTelemetry calls it. Values are names out of the code, and numbers.
ALLOWED = {
    "service": "staffetta.service",
    "command": "staffetta.command",
    "rule": "staffetta.rule",
    "sender": "staffetta.sender",
    "count": "staffetta.count",
    "type": "cloudevents.event_type",
    "topic": "messaging.destination.name",
    "lane": "messaging.destination.partition.id",
    "method": "http.request.method",
    "route": "http.route",
    "status": "http.response.status_code",
    "error": "error.type",
}
SENDING, RECEIVING, SERVING = SpanKind.PRODUCER, SpanKind.CONSUMER, SpanKind.SERVER
WRITTEN = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_LINKS = 100
_FORM = TraceContextTextMapPropagator()
_NOTHING = nullcontext()
_tracer: Tracer | None = None
_provider: Provider | None = None


def set_up(provider: Provider | None) -> None:
    """From here on spans go to this provider; to nobody where it is None."""
    global _tracer, _provider  # noqa: PLW0603  # one process has one place where its spans go
    _provider = provider
    _tracer = provider.get_tracer("staffetta") if provider else None


def end() -> None:
    """Send what was not sent yet, and begin no more."""
    global _tracer, _provider  # noqa: PLW0603  # see set_up
    if _provider is not None:
        _provider.shutdown()
    _tracer = _provider = None


def span(  # a span's name and place, then whatever is told of it
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    within: Sequence[str] = (),
    **told: str | int,
) -> AbstractContextManager[Span | None]:
    """A span around what is done inside. Its parent is the span around it; where there is none,
    the first of `within`, traces as the outbox carries them, and it is linked to the others."""
    return _NOTHING if _tracer is None else _begun(_tracer, name, kind, within, told)


def tell(**told: str | int) -> None:
    """Say more of the present span."""
    if _tracer is not None:
        trace.get_current_span().set_attributes(_named(told))


def named(name: str) -> None:
    """Name the present span anew, once it is known what it is about."""
    if _tracer is not None:
        trace.get_current_span().update_name(name)


def current() -> str:
    """The present span as the outbox and Kafka's headers carry it; empty where there is none."""
    if _tracer is None:
        return ""
    carrier: dict[str, str] = {}
    _FORM.inject(carrier)
    return carrier.get("traceparent", "")


def current_trace() -> str:
    """The id of the present trace: 32 hexadecimal digits, or nothing."""
    return current()[3:35]


def apart(beside: str, **told: str | int) -> str:
    """A trace of its own for what must not be joined to the present one by whoever receives it.

    Only the sender's own spans know the link. Carried as `current` is.
    """
    if _tracer is None:
        return ""
    links = [Link(found) for found in map(_context, [beside]) if found.is_valid]
    with _tracer.start_as_current_span(
        "apart", context=Context(), links=links, attributes=_named(told)
    ):
        return current()


@contextmanager
def _begun(
    tracer: Tracer, name: str, kind: SpanKind, within: Sequence[str], told: dict[str, str | int]
) -> Iterator[Span]:
    inside = trace.get_current_span().get_span_context().is_valid
    known = dict.fromkeys(one for one in within if one)
    first, *others = [*known] or [""]
    with tracer.start_as_current_span(
        name,
        context=None if inside else _FORM.extract({"traceparent": first}, Context()),
        kind=kind,
        attributes=_named(told),
        links=[] if inside else [Link(_context(other)) for other in others[:_LINKS]],
        record_exception=False,
        set_status_on_exception=False,
    ) as begun:
        try:
            yield begun
        except Refused as refusal:
            begun.set_attributes(_named({"rule": refusal.rule}))
            raise
        except BaseException as fault:
            begun.set_attributes(_named({"error": type(fault).__name__}))
            begun.set_status(Status(StatusCode.ERROR))
            raise


def _context(carried: str) -> trace.SpanContext:
    read = _FORM.extract({"traceparent": carried}, Context())
    return trace.get_current_span(read).get_span_context()


def _named(told: dict[str, str | int]) -> dict[str, str | int]:
    return {ALLOWED[name]: value for name, value in told.items() if name in ALLOWED}
