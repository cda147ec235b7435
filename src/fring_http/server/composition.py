"""The composition root: an application from settings.

    uvicorn --factory fring_http.server.composition:create

serves what `fring serve` does, on the DATABASE_URL of the environment.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fring_http.server.authentication import auth_mode
from fring_http.server.modes import AuthMode
from fring_http.server.settings import Settings
from fring_http.server.telling.logs import set_up
from fring_http.server.wiring import Wiring

if TYPE_CHECKING:
    from fring_http.api.asgi import Application, Event, Reader, Writer

_log = logging.getLogger("fring")


def create(settings: Settings | None = None) -> Application:
    """Return the application that the settings describe (None: those of the environment).

    Its lifespan opens the store, after it has checked the tables; while the database is away it
    starts all the same, and checks them later. Raise `SettingsError` without a DATABASE_URL, since
    only `fring serve` runs the embedded database.
    """
    chosen = settings or Settings.from_environment()
    set_up(chosen)
    for stray in chosen.strays:
        _log.warning(stray)
    if auth_mode(chosen) is AuthMode.OFF:
        _log.warning("No authentication is set up: whoever reaches this server may do anything")
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
    wiring = Wiring.alone(settings)
    return wiring.application([lambda _: wiring.opened(prepares=True)])
