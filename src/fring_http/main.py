"""The composition root: settings, a store, Fring, the application.

    uvicorn --factory fring_http.main:create

serves what `fring serve` does, on the DATABASE_URL of the environment.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fring_adapters.clock import utc_now
from fring_adapters.identity import Argon2Passwords, JwksTokens, SecretTokens, TokenRules
from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import PoolSettings, PostgresStore, prepare
from fring_core import Accounts, Fring
from fring_http.app import create_app
from fring_http.hosts import with_known_hosts
from fring_http.logs import FORMAT, OneLine
from fring_http.settings import MEMORY, AuthMode, Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from fring_core import Store, Tokens
    from fring_http.edge import Application

_log = logging.getLogger("fring")


def create(settings: Settings | None = None) -> Application:
    """Return the application that the settings describe (None: those of the environment).

    Raise `SettingsError` without a DATABASE_URL, since only `fring serve` runs the embedded
    database.
    """
    settings = settings or Settings.from_environment()
    _set_up_logging(settings)
    store: Store
    lifespan: list[AbstractAsyncContextManager[object]] = []
    if not settings.database_url:
        raise SettingsError("DATABASE_URL is not set; `fring serve` brings a database of its own")
    if settings.database_url == MEMORY:
        store = MemoryStore()
    else:
        store = PostgresStore(settings.database_url, _pool_settings(settings))
        lifespan.append(_opened(settings, store))
    tokens: Tokens | None = None
    accounts: Accounts | None = None
    match settings.auth_mode():
        case AuthMode.SECRET:
            tokens = issuer = secret_tokens(settings)
            passwords = Argon2Passwords()
            accounts = Accounts(store, passwords=passwords, issuer=issuer, clock=utc_now)
        case AuthMode.JWKS:
            tokens = jwks = jwks_tokens(settings)
            lifespan.append(jwks)
        case AuthMode.OFF:
            _log.warning("No authentication is set up: whoever reaches this server may do anything")
    app = create_app(
        Fring(store, clock=utc_now, workflow=settings.workflow),
        tokens=tokens,
        accounts=accounts,
        cors_origins=settings.cors_origins,
        lifespan=lifespan,
    )
    return with_known_hosts(app, settings.known_hosts(), settings.host)


def secret_tokens(settings: Settings) -> SecretTokens:
    """Return the tokens of secret mode; raise `SettingsError` for a secret that is too short."""
    try:
        return SecretTokens(settings.secret, _rules(settings), seconds=settings.token_seconds)
    except ValueError as error:
        raise SettingsError(f"BETTER_AUTH_SECRET cannot be used: {error}") from None


def jwks_tokens(settings: Settings) -> JwksTokens:
    """Return the tokens of jwks mode."""
    return JwksTokens(settings.jwks_url, _rules(settings))


def _rules(settings: Settings) -> TokenRules:
    return TokenRules(
        issuer=settings.token_issuer or None,
        audience=settings.token_audience or None,
        max_lifetime=settings.token_max_lifetime,
        role_claim=settings.role_claim,
    )


def _set_up_logging(settings: Settings) -> None:
    level = "DEBUG" if settings.debug else settings.log_level.upper()
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(FORMAT))
    logging.basicConfig(level=level, handlers=[handler])
    if level == "INFO":  # they tell of every migration, connection and request for keys
        for chatty in ("alembic", "psycopg.pool", "httpx"):
            logging.getLogger(chatty).setLevel(logging.WARNING)


@asynccontextmanager
async def _opened(settings: Settings, store: PostgresStore) -> AsyncIterator[None]:
    await asyncio.to_thread(prepare, settings.database_url, upgrade=settings.migrate)
    async with store:
        yield


def _pool_settings(settings: Settings) -> PoolSettings:
    return PoolSettings(
        size=settings.pool_size,
        overflow=settings.pool_overflow,
        timeout=settings.pool_timeout,
        recycle=settings.pool_recycle,
        prepare=settings.pool_prepare,
    )
