"""What does not go together in the settings, before anything is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fring_http.server.authentication import auth_mode
from fring_http.server.exposure import listening_host
from fring_http.server.extras import missing_extras
from fring_http.server.modes import AuthMode, SettingsError
from fring_http.server.settings import MEMORY

if TYPE_CHECKING:
    from collections.abc import Callable

    from fring_http.server.settings import Settings


def check(settings: Settings) -> None:
    """Raise `SettingsError` with all that does not go together, a line each."""
    faults: list[str] = []
    for each in _CHECKS:
        try:
            each(settings)
        except (SettingsError, ValueError) as error:
            faults.append(str(error))
    if faults:
        raise SettingsError("\n".join(dict.fromkeys(faults)))


def _workers(settings: Settings) -> None:
    if settings.database_url == MEMORY and settings.workers > 1:
        raise SettingsError("memory:// needs WORKERS=1: each worker would have data of its own")


def _tokens(settings: Settings) -> None:
    if auth_mode(settings) is not AuthMode.OFF:
        from fring_http.server.tokens import jwks_tokens, secret_tokens  # noqa: PLC0415  # it takes long

        (secret_tokens if auth_mode(settings) is AuthMode.SECRET else jwks_tokens)(settings)


def _url(settings: Settings) -> None:
    if settings.database_url and settings.database_url != MEMORY:
        from fring_adapters.postgres.wire.urls import to_conninfo  # noqa: PLC0415  # as above

        to_conninfo(settings.database_url)


def _standby(settings: Settings) -> None:
    if not settings.read_database_url:
        return
    if settings.database_url in ("", MEMORY):
        raise SettingsError(
            "FRING_READ_DATABASE_URL needs a DATABASE_URL that names the PostgreSQL database which"
            " it is a standby of"
        )
    from fring_adapters.postgres.wire.parameters import effective  # noqa: PLC0415  # as above
    from fring_adapters.postgres.wire.urls import described, to_conninfo  # noqa: PLC0415  # as above

    try:
        read = to_conninfo(settings.read_database_url)
    except ValueError as error:
        raise SettingsError(f"FRING_READ_DATABASE_URL: {error}") from None
    found = effective(read)
    if "," in found.get("host", "") + found.get("hostaddr", ""):
        raise SettingsError(
            "FRING_READ_DATABASE_URL names several hosts, and each is behind by another time: name"
            " one"
        )
    if described(read) == described(settings.database_url):
        raise SettingsError(
            "FRING_READ_DATABASE_URL leads to where DATABASE_URL does: name a standby, or leave it"
            " out"
        )


def _schema(settings: Settings) -> None:
    if settings.schema is not None:
        from fring_adapters.postgres.wire.schema_names import checked_schema  # noqa: PLC0415  # as above

        checked_schema(settings.schema)


def _metrics(settings: Settings) -> None:
    if settings.metrics_port is not None and settings.metrics_port == settings.port:
        raise SettingsError(
            f"FRING_METRICS_PORT={settings.metrics_port} is PORT as well: leave it out, or set"
            " another"
        )


def _extras(settings: Settings) -> None:
    if lines := missing_extras(settings):
        raise SettingsError("\n".join(lines))


_CHECKS: Final[tuple[Callable[[Settings], object], ...]] = (
    _workers,
    listening_host,
    _tokens,
    _url,
    _standby,
    _schema,
    _metrics,
    _extras,
)
