"""Where spans go, by OpenTelemetry's own variables (OTEL_…); nowhere where none of them is set."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from shared.runtime import spans

if TYPE_CHECKING:
    from shared.runtime.spans import Provider

# Any of these says that somebody collects; the exporter reads them, and the rest of its own.
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


@contextmanager
def traced(service: str) -> Iterator[None]:
    """Spans go where the environment says while this lasts; at its end, what is left is sent."""
    asked = _provider(service)
    if asked is None:
        yield
        return
    spans.set_up(asked)
    try:
        yield
    finally:
        spans.end()


def _provider(service: str) -> "Provider | None":
    """OpenTelemetry's provider with its OTLP exporter over HTTP, or None where nobody asked.

    The sampler, the batches and the headers follow OTEL_…; the service's name is ours unless
    OTEL_SERVICE_NAME says another.
    """
    off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    nowhere = os.environ.get("OTEL_TRACES_EXPORTER", "otlp").lower() == "none"
    if off or nowhere or not any(os.environ.get(name) for name in _ENDPOINTS):
        return None
    # Half a second of imports, for those who asked.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": f"staffetta-{service}"}
    made = TracerProvider(resource=Resource.create(named))
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return made
