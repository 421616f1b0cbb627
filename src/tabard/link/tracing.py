"""Traces: a span around each commit of the journal and each batch applied; nothing unless the machine asks for traces.

What a span carries is counts and the link's name; never anything of a message, and no text of an exception, which may
quote one. Source: OpenTelemetry, environment variable specification.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module

from opentelemetry import trace

_tracer = trace.get_tracer("tabard.link")
_ASKED_BY = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER")


def committing(pieces: int) -> AbstractContextManager[None]:
    """Around one commit of the journal, which holds what came in so many pieces."""
    return _spanning("journal commit", pieces)


def applying(messages: int) -> AbstractContextManager[None]:
    """Around one batch of messages applied to the record."""
    return _spanning("apply", messages)


def start_tracing() -> bool:
    """Send traces where the standard variables `OTEL_...` of the environment say; False where they say nothing.

    To be called once in a process. Raises ImportError where the variables ask for what is not installed.
    """
    if not any(os.environ.get(name) for name in _ASKED_BY) or os.environ.get("OTEL_TRACES_EXPORTER") == "none":
        return False
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    sdk, export = import_module("opentelemetry.sdk.trace"), import_module("opentelemetry.sdk.trace.export")
    otlp = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    provider = sdk.TracerProvider()
    provider.add_span_processor(export.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return True


@contextmanager
def _spanning(name: str, number: int) -> Iterator[None]:
    with _tracer.start_as_current_span(
        name, attributes={"tabard.number": number}, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except Exception as fault:
            span.set_status(trace.StatusCode.ERROR, type(fault).__name__)
            raise
