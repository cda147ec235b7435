"""Who may reach a server: where it listens, and to which names it answers."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from fring_http.api.door import authority
from fring_http.server.authentication import auth_mode
from fring_http.server.modes import AuthMode, SettingsError

if TYPE_CHECKING:
    from fring_http.server.settings import Settings

BOTH_FAMILIES: Final = "::"


def known_hosts(settings: Settings) -> tuple[str, ...] | None:
    """Return the names under which to answer, beside those of this machine; None for any.

    Without authentication a page must not come in by giving its own name our address.
    """
    if settings.allowed_hosts is None and auth_mode(settings) is AuthMode.OFF:
        return ()
    return settings.allowed_hosts


def listening_host(settings: Settings) -> str:
    """Return where to listen.

    Raise `SettingsError` if another machine could reach a server that asks for no token, unless
    FRING_AUTH=off says that it may. `::`, which is how both families are asked for, is then
    `localhost`, which has both too.
    """
    _check_host(settings)
    if settings.auth is AuthMode.OFF or auth_mode(settings) is not AuthMode.OFF:
        return settings.host
    try:
        local = authority.resolves_to_loopback(settings.host)
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"Cannot listen on {settings.host}: {error}") from None
    if not local and settings.host != BOTH_FAMILIES:
        raise SettingsError(
            f"HOST={settings.host} lets other machines in, and nobody is asked for a token: set"
            " BETTER_AUTH_SECRET or FRING_JWKS_URL, or FRING_AUTH=off if everybody may do"
            " everything"
        )
    return settings.host if local else "localhost"


def _check_host(settings: Settings) -> None:
    """Raise `SettingsError` for a URL, or a host with its port: people have one at hand."""
    _, _, host = settings.host.rpartition("://")
    with suppress(ValueError):
        name, port = authority.split(host.removesuffix("/"))
        if host != settings.host or port is not None:
            alone = f"HOST={name} PORT={port or settings.port}"
            raise SettingsError(f"HOST={settings.host} is more than a host: set {alone}")
