"""What is told of each statement: an error to the metrics, a span to the traces."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fring_adapters.postgres.wire.driver import Watch
    from fring_http.server.telling.metrics import Metrics
    from fring_http.server.telling.traces import Traces


def watching(metrics: Metrics | None, traces: Traces | None) -> Watch | None:
    """Return what watches statements for those that are there; None if nobody is."""
    if metrics is None or traces is None:
        only = metrics or traces
        return only.watch if only else None

    @contextmanager
    def watch(name: str) -> Iterator[None]:
        with metrics.watch(name), traces.watch(name):
            yield

    return watch
