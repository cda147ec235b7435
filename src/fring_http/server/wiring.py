"""The parts of a server, as the settings ask for them, and how they are put together."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import attrs

from fring_adapters.clock import utc_now
from fring_adapters.identity import Argon2Passwords, JwksTokens, SecretTokens
from fring_core import Fring
from fring_http.api.app import create_app
from fring_http.api.door.edge import refusal
from fring_http.api.door.exchanging import Exchanges
from fring_http.api.door.hosts import with_known_hosts
from fring_http.api.door.outages import Outages
from fring_http.api.door.proxies import with_trusted_proxies
from fring_http.api.door.safe_headers import with_safe_headers
from fring_http.api.v1.attempts import whose_password
from fring_http.api.v2.following import Follower
from fring_http.server.authentication import auth_mode
from fring_http.server.beside import beside, working
from fring_http.server.exposure import known_hosts
from fring_http.server.modes import AuthMode, SettingsError
from fring_http.server.rates import rates_of
from fring_http.server.readiness import Readiness
from fring_http.server.retention import forgetting
from fring_http.server.stores import objections_of, store_of
from fring_http.server.tables import tables_checked
from fring_http.server.telling.access import access_log, is_logging_requests
from fring_http.server.telling.metrics import Metrics
from fring_http.server.telling.page import with_metrics
from fring_http.server.tokens import jwks_tokens, secret_tokens
from fring_http.server.writes import RecentWrites

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from fring_adapters.memory import MemoryStore
    from fring_adapters.postgres import PostgresStore
    from fring_http.api.app import Lifespan
    from fring_http.api.asgi import Application
    from fring_http.api.exchanges import Observer
    from fring_http.server.settings import Settings
    from fring_http.server.telling.traces import Traces


@attrs.frozen
class Wiring:
    """Hold the parts that the settings ask for, before any of them is opened."""

    settings: Settings
    store: MemoryStore | PostgresStore
    fring: Fring
    tokens: SecretTokens | JwksTokens | None
    readiness: Readiness
    metrics: Metrics | None
    traces: Traces | None
    exchanges: Exchanges
    writes: RecentWrites | None
    follower: Follower

    @classmethod
    def alone(cls, settings: Settings) -> Wiring:
        """Choose the parts of a server that knows of no other worker; raise `SettingsError`."""
        return cls.of(
            settings, writes=RecentWrites(settings.read_lag) if settings.read_database_url else None
        )

    @classmethod
    def of(
        cls, settings: Settings, slot: str | None = None, writes: RecentWrites | None = None
    ) -> Wiring:
        """Choose the parts; raise `SettingsError`. The numbers are kept in a slot, if it is given.

        Without `writes` nothing is read from a standby.
        """
        if not settings.database_url:
            raise SettingsError(
                "DATABASE_URL is not set; `fring serve` brings a database of its own"
            )
        tokens: SecretTokens | JwksTokens | None = None
        match auth_mode(settings):
            case AuthMode.SECRET:
                tokens = secret_tokens(settings)
            case AuthMode.JWKS:
                tokens = jwks_tokens(settings)
        reads = bool(settings.read_database_url) and writes is not None
        metrics = Metrics(slot, has_standby=reads) if settings.metrics else None
        traces = _traces(settings)
        if settings.sentry_dsn:
            # Only here: it is an extra.
            from fring_http.server.telling.sentry import send_errors  # noqa: PLC0415

            send_errors(settings.sentry_dsn, settings.environment)
        store = store_of(
            settings,
            traces.watch if traces else None,
            None if writes is None else writes.may_be_stale,
        )
        issuer = tokens if isinstance(tokens, SecretTokens) else None
        fring = Fring(
            store,
            clock=utc_now,
            workflow=settings.workflow,
            personal_workflow=settings.personal_workflow,
            passwords=None if issuer is None else Argon2Passwords(whose_password),
            issuer=issuer,
            event_text=settings.event_text,
        )
        observers: list[Observer] = [
            Outages(),
            *([access_log(settings)] if is_logging_requests(settings) else []),
            *([metrics.ended.append] if metrics else []),
        ]
        readiness = Readiness(objections_of(settings))
        exchanges = Exchanges(*observers)
        return cls(
            settings,
            store,
            fring,
            tokens,
            readiness,
            metrics,
            traces,
            exchanges,
            writes,
            Follower(fring),
        )

    def application(self, lifespan: Sequence[Lifespan] = ()) -> Application:
        """Return the application of these parts."""
        settings = self.settings
        app = create_app(
            self.fring,
            tokens=self.tokens,
            registration=settings.registration,
            cors_origins=settings.cors_origins,
            strict_input=settings.strict_input,
            idempotency_seconds=settings.idempotency,
            require_if_match=settings.require_if_match,
            objections=self.readiness.objections,
            request_seconds=settings.request_seconds,
            max_requests=settings.max_requests,
            rates=rates_of(settings, getattr(self.store, "rate_limits", None)),
            follower=self.follower,
            webhook_private=settings.webhook_private,
            lifespan=lifespan,
        )
        if self.metrics and settings.metrics_port is None:
            app = with_metrics(
                app,
                self.metrics,
                token=settings.metrics_token,
                is_open=self.tokens is None and not settings.metrics_token,
            )
        if self.writes is not None:
            app = self.writes.around(app)
        app = with_known_hosts(app, known_hosts(settings), settings.host)
        if self.traces:
            app = self.traces.around(app)
        return with_trusted_proxies(self.exchanges.around(app), settings.trusted_proxies)

    def metrics_application(self) -> Application:
        """Return the application that shows the numbers to whoever asks, and nothing else."""
        if self.metrics is None:  # they were switched off after the port was taken
            return with_safe_headers(refusal(404, "Not Found"))
        return with_safe_headers(with_metrics(None, self.metrics, is_open=True))

    @asynccontextmanager
    async def opened(self, *, prepares: bool = False) -> AsyncIterator[None]:
        """Open what has to be open; check the tables first if `prepares`."""
        async with AsyncExitStack() as stack:
            if isinstance(self.tokens, JwksTokens):
                await stack.enter_async_context(self.tokens)
            if prepares:
                await stack.enter_async_context(tables_checked(self.settings))
            await stack.enter_async_context(self.fring)
            if self.traces is not None:
                stack.push_async_callback(asyncio.to_thread, self.traces.close)
            if self.metrics is not None:
                await stack.enter_async_context(self._sampled(self.metrics))
            if self.settings.event_days is not None:
                old = forgetting(self.fring, utc_now, self.settings.event_days)
                await stack.enter_async_context(beside(old))
            if self.settings.worker:
                private = self.settings.webhook_private
                await stack.enter_async_context(working(self.fring, private=private))
            yield

    @asynccontextmanager
    async def _sampled(self, metrics: Metrics) -> AsyncIterator[None]:
        statistics = getattr(self.store, "statistics", None)  # the memory store has no pool
        of_standby = getattr(self.store, "standby_statistics", None)
        try:
            async with beside(
                metrics.sample(self.exchanges, self.follower, statistics, of_standby)
            ):
                yield
        finally:
            metrics.count()


def _traces(settings: Settings) -> Traces | None:
    if not settings.traces:
        return None
    # Only here: it is an extra.
    from fring_http.server.telling.traces import Traces  # noqa: PLC0415

    return Traces(settings.traces)
