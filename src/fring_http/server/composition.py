"""The composition root: settings, a store, Fring, the application.

    uvicorn --factory fring_http.server.composition:create

serves what `fring serve` does, on the DATABASE_URL of the environment.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final

import attrs

from fring_adapters.clock import utc_now
from fring_adapters.identity import Argon2Passwords, JwksTokens, SecretTokens
from fring_adapters.memory import MemoryStore
from fring_core import Fring, StoreUnavailable
from fring_http.api.app import create_app
from fring_http.api.door.hosts import with_known_hosts
from fring_http.server.exposure import known_hosts
from fring_http.server.logs import set_up
from fring_http.server.readiness import Readiness
from fring_http.server.settings import MEMORY, AuthMode, Settings, SettingsError
from fring_http.server.tokens import jwks_tokens, secret_tokens

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from fring_adapters.postgres import PostgresStore
    from fring_core import AccountAdmin
    from fring_http.api.app import Lifespan
    from fring_http.api.door.edge import Application, Event, Reader, Writer
    from fring_http.api.health import Objections

PREPARE_AGAIN_SECONDS: Final = 1.0
_log = logging.getLogger("fring")


def create(settings: Settings | None = None) -> Application:
    """Return the application that the settings describe (None: those of the environment).

    Its lifespan opens the store, after it has checked the tables; while the database is away it
    starts all the same, and checks them later. Raise `SettingsError` without a DATABASE_URL, since
    only `fring serve` runs the embedded database.
    """
    chosen = settings or Settings.from_environment()
    for stray in chosen.strays:
        _log.warning(stray)
    application, has_lived = _with_lifespan(chosen), False

    async def live(scope: Event, receive: Reader, send: Writer) -> None:
        nonlocal application, has_lived
        if scope["type"] == "lifespan":
            if has_lived:  # a store lives once, and an application may be started again
                application = _with_lifespan(chosen)
            has_lived = True
        await application(scope, receive, send)

    return live


def _with_lifespan(settings: Settings) -> Application:
    wiring = Wiring.of(settings)
    return wiring.application([lambda _: wiring.opened(prepares=True)])


@attrs.frozen
class Wiring:
    """Hold the parts that the settings ask for, before any of them is opened."""

    settings: Settings
    fring: Fring
    tokens: SecretTokens | JwksTokens | None
    readiness: Readiness

    @classmethod
    def of(cls, settings: Settings) -> Wiring:
        """Choose the parts; raise `SettingsError`."""
        set_up(settings.log_level, debug=settings.debug)
        if not settings.database_url:
            raise SettingsError(
                "DATABASE_URL is not set; `fring serve` brings a database of its own"
            )
        store = MemoryStore() if settings.database_url == MEMORY else _postgres(settings)
        tokens: SecretTokens | JwksTokens | None = None
        match settings.auth_mode():
            case AuthMode.SECRET:
                tokens = secret_tokens(settings)
            case AuthMode.JWKS:
                tokens = jwks_tokens(settings)
            case AuthMode.OFF:
                _log.warning(
                    "No authentication is set up: whoever reaches this server may do anything"
                )
        issuer = tokens if isinstance(tokens, SecretTokens) else None
        fring = Fring(
            store,
            clock=utc_now,
            workflow=settings.workflow,
            personal_workflow=settings.personal_workflow,
            passwords=None if issuer is None else Argon2Passwords(),
            issuer=issuer,
        )
        return cls(settings, fring, tokens, Readiness(_objections_of(settings)))

    def application(self, lifespan: Sequence[Lifespan] = ()) -> Application:
        """Return the application of these parts."""
        app = create_app(
            self.fring,
            tokens=self.tokens,
            registration=self.settings.registration,
            cors_origins=self.settings.cors_origins,
            strict_input=self.settings.strict_input,
            objections=self.readiness.objections,
            lifespan=lifespan,
        )
        return with_known_hosts(app, known_hosts(self.settings), self.settings.host)

    @asynccontextmanager
    async def opened(self, *, prepares: bool = False) -> AsyncIterator[None]:
        """Open what has to be open; check the tables first if `prepares`."""
        async with AsyncExitStack() as stack:
            if isinstance(self.tokens, JwksTokens):
                await stack.enter_async_context(self.tokens)
            if prepares and self.settings.database_url != MEMORY:
                await stack.enter_async_context(_prepared(self.settings))
            await stack.enter_async_context(self.fring)
            yield


def _objections_of(settings: Settings) -> Objections:
    """Return what asks the database whether it can be worked on."""

    async def ask() -> list[str]:
        if settings.database_url == MEMORY:
            return []
        from fring_adapters.postgres.readiness import objections  # noqa: PLC0415  # as for the store

        return await objections(settings.database_url, schema=settings.schema)

    return ask


@asynccontextmanager
async def account_admin(settings: Settings, url: str) -> AsyncIterator[AccountAdmin]:
    """Open a database, whose tables are there, for what an operator does with its accounts."""
    of_one = attrs.evolve(settings, database_url=url, pool_size=1, pool_overflow=0)
    fring = Fring(_postgres(of_one), clock=utc_now, passwords=Argon2Passwords())
    async with fring:
        yield fring.account_admin


@asynccontextmanager
async def _prepared(settings: Settings) -> AsyncIterator[None]:
    """Check the tables, or set them up; if the database is away, try again until it is there."""
    from fring_adapters.postgres import prepare  # noqa: PLC0415  # as for the store

    async def prepare_now() -> bool:
        try:
            await asyncio.to_thread(
                prepare,
                settings.database_url,
                schema=settings.schema,
                upgrade=settings.migrate,
            )
        except StoreUnavailable as error:
            _log.warning("%s; requests are answered with 503 until it is there", error)
            return False
        return True

    async def prepare_later() -> None:
        while True:
            await asyncio.sleep(PREPARE_AGAIN_SECONDS)
            if await prepare_now():
                return

    if await prepare_now():
        yield
        return
    later = asyncio.create_task(prepare_later())
    try:
        yield
    finally:
        later.cancel()
        await asyncio.wait([later])


def _postgres(settings: Settings) -> PostgresStore:
    # Only here: it takes longer than all else, and `memory://` does without.
    from fring_adapters.postgres import PoolSettings, PostgresStore  # noqa: PLC0415

    pool = PoolSettings(
        size=settings.pool_size,
        overflow=settings.pool_overflow,
        timeout=settings.pool_timeout,
        patience=settings.pool_timeout,
        recycle=settings.pool_recycle,
        prepare=settings.pool_prepare,
    )
    return PostgresStore(settings.database_url, pool, schema=settings.schema)
