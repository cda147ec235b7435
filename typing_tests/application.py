"""The application over HTTP, and the embedded database."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import assert_type

import httpx

from fring_adapters.clock import utc_now
from fring_adapters.identity import SecretTokens
from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import PoolSettings, PostgresStore
from fring_adapters.postgres.embedded import embedded
from fring_core import STRICT, Fring, Passwords
from fring_http.api.app import create_app
from fring_http.api.asgi import Application
from fring_http.server.composition import create
from fring_http.server.settings import Settings


def on_memory() -> Application:
    """Serve the memory store."""
    return create_app(Fring(MemoryStore(), clock=utc_now, workflow=STRICT))


def on_postgres(url: str, tokens: SecretTokens, passwords: Passwords) -> Application:
    """Serve a database, with all that can be set."""
    store = PostgresStore(url, PoolSettings(size=4))
    return create_app(
        Fring(store, clock=utc_now, passwords=passwords, issuer=tokens),
        tokens=tokens,
        cors_origins=["https://example.org"],
        lifespan=[store],
    )


def in_process() -> httpx.ASGITransport:
    """Call it without a socket."""
    return httpx.ASGITransport(on_memory())


def from_settings() -> Application:
    """Serve what settings say."""
    assert_type(Settings().port, int)
    return create(Settings(database_url="memory://"))


def a_database(folder: Path) -> AbstractContextManager[str]:
    """Run a database."""
    with embedded(folder) as url:
        assert_type(url, str)
    return embedded(folder)


def refused(tokens: SecretTokens) -> None:
    """Forget what the application needs, or confuse it."""
    create_app(MemoryStore())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    create_app(Fring(MemoryStore()))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    create_app(Fring(MemoryStore(), clock=utc_now), tokens)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Settings("memory://")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
