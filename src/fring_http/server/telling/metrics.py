"""The numbers of a server, for Prometheus: right over all its workers, and after one has died.

The workers of a supervisor keep their numbers in files that all of them read. Each has a slot, and
whoever has it next goes on counting there (`Slots`).
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from platform import python_version
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

from fring_http.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fring_adapters.postgres.standby.store import StandbyStatistics
    from fring_adapters.postgres.wire.supply import PoolStatistics
    from fring_http.api.door.exchanging import Exchanges
    from fring_http.api.exchanges import Exchange
    from fring_http.api.v2.following import Follower

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
SAMPLE_SECONDS: Final = 1.0
LAG_SECONDS: Final = 0.5
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_NO_ROUTE: Final = "none"
_MOST_WAITING: Final = 20_000


class Metrics:
    """Count exchanges, and look at what else there is to see once a second.

    `slot` is where the numbers are kept beside those of other workers; None: in this process alone.
    Those of a standby are there if `has_standby`.
    """

    def __init__(self, slot: str | None = None, *, has_standby: bool = False) -> None:
        if slot is not None:
            values.ValueClass = values.MultiProcessValue(lambda: slot)  # type: ignore[no-untyped-call]  # untyped there
        self._registry = CollectorRegistry()
        registry = None if slot is not None else self._registry
        if slot is not None:
            MultiProcessCollector(self._registry)  # type: ignore[no-untyped-call]  # as above

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(name, text, labels, registry=registry, multiprocess_mode="livesum")

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(name, text, labels, registry=registry)

        self._duration = Histogram(
            "fring_http_request_duration_seconds",
            "Time from a request to the end of its answer",
            ("method", "route", "status"),
            registry=registry,
            buckets=_BUCKETS,
        )
        self._in_flight = gauge("fring_http_requests_in_flight", "Requests without an answer yet")
        self._refused = counter("fring_unavailable_requests", "Requests that were refused with 503")
        self._limited = counter(
            "fring_rate_limited_requests", "Requests that were refused with 429, by limit", "limit"
        )
        self._open = gauge("fring_pool_connections_open", "Connections that the pools hold")
        self._in_use = gauge("fring_pool_connections_in_use", "Connections that callers have")
        self._waiting = gauge("fring_pool_callers_waiting", "Callers that wait for a connection")
        self._waited = counter("fring_pool_wait_seconds", "Time that callers have waited for one")
        self._used = counter("fring_database_seconds", "Time that connections were in use")
        self._unmade = counter("fring_pool_connection_errors", "Connections that could not be made")
        self._statements = counter(
            "fring_statements", "Statements by how many calls they served at most", "calls"
        )
        self._errors = counter(
            "fring_database_errors", "Errors of statements by class of SQLSTATE", "sqlstate_class"
        )
        self._lag = gauge("fring_event_loop_lag_seconds", "How late the event loop was, at worst")
        self._feed_readers = gauge("fring_feed_readers", "Requests that wait for what will happen")
        self._feed_lag = Gauge(
            "fring_feed_lag_seconds",
            "How long after it happened an event came to those who wait, at worst",
            registry=registry,
            multiprocess_mode="livemax",
        )
        self._workers = gauge("fring_workers", "Workers that serve")
        self._build = gauge(
            "fring_build_info", "The versions of Fring and Python", "version", "python"
        )
        if has_standby:
            self._reads = counter("fring_reads", "Statements that read, by who answered", "place")
            self._standby_lag = Gauge(
                "fring_standby_lag_seconds",
                "How old the state of the standby is at most, as the worst worker knows it",
                registry=registry,
                multiprocess_mode="livemax",
            )
        self._reads_before = (0, 0)
        # Those of each route, method and class of status: to look them up anew costs as much as
        # counting does.
        self._counted: dict[tuple[str, str, int], Callable[[float], None]] = {}
        self.ended: deque[Exchange] = deque(maxlen=_MOST_WAITING)
        self._before: tuple[float, float, int] = (0.0, 0.0, 0)
        self._errors_before: Mapping[str, int] = {}
        self._statements_before: Mapping[int, int] = {}

    def count(self) -> None:
        """Count what has `ended` since the last time: many in a row are counted much quicker."""
        with suppress(IndexError):
            while True:
                self._count_one(self.ended.popleft())

    def _count_one(self, exchange: Exchange) -> None:
        key = (exchange.method, exchange.route, exchange.status // 100)
        observe = self._counted.get(key)
        if observe is None:
            # What callers make up is not to become a series.
            is_known = exchange.route and exchange.method in _METHODS
            labels = (exchange.method, exchange.route) if is_known else (_NO_ROUTE, _NO_ROUTE)
            observe = self._duration.labels(*labels, f"{key[2]}xx").observe
            if is_known:
                self._counted[key] = observe
        observe(exchange.seconds)
        if exchange.unavailable:
            self._refused.inc()
        if exchange.limited:
            self._limited.labels(exchange.limited).inc()

    async def sample(
        self,
        exchanges: Exchanges,
        follower: Follower,
        statistics: Callable[[], PoolStatistics] | None,
        of_standby: Callable[[], StandbyStatistics] | None = None,
    ) -> None:
        """Look once a second at what is going on, until cancelled."""
        self._workers.set(1)
        self._build.labels(VERSION, python_version()).set(1)
        loop = asyncio.get_running_loop()
        while True:
            worst = 0.0
            for _ in range(round(SAMPLE_SECONDS / LAG_SECONDS)):
                due = loop.time() + LAG_SECONDS
                await asyncio.sleep(LAG_SECONDS)
                worst = max(worst, loop.time() - due)
                self.count()
            self._lag.set(worst)
            self._in_flight.set(exchanges.in_flight)
            self._feed_readers.set(follower.readers)
            self._feed_lag.set(follower.lag())
            if statistics is not None:
                self._take(statistics())
            if of_standby is not None:
                self._take_standby(of_standby())

    def _take(self, found: PoolStatistics) -> None:
        self._open.set(found.open)
        self._in_use.set(found.in_use)
        self._waiting.set(found.waiting)
        now = (found.waited_seconds, found.used_seconds, found.failed_connections)
        for count, new, old in zip(
            (self._waited, self._used, self._unmade), now, self._before, strict=True
        ):
            count.inc(max(new - old, 0))
        self._before = now
        for state, new in found.errors.items():
            self._errors.labels(state).inc(new - self._errors_before.get(state, 0))
        self._errors_before = found.errors
        for calls, new in found.statements.items():
            self._statements.labels(calls).inc(new - self._statements_before.get(calls, 0))
        self._statements_before = found.statements

    def _take_standby(self, found: StandbyStatistics) -> None:
        self._standby_lag.set(found.age)
        now = (found.by_standby, found.by_primary)
        for place, new, old in zip(("standby", "primary"), now, self._reads_before, strict=True):
            self._reads.labels(place).inc(new - old)
        self._reads_before = now

    def page(self) -> bytes:
        """Return all numbers, those of the other workers too, as Prometheus reads them."""
        self.count()
        return generate_latest(self._registry)
