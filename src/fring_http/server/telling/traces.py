"""Traces for a collector that speaks OTLP: a span for each request, and for each statement.

A statement's span has its name, such as `SELECT tasks`: neither its text nor a value in it.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.trace import SpanKind, StatusCode, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from fring_http.api.exchanges import EXCHANGE
from fring_http.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opentelemetry.sdk.trace import ReadableSpan

    from fring_http.api.asgi import Application, Event, Reader, Writer
    from fring_http.api.exchanges import Exchange

PATH: Final = "/v1/traces"
TRY_SECONDS: Final = 2
NOT_TAKEN: Final = "the collector of FRING_TRACES takes no traces, and they are lost"
_log = logging.getLogger("fring.traces")
_OUR_FAULT: Final = 500
_propagator: Final = TraceContextTextMapPropagator()


class Traces:
    """Send spans to a collector, in the background; those that it does not take are lost.

    `collector` is its URL, without the path for traces. What else OpenTelemetry's own variables
    say, such as OTEL_TRACES_SAMPLER and OTEL_SERVICE_NAME, holds.
    """

    def __init__(self, collector: str) -> None:
        name = os.environ.get("OTEL_SERVICE_NAME", "fring")
        resource = Resource.create({"service.name": name, "service.version": VERSION})
        self._provider = TracerProvider(resource=resource)
        # It would tell of each batch that the collector does not take, and quote what callers send.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        exporter = _Exporter(endpoint=collector.rstrip("/") + PATH, timeout=TRY_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("fring", VERSION)

    def around(self, app: Application) -> Application:
        """Return an application whose requests are spans, part of the caller's trace if it has one.

        It has to be inside of `Exchanges`, whose exchange gets the id of the trace.
        """

        async def answer(scope: Event, receive: Reader, send: Writer) -> None:
            exchange: Exchange | None = scope.get(EXCHANGE)
            if exchange is None:
                await app(scope, receive, send)
                return
            carrier = {
                name.decode("latin-1"): value.decode("latin-1")
                for name, value in scope["headers"]
                if name in (b"traceparent", b"tracestate")
            }
            with self._tracer.start_as_current_span(
                exchange.method,
                _propagator.extract(carrier),
                kind=SpanKind.SERVER,
                attributes={
                    "http.request.method": exchange.method,
                    "client.address": exchange.client,
                    "fring.request_id": exchange.id,
                },
                record_exception=False,  # its text may hold what a caller has sent
                set_status_on_exception=False,
            ) as span:
                exchange.trace = format_trace_id(span.get_span_context().trace_id)
                await app(scope, receive, send)
                span.set_attribute("http.response.status_code", exchange.status)
                if exchange.route:
                    span.update_name(f"{exchange.method} {exchange.route}")
                    span.set_attribute("http.route", exchange.route)
                if exchange.status >= _OUR_FAULT:
                    span.set_status(StatusCode.ERROR)

        return answer

    @contextmanager
    def watch(self, statement: str) -> Iterator[None]:
        """Hold a statement's span open, given its name."""
        operation, _, table = statement.partition(" ")
        with self._tracer.start_as_current_span(
            statement,
            kind=SpanKind.CLIENT,
            attributes={
                "db.system.name": "postgresql",
                "db.operation.name": operation,
                "db.collection.name": table,
            },
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except Exception as error:
                state = getattr(error, "sqlstate", None)
                span.set_attribute("error.type", state or type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise

    def close(self) -> None:
        """Send what is waiting, and end; wait for the collector for two seconds at most."""
        last = Thread(target=self._provider.shutdown, daemon=True)
        last.start()
        last.join(TRY_SECONDS)


class _Exporter(OTLPSpanExporter):
    """Tell once that the collector takes nothing, and once that it does again."""

    _is_taken = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans."""
        result = super().export(spans)
        is_taken = result is SpanExportResult.SUCCESS
        if is_taken != self._is_taken:
            _log.warning("the collector takes traces again" if is_taken else NOT_TAKEN)
        self._is_taken = is_taken
        return result
